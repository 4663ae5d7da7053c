import Access
import FHIRSearch
import FHIRServer
import FHIRStore
import FoundationEssentials
import HTTPTypes

extension OAuthService {
    /// The client that a request comes from, which has proved it (RFC 6749 §2.3, RFC 7521 §4.2).
    ///
    /// - Throws: `invalid_client`; in the same words whether it is the client or its proof that is wrong.
    func authenticate(_ request: PageRequest, _ form: OAuthForm) async throws -> OAuthClient {
        let header = request.fields[.authorization]
        let assertion = form["client_assertion"]
        let secret = form["client_secret"]
        guard [header != nil, assertion != nil, secret != nil].count(where: { $0 }) <= 1 else {
            throw AuthError(400, "invalid_request", "a client proves itself in one way at a time")
        }
        if let header { return try await authenticate(basic: header, form) }
        if let assertion { return try await authenticate(assertion: assertion, request, form) }
        guard let id = form["client_id"] else { throw Self.refusal() }
        if let secret { return try await authenticate(id, secret: secret, challenge: nil) }
        guard let client = try await clients.find(id), client.isEnabled, client.isPublic else { throw Self.refusal() }
        return client
    }

    private func authenticate(basic header: String, _ form: OAuthForm) async throws -> OAuthClient {
        let challenge = "Basic realm=\"martlet\""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1])),
            let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { throw Self.refusal(challenge) }
        // Both are written as in forms (RFC 6749 §2.3.1).
        let id = text[..<colon].formDecoded
        let secret = text[text.index(after: colon)...].formDecoded
        guard form["client_id"].map({ $0 == id }) ?? true else { throw Self.refusal(challenge) }
        return try await authenticate(id, secret: secret, challenge: challenge)
    }

    private func authenticate(_ id: String, secret: String, challenge: String?) async throws -> OAuthClient {
        let client = try await clients.find(id)
        // Hashed in any case, so that the time taken does not tell which clients there are.
        var hash = Self.noSecret
        if case .secret(let known) = client?.proof { hash = known }
        guard ClientSecret.matches(secret, hash), let client, client.isEnabled, case .secret = client.proof else {
            throw Self.refusal(challenge)
        }
        return client
    }

    private func authenticate(
        assertion text: String, _ request: PageRequest, _ form: OAuthForm
    ) async throws -> OAuthClient {
        guard form["client_assertion_type"] == ClientAssertion.type else {
            throw AuthError(400, "invalid_request", "client_assertion_type is \(ClientAssertion.type)")
        }
        do {
            let assertion = try ClientAssertion(text)
            guard form["client_id"].map({ $0 == assertion.client }) ?? true,
                let client = try await clients.find(assertion.client), client.isEnabled
            else { throw Self.refusal() }
            try await assertion.verify(
                client, audience: TokenIssuer.Addresses(base: request.base).tokenEndpoint, remote: remote,
                database: store.database)
            return client
        } catch let failure as ClientAssertion.Failure {
            throw AuthError(401, "invalid_client", failure.reason)
        }
    }

    private static let noSecret = ClientSecret.hash(RandomToken.make())

    private static func refusal(_ challenge: String? = nil) -> AuthError {
        AuthError(401, "invalid_client", "the client is not known or has not proved itself", challenge: challenge)
    }
}
