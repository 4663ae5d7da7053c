import Access
import FHIRServer
import HTTPTypes
import JSONTape

/// `POST /auth/introspect` (RFC 7662; SMART App Launch 2.2, "Token introspection").
extension OAuthService {
    @Sendable func introspect(_ request: PageRequest) async throws -> PageAnswer {
        let form = try OAuthForm(body: request)
        let asker = try await introspector(request, form)
        let token = try form.require("token")
        let addresses = TokenIssuer.Addresses(base: request.base)
        if let finding = try await verifier.finding(token: token), Self.concerns(finding, asker) {
            var grant: Grant?
            if let id = finding.grant { grant = try await grants.grant(id: id) }
            return Self.answer { Self.write(finding, grant, addresses, to: &$0) }
        }
        if let grant = try await grants.grant(refresh: token), asker.map({ $0.id == grant.client }) ?? true {
            return Self.answer { writer in
                writer.key("active")
                writer.bool(true)
                writer.member("client_id", grant.client)
                writer.member("sub", grant.person)
                writer.member("scope", grant.scope.joined(separator: " "))
                writer.member("iss", addresses.issuer)
                writer.key("exp")
                writer.number(Int(grant.expires / 1_000_000))
                Self.writeContext(of: grant, addresses, to: &writer)
            }
        }
        return Self.answer { writer in
            writer.key("active")
            writer.bool(false)
        }
    }

    /// Who may ask: a confidential client, or whoever shows a token of an administrator; nil is one who may ask about
    /// all tokens.
    private func introspector(_ request: PageRequest, _ form: OAuthForm) async throws -> OAuthClient? {
        if request.fields[.authorization]?.lowercased().hasPrefix("bearer ") == true {
            let finding = try await bearer(request)
            guard finding.principal.roles.contains("superadmin") || finding.principal.roles.contains("system") else {
                throw AuthError(
                    403, "insufficient_scope", "tokens of administrators and services may ask",
                    challenge: "Bearer realm=\"martlet\", error=\"insufficient_scope\"")
            }
            return nil
        }
        let client = try await authenticate(request, form)
        guard !client.isPublic else {
            throw AuthError(401, "invalid_client", "only clients that prove who they are may ask")
        }
        return client
    }

    /// Clients that act on behalf of people learn about their own tokens only; backend services, such as resource
    /// servers, about all.
    private static func concerns(_ finding: TokenVerifier.Finding, _ asker: OAuthClient?) -> Bool {
        guard let asker else { return true }
        return asker.grants.contains(.clientCredentials) || finding.principal.client == asker.id
    }

    private static func write(
        _ finding: TokenVerifier.Finding, _ grant: Grant?, _ addresses: TokenIssuer.Addresses,
        to writer: inout JSONWriter
    ) {
        let principal = finding.principal
        writer.key("active")
        writer.bool(true)
        writer.member("token_type", "Bearer")
        if let client = principal.client { writer.member("client_id", client) }
        writer.member("scope", finding.scope.joined(separator: " "))
        writer.member("iss", addresses.issuer)
        writer.member("aud", addresses.fhir)
        for (name, seconds) in [("exp", finding.expires), ("iat", finding.issued)] {
            guard let seconds else { continue }
            writer.key(named: name)
            writer.number(seconds)
        }
        if let id = finding.id { writer.member("jti", id) }
        switch principal.subject {
        case .account(let person):
            writer.member("sub", person)
            if finding.scope.contains("fhirUser") {
                writer.member("fhirUser", "\(addresses.fhir)/\(principal.resource ?? "Person/\(person)")")
            }
        case .client(let id): writer.member("sub", id)
        }
        // "SMART Launch Context": what came with the token is told again.
        if let grant {
            writeContext(of: grant, addresses, to: &writer)
        } else if let patient = principal.launchPatient {
            writer.member("patient", patient)
        }
    }
}
