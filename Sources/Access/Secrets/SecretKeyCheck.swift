package import PostgreSQL

extension SecretBox {
    /// Refuses a key under which the secrets of this database were not sealed, before a server seals others under it.
    ///
    /// Throws `SecretKeyFile.Failure`.
    package func requireKey(of database: Database) async throws {
        let purpose = "key check"
        var parameters = SQLParameters()
        parameters.append(bytes: try seal(Array("martlet".utf8), for: purpose))
        let results = try await database.write(
            WriteJob([(Self.insert, parameters), (Self.find, SQLParameters())]))
        guard let sealed = results.last?.bytea(0, 0), (try? open(sealed, for: purpose)) != nil else {
            throw SecretKeyFile.Failure(
                description: """
                    the secret key is not the one under which the secrets of this database are sealed: set \
                    MARTLET_SECRET_KEY_FILE, or copy secret.key from the other servers or the backup
                    """)
        }
    }

    private static let insert = SQLStatement(
        "INSERT INTO secret_key_check (sealed) VALUES ($1::bytea) ON CONFLICT DO NOTHING")
    private static let find = SQLStatement("SELECT sealed FROM secret_key_check")
}
