import Carriers
import JSONTape
package import PostgreSQL

/// What a client signs to prove who it is (RFC 7523 §2.2; SMART App Launch 2.2, "Asymmetric authentication").
package struct ClientAssertion: Sendable {
    /// `client_assertion_type`.
    package static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    package static let algorithms = ["RS384", "ES384"]

    /// Assertions may not live longer.
    private static let greatestLifetime = 300
    /// What clocks may differ by, in seconds. Never in favour of what has expired.
    private static let leeway = 10

    /// Why an assertion is not believed.
    package struct Failure: Error, Sendable, Hashable {
        package var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private let token: CompactJWT
    /// Who it says to be.
    package let client: String

    /// Reads what can be said of it before the client is known.
    package init(_ text: String) throws {
        guard let token = CompactJWT(text) else { throw Failure("the assertion is no signed JWT") }
        guard let algorithm = token.algorithm, Self.algorithms.contains(algorithm) else {
            throw Failure("the assertion is to be signed with RS384 or ES384")
        }
        guard let subject = token.claims["sub"]?.string, token.claims["iss"]?.string == subject else {
            throw Failure("iss and sub of the assertion are the client's id")
        }
        self.token = token
        client = subject
    }

    /// Believes it, once.
    ///
    /// - Parameter audience: address of the token endpoint.
    package func verify(
        _ client: OAuthClient, audience: String, remote: RemoteKeys, database: Database
    ) async throws {
        guard client.id == self.client else { throw Failure("the assertion is of another client") }
        guard token.texts("aud").contains(audience) else {
            throw Failure("aud of the assertion is the address of the token endpoint")
        }
        let now = SystemClock.seconds
        guard let expires = token.seconds("exp"), expires > now else { throw Failure("the assertion has expired") }
        guard expires <= now + Self.greatestLifetime + Self.leeway else {
            throw Failure("exp of the assertion is five minutes ahead at most")
        }
        for time in [token.seconds("iat"), token.seconds("nbf")] {
            guard time.map({ $0 <= now + Self.leeway }) ?? true else { throw Failure("the assertion is of the future") }
        }
        guard let id = token.claims["jti"]?.string, 1...255 ~= id.utf8.count, !id.utf8.contains(0) else {
            throw Failure("the assertion has no jti, or a long one")
        }
        try await verifySignature(client, remote)
        var parameters = SQLParameters()
        parameters.append(text: client.id)
        parameters.append(text: id)
        parameters.append(timestamp: Int64(expires) * 1_000_000)
        let results = try await database.write(WriteJob([(Self.insert, parameters)]))
        guard results[0].affectedRows == 1 else { throw Failure("the assertion was used before") }
    }

    private func verifySignature(_ client: OAuthClient, _ remote: RemoteKeys) async throws {
        guard let keyID = token.keyID else { throw Failure("the assertion names no key (kid)") }
        let failure = Failure("no key of the client has signed the assertion")
        switch client.proof {
        case .keys(let json):
            guard token.header["jku"] == nil, let keys = ClientKeySet(json), await isSigned(keyID, keys) else {
                throw failure
            }
        case .keysURL(let url):
            // Where the header says where keys are, it has to say what was registered.
            guard token.header["jku"].map({ $0.string == url }) ?? true else { throw failure }
            do {
                let hosts = client.isDynamic
                if let keys = try await remote.keys(at: url, onlyPublicHosts: hosts), await isSigned(keyID, keys) {
                    return
                }
                if let keys = try await remote.keys(at: url, onlyPublicHosts: hosts, afresh: true),
                    await isSigned(keyID, keys)
                {
                    return
                }
            } catch is CarrierError {
                throw Failure("the keys of the client cannot be fetched")
            }
            throw failure
        case .none, .secret: throw Failure("the client proves itself in another way")
        }
    }

    private func isSigned(_ id: String, _ keys: ClientKeySet) async -> Bool {
        for signer in await keys.signers(id, algorithm: token.algorithm ?? "") where token.isSigned(with: signer) {
            return true
        }
        return false
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO oauth_assertion (client, jti, expires) VALUES ($1::text, $2::text, $3::timestamptz)
        ON CONFLICT DO NOTHING
        """)
}
