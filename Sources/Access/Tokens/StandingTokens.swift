package import PostgreSQL

/// Tokens that an administrator gives out at the machine: random, shown once, kept as hashes until they expire or are
/// revoked.
package struct StandingTokens: Sendable {
    /// Seconds that a token of a client or person serves where nobody says.
    package static let usualLifetime = 3600

    /// Whose a token is.
    package enum Holder: Sendable, Hashable {
        /// Whoever has it: sees and may do everything.
        case everything(name: String)
        /// Id of a client.
        case client(String)
        /// Id of a Person.
        case person(String)
    }

    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Makes a token and keeps its hash.
    ///
    /// - Parameters:
    ///   - scope: nil for one that does not narrow what the holder may do.
    ///   - patient: id of the Patient that `patient/` scopes are about.
    ///   - lifetimeSeconds: nil for one that does not expire.
    package func issue(
        _ holder: Holder, scope: [String]?, patient: String? = nil, lifetimeSeconds: Int?
    ) async throws -> String {
        let token = RandomToken.make()
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        parameters.append(int64: lifetimeSeconds.map(Int64.init))
        let statement: SQLStatement
        switch holder {
        case .everything(let name):
            parameters.append(text: name)
            statement = Self.insertAdministrator
        case .client(let id):
            parameters.append(text: id)
            parameters.appendNull()
            statement = Self.insert
        case .person(let id):
            parameters.appendNull()
            parameters.append(text: id)
            statement = Self.insert
        }
        if statement === Self.insert {
            parameters.append(text: scope?.joined(separator: " "))
            parameters.append(text: patient)
        }
        _ = try await database.write(WriteJob([(statement, parameters)]))
        return token
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO oauth_standing_token (hash, expires, client, person, scope, patient)
        VALUES ($1::bytea, now() + make_interval(secs => $2::bigint), $3::text, $4::text, $5::text, $6::text)
        """)
    private static let insertAdministrator = SQLStatement(
        """
        INSERT INTO access_token (hash, expires, name)
        VALUES ($1::bytea, now() + make_interval(secs => $2::bigint), $3::text)
        """)
}
