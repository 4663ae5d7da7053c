import Crypto
import JSONTape
package import PostgreSQL
import Synchronization

/// Tells whose a token is. What was found out is kept, so that a request costs a hash; what has changed since is known
/// within a second (`AccessChanges`).
package final class TokenVerifier: Sendable {
    /// A valid token.
    package struct Finding: Sendable {
        package var principal: Principal
        /// Seconds since 1970; nil for one that does not expire.
        package var expires: Int?
        package var issued: Int?
        package var scope: [String]
        package var grant: String?
        /// `jti`.
        package var id: String?
        /// Topics of `AccessChanges` that put it in doubt.
        fileprivate var topics: [String] = []
        fileprivate let found = ContinuousClock.now
    }

    private struct State {
        /// By hash of the token.
        var findings: [SHA256Digest: Finding] = [:]
        /// Hashes by topic.
        var topics: [String: Set<SHA256Digest>] = [:]
        /// Counts what was heard of changes: a finding that was begun before is not kept.
        var revision = 0
    }

    /// Roles and the rights of proxies also end by themselves, with time.
    private static let greatestAge: Duration = .seconds(5)
    private static let greatestCount = 20_000
    private static let greatestTokenCount = 16 << 10

    private let database: Database
    private let keys: SigningKeys
    private let accounts: any AccountDirectory
    private let changes: AccessChanges
    private let audience: String?
    private let state = Mutex(State())

    /// - Parameter audience: address of the FHIR API, where it is configured: tokens for others are refused.
    package init(
        database: Database, keys: SigningKeys, accounts: any AccountDirectory, changes: AccessChanges,
        audience: String?
    ) {
        self.database = database
        self.keys = keys
        self.accounts = accounts
        self.changes = changes
        self.audience = audience
        changes.listen { [weak self] in self?.forget($0) }
    }

    /// Who shows a token; nil for one that is not valid, or no longer.
    package func principal(token: String) async throws -> Principal? { try await finding(token: token)?.principal }

    /// All that is known of a token; nil for one that is not valid, or no longer.
    package func finding(token: String) async throws -> Finding? {
        guard 1...Self.greatestTokenCount ~= token.utf8.count else { return nil }
        try await changes.catchUp()
        let hash = SHA256.hash(data: Array(token.utf8))
        let (known, revision) = state.withLock { ($0.findings[hash], $0.revision) }
        if let known, known.found.duration(to: .now) < Self.greatestAge {
            if let expires = known.expires, expires <= SystemClock.seconds { return nil }
            return known
        }
        let isSigned = token.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
        guard let finding = isSigned ? try await signed(token) : try await opaque(token, hash) else { return nil }
        keep(finding, hash, revision)
        return finding
    }

    // MARK: - What is kept

    private func keep(_ finding: Finding, _ hash: SHA256Digest, _ revision: Int) {
        state.withLock { state in
            guard state.revision == revision else { return }
            if state.findings.count >= Self.greatestCount {
                state.findings.removeAll()
                state.topics.removeAll()
            }
            state.findings[hash] = finding
            for topic in finding.topics { state.topics[topic, default: []].insert(hash) }
        }
    }

    private func forget(_ topics: Set<String>?) {
        state.withLock { state in
            state.revision += 1
            // Another table of rights may put any token in doubt: it says who needs a second factor.
            guard let topics, !topics.contains("rights") else {
                state.findings.removeAll()
                state.topics.removeAll()
                return
            }
            for topic in topics {
                for hash in state.topics.removeValue(forKey: topic) ?? [] {
                    guard let finding = state.findings.removeValue(forKey: hash) else { continue }
                    for other in finding.topics where other != topic {
                        state.topics[other]?.remove(hash)
                        if state.topics[other]?.isEmpty == true { state.topics[other] = nil }
                    }
                }
            }
        }
    }

    // MARK: - JSON Web Tokens

    private func signed(_ text: String) async throws -> Finding? {
        guard let token = CompactJWT(text), token.header["typ"]?.string == TokenIssuer.accessType,
            let keyID = token.keyID, let key = try await keys.key(keyID), key.algorithm == .es384,
            token.isSigned(with: key.signer), let expires = token.seconds("exp"), expires > SystemClock.seconds,
            let client = token.claims["client_id"]?.string, let id = token.claims["jti"]?.string
        else { return nil }
        if let audience, !token.texts("aud").contains(audience) { return nil }
        let grantID = token.claims["grant"]?.string
        var parameters = SQLParameters()
        parameters.append(text: client)
        parameters.append(text: grantID)
        parameters.append(text: id)
        let rows = try await database.lookUp(Self.state, parameters)
        guard rows.rowCount == 1, rows.bool(0, 0) == false else { return nil }
        let scope = ScopeNegotiation.words(token.claims["scope"]?.string ?? "")
        var finding: Finding
        if grantID != nil {
            guard let person = rows.string(0, 2), rows.bool(0, 3) == true,
                let standing = try await accounts.standing(person: person),
                standing.tokensFrom <= rows.int64(0, 5) ?? 0
            else { return nil }
            var principal = standing.principal
            principal.launchPatient = token.claims["patient"]?.string
            finding = Finding(principal: principal, scope: scope)
            finding.topics = ["person:\(person)"]
            if let session = rows.string(0, 4) { finding.topics.append("session:\(session)") }
        } else {
            finding = Finding(
                principal: Principal(.client(client), roles: ["system"], organization: rows.string(0, 1)), scope: scope)
        }
        finding.principal.client = client
        finding.principal.scopes = scope.compactMap { SMARTScope($0) }
        finding.expires = expires
        finding.issued = token.seconds("iat")
        finding.grant = grantID
        finding.id = id
        finding.topics += ["client:\(client)", "token:\(id)"]
        if let grantID { finding.topics.append("grant:\(grantID)") }
        return finding
    }

    // MARK: - Tokens of the command line

    private func opaque(_ text: String, _ hash: SHA256Digest) async throws -> Finding? {
        var parameters = SQLParameters()
        parameters.append(bytes: Array(hash))
        let rows = try await database.lookUp(Self.find, parameters)
        guard rows.rowCount == 1, let name = rows.string(0, 0) else { return nil }
        let client = rows.string(0, 2)
        var finding: Finding
        let scope = rows.string(0, 4).map { ScopeNegotiation.words($0) }
        if let person = rows.string(0, 3) {
            guard let standing = try await accounts.standing(person: person),
                standing.tokensFrom <= rows.int64(0, 8) ?? 0
            else { return nil }
            finding = Finding(principal: standing.principal, scope: scope ?? [])
            finding.topics = ["person:\(person)"]
        } else if let client {
            guard rows.bool(0, 6) == true else { return nil }
            finding = Finding(
                principal: Principal(
                    .client(client), client: client, roles: ["system"], organization: rows.string(0, 7)),
                scope: scope ?? [])
            finding.topics = ["client:\(client)"]
        } else {
            // What an administrator makes at the machine: sees and may do everything.
            finding = Finding(principal: Principal(.client(name), roles: ["superadmin", "system"]), scope: [])
        }
        finding.principal.scopes = scope?.compactMap { SMARTScope($0) }
        finding.principal.launchPatient = rows.string(0, 5)
        finding.expires = rows.int64(0, 1).map(Int.init)
        finding.topics.append("token:" + RandomToken.hexadecimal(hash))
        return finding
    }

    private static let state = SQLStatement(
        """
        SELECT NOT c.is_enabled OR EXISTS (SELECT FROM oauth_revoked WHERE jti = $3::text), c.organization, g.person,
          g.revoked IS NULL AND g.expires > now(), g.session, (extract(epoch FROM g.created) * 1000000)::bigint
        FROM oauth_client c LEFT JOIN oauth_grant g ON g.id = $2::text AND g.client = c.id
        WHERE c.id = $1::text
        """)
    private static let find = SQLStatement(
        """
        SELECT coalesce(t.client, t.person), extract(epoch FROM t.expires)::bigint, t.client, t.person, t.scope,
          t.patient, c.is_enabled, c.organization, (extract(epoch FROM t.created) * 1000000)::bigint
        FROM oauth_standing_token t LEFT JOIN oauth_client c ON c.id = t.client
        WHERE t.hash = $1::bytea AND (t.expires IS NULL OR t.expires > now())
        UNION ALL
        SELECT name, extract(epoch FROM expires)::bigint, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM access_token WHERE hash = $1::bytea AND (expires IS NULL OR expires > now())
        """)
}

extension TokenVerifier: PrincipalVerifying {}
