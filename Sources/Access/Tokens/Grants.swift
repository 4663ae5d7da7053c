package import PostgreSQL

/// Grants with their codes and refresh tokens. All of them are kept as hashes.
package final class Grants: Sendable {
    /// Seconds until a code has to be redeemed (RFC 6749 §4.1.2: ten minutes at most).
    package static let codeLifetime = 60
    /// Seconds until a refresh token has to be used.
    package static let refreshLifetime = 30 * 86_400
    /// Seconds until a grant for offline use ends.
    package static let offlineLifetime = 180 * 86_400
    /// Seconds until a grant of a session ends at the latest.
    package static let onlineLifetime = 12 * 3600

    let database: Database
    let changes: AccessChanges

    package init(database: Database, changes: AccessChanges) {
        self.database = database
        self.changes = changes
    }

    // MARK: - Codes

    /// Keeps a grant and returns the code for it.
    package func begin(_ grant: Grant, _ binding: CodeBinding) async throws -> String {
        let (code, statements) = Self.beginning(grant, binding)
        _ = try await database.write(WriteJob(statements))
        return code
    }

    static func beginning(
        _ grant: Grant, _ binding: CodeBinding
    ) -> (code: String, statements: [(SQLStatement, SQLParameters)]) {
        let code = RandomToken.make()
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(code))
        parameters.append(text: grant.id)
        parameters.append(text: binding.redirect)
        parameters.append(text: binding.challenge)
        parameters.append(text: binding.nonce)
        parameters.append(timestamp: SystemClock.microseconds + Int64(Self.codeLifetime) * 1_000_000)
        return (code, [(insertGrant, row(grant)), (insertCode, parameters)])
    }

    /// The grant of a code, which is worth nothing afterwards. A code that comes again ends its grant with all that was
    /// issued for it (RFC 6749 §4.1.2, RFC 9700 §4.5).
    ///
    /// - Parameter check: whether the one who asks may have it; where it throws, the code is as it was.
    package func redeem(
        code: String, check: @Sendable (Grant, CodeBinding) throws -> Void
    ) async throws -> (Grant, CodeBinding) {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(code))
        let hash = parameters
        let outcome: Result<(Grant, CodeBinding), any Error> = try await database.transaction { session in
            let rows = try await session.query(Self.findCode, hash)
            let next = Self.columnCount
            guard rows.rowCount == 1, let grant = Self.grant(rows, 0), let redirect = rows.string(0, next + 1),
                let challenge = rows.string(0, next + 2)
            else { return .failure(GrantFailure("the code is not known or its grant has ended")) }
            let binding = CodeBinding(redirect: redirect, challenge: challenge, nonce: rows.string(0, next + 3))
            do { try check(grant, binding) } catch { return .failure(error) }
            guard rows.bool(0, next) == false else {
                try await Self.end(grant.id, "code-replay", session)
                return .failure(GrantFailure("the code was used before"))
            }
            guard rows.bool(0, next + 4) == true, rows.bool(0, 11) == true else {
                return .failure(GrantFailure("the code has expired"))
            }
            _ = try await session.query(Self.useCode, hash)
            return .success((grant, binding))
        }
        if case .failure = outcome { changes.hurry() }
        return try outcome.get()
    }

    // MARK: - Refresh tokens

    /// Makes a refresh token for a grant.
    package func issueRefresh(_ grant: Grant) async throws -> String {
        let (token, parameters) = Self.newRefresh(grant)
        _ = try await database.write(WriteJob([(Self.insertRefresh, parameters)]))
        return token
    }

    /// The grant of a refresh token, and the one that takes its place. A token that comes again was stolen by one of
    /// the two who sent it: the grant ends (RFC 9700 §4.14.2).
    ///
    /// - Parameter check: whether the one who asks may have it; where it throws, the token is as it was.
    package func rotate(
        refresh token: String, check: @Sendable (Grant) async throws -> Void
    ) async throws -> (grant: Grant, refresh: String) {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        let hash = parameters
        let outcome: Result<(Grant, String), any Error> = try await database.transaction { session in
            let rows = try await session.query(Self.findRefresh, hash)
            let next = Self.columnCount
            guard rows.rowCount == 1, let grant = Self.grant(rows, 0) else {
                return .failure(GrantFailure("the refresh token is not known or its grant has ended"))
            }
            do { try await check(grant) } catch { return .failure(error) }
            guard rows.bool(0, next) == false else {
                try await Self.end(grant.id, "refresh-replay", session)
                return .failure(GrantFailure("the refresh token was used before"))
            }
            guard rows.bool(0, next + 1) == true, rows.bool(0, 11) == true else {
                return .failure(GrantFailure("the refresh token has expired"))
            }
            let (token, row) = Self.newRefresh(grant)
            _ = try await session.queries([(Self.useRefresh, hash), (Self.insertRefresh, row)])
            return .success((grant, token))
        }
        if case .failure = outcome { changes.hurry() }
        let (grant, refresh) = try outcome.get()
        return (grant, refresh)
    }

    /// The grant of a refresh token that could still be used; nil for any other.
    package func grant(refresh token: String) async throws -> Grant? {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        let rows = try await database.lookUp(Self.peekRefresh, parameters)
        let next = Self.columnCount
        guard rows.rowCount == 1, rows.bool(0, next) == false, rows.bool(0, next + 1) == true, rows.bool(0, 11) == true
        else {
            return nil
        }
        return Self.grant(rows, 0)
    }

    /// A grant that holds; nil for any other.
    package func grant(id: String) async throws -> Grant? {
        var parameters = SQLParameters()
        parameters.append(text: id)
        let rows = try await database.lookUp(Self.find, parameters)
        return rows.rowCount == 1 && rows.bool(0, 11) == true ? Self.grant(rows, 0) : nil
    }

    // MARK: - The end

    /// Ends a grant with all its tokens.
    package func revoke(_ id: String, reason: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(text: reason)
        _ = try await database.write(WriteJob([(Self.revoke, parameters)]))
        changes.hurry()
    }

    /// Ends one access token, until `expires` (seconds since 1970).
    package func revoke(tokenID: String, expires: Int) async throws {
        var parameters = SQLParameters()
        parameters.append(text: tokenID)
        parameters.append(timestamp: Int64(expires) * 1_000_000)
        _ = try await database.write(WriteJob([(Self.revokeToken, parameters)]))
        changes.hurry()
    }

    /// Ends a token of the command line; false where there is none such.
    package func revoke(opaque token: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        let count = try await database.write(WriteJob([(Self.deleteToken, parameters)]))[0].rowCount
        changes.hurry()
        return count > 0
    }

    /// Deletes what has expired for good.
    package func prune() async throws {
        _ = try await database.write(WriteJob(Self.prunes.map { ($0, SQLParameters()) }))
    }

    // MARK: - Rows

    private static func end(_ id: String, _ reason: String, _ session: Session) async throws {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(text: reason)
        _ = try await session.query(revoke, parameters)
    }

    private static func newRefresh(_ grant: Grant) -> (String, SQLParameters) {
        let token = RandomToken.make()
        let end = min(grant.expires, SystemClock.microseconds + Int64(refreshLifetime) * 1_000_000)
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        parameters.append(text: grant.id)
        parameters.append(timestamp: end)
        return (token, parameters)
    }

    static func row(_ grant: Grant) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: grant.id)
        parameters.append(text: grant.client)
        parameters.append(text: grant.person)
        parameters.append(text: grant.session)
        parameters.append(text: grant.scope.joined(separator: " "))
        parameters.append(text: grant.patient)
        parameters.append(text: grant.encounter)
        if let needsBanner = grant.needsBanner {
            parameters.append(bool: needsBanner)
        } else {
            parameters.appendNull()
        }
        parameters.append(timestamp: grant.signedIn)
        parameters.append(timestamp: grant.expires)
        parameters.append(text: grant.fhirContext)
        parameters.append(text: grant.intent)
        return parameters
    }

    static func grant(_ rows: QueryResult, _ row: Int) -> Grant? {
        guard let id = rows.string(row, 0), let client = rows.string(row, 1), let person = rows.string(row, 2),
            let scope = rows.string(row, 4), let signedIn = rows.int64(row, 8), let expires = rows.int64(row, 9),
            rows.bool(row, 10) == false, let created = rows.int64(row, 12)
        else { return nil }
        return Grant(
            id: id, client: client, person: person, session: rows.string(row, 3),
            scope: ScopeNegotiation.words(scope), patient: rows.string(row, 5), encounter: rows.string(row, 6),
            needsBanner: rows.bool(row, 7), fhirContext: rows.string(row, 13), intent: rows.string(row, 14),
            signedIn: signedIn, expires: expires, created: created)
    }
}
