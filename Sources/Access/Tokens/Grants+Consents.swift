package import PostgreSQL

/// An app that a person lets do something, as they see it in the list.
package struct AllowedApp: Sendable, Hashable {
    /// Id of the client.
    package var client: String
    package var name: String
    /// What it may do now, or may have without asking again.
    package var scope: [String]
    /// Whether it may come back without asking.
    package var isRemembered: Bool
    /// Times in microseconds since 1970.
    package var given, used: Int64
}

/// What people have allowed apps, and the end of it.
extension Grants {
    /// Keeps a grant for which the person was not asked, because what they allowed before covers it; nil where it does
    /// not. Whoever takes a consent back at this moment is waited for, and has taken it back from this grant as well.
    ///
    /// - Parameter covers: whether the scopes allowed are enough for those of the grant.
    package func beginAsBefore(
        _ grant: Grant, _ binding: CodeBinding, covers: @Sendable ([String], [String]) -> Bool
    ) async throws -> String? {
        let consent = Self.consent(grant.person, grant.client, binding.redirect)
        return try await database.transaction { session in
            let rows = try await session.query(Self.useConsent, consent)
            guard rows.rowCount == 1, let scope = rows.string(0, 0),
                covers(ScopeNegotiation.words(scope), grant.scope)
            else { return nil }
            let (code, statements) = Self.beginning(grant, binding)
            _ = try await session.queries(statements)
            return code
        }
    }

    /// Remembers what a person has allowed an app that waits at an address.
    ///
    /// - Parameter addingToEarlier: whether what was allowed before stays allowed.
    package func rememberConsent(
        of person: String, to client: String, at redirect: String, _ scope: [String], addingToEarlier: Bool
    ) async throws {
        let consent = Self.consent(person, client, redirect)
        try await database.transaction { session in
            let rows = try await session.query(Self.useConsent, consent)
            let earlier = rows.rowCount == 1 && addingToEarlier ? ScopeNegotiation.words(rows.string(0, 0) ?? "") : []
            var parameters = consent
            parameters.append(text: (earlier + scope.filter { !earlier.contains($0) }).joined(separator: " "))
            _ = try await session.query(Self.keepConsent, parameters)
        }
    }

    /// Forgets what a person has allowed an app at an address; what was granted goes on.
    package func forgetConsent(of person: String, to client: String, at redirect: String) async throws {
        _ = try await database.write(WriteJob([(Self.deleteConsent, Self.consent(person, client, redirect))]))
    }

    /// The apps that may act for a person, or may come back without asking, by name.
    package func allowedApps(person: String) async throws -> [AllowedApp] {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await database.read(Self.listApps, parameters)
        return (0..<rows.rowCount).map { row in
            AllowedApp(
                client: rows.string(row, 0) ?? "", name: rows.string(row, 1) ?? "",
                scope: ScopeNegotiation.words(rows.string(row, 2) ?? ""), isRemembered: rows.bool(row, 3) ?? false,
                given: rows.int64(row, 4) ?? 0, used: rows.int64(row, 5) ?? 0)
        }
    }

    /// Takes back all that a person has allowed an app: it has to ask again, and its tokens end.
    ///
    /// - Returns: false where there was nothing.
    package func endConsent(of person: String, to client: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: client)
        // The consent first: whoever begins a grant by it holds its row, and the grant is seen behind that.
        let results = try await database.transaction { [parameters] session in
            let consents = try await session.query(Self.endConsents, parameters)
            let grants = try await session.query(Self.endGrants, parameters)
            return [consents, grants]
        }
        changes.hurry()
        return results.contains { $0.affectedRows > 0 }
    }

    private static func consent(_ person: String, _ client: String, _ redirect: String) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: client)
        parameters.append(text: redirect)
        return parameters
    }

    private static let useConsent = SQLStatement(
        """
        UPDATE oauth_consent SET used = now()
        WHERE person = $1::text AND client = $2::text AND redirect = $3::text RETURNING scope
        """)
    private static let keepConsent = SQLStatement(
        """
        INSERT INTO oauth_consent (person, client, redirect, scope)
        VALUES ($1::text, $2::text, $3::text, $4::text)
        ON CONFLICT (person, client, redirect) DO UPDATE
        SET scope = excluded.scope, given = now(), used = now()
        """)
    private static let deleteConsent = SQLStatement(
        "DELETE FROM oauth_consent WHERE person = $1::text AND client = $2::text AND redirect = $3::text")
    private static let endConsents = SQLStatement(
        "DELETE FROM oauth_consent WHERE person = $1::text AND client = $2::text")
    private static let endGrants = SQLStatement(
        """
        UPDATE oauth_grant SET revoked = now(), reason = 'consent'
        WHERE person = $1::text AND client = $2::text AND revoked IS NULL
        """)
    private static let listApps = SQLStatement(
        """
        SELECT c.id, c.name, string_agg(t.scope, ' ' ORDER BY t.given), bool_or(t.is_consent),
          (extract(epoch FROM min(t.given)) * 1000000)::bigint, (extract(epoch FROM max(t.used)) * 1000000)::bigint
        FROM (
          SELECT client, scope, given, used, true AS is_consent FROM oauth_consent WHERE person = $1::text
          UNION ALL
          SELECT client, scope, created, created, false FROM oauth_grant
          WHERE person = $1::text AND revoked IS NULL AND expires > now()) t
        JOIN oauth_client c ON c.id = t.client
        GROUP BY c.id, c.name ORDER BY c.name, c.id LIMIT 200
        """)
}
