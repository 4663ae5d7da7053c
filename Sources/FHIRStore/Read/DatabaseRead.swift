import PostgreSQL

extension Database {
    /// Runs a short query where its caller reads: in a session, so that what was written in it is seen; in the shared
    /// lanes where there is none.
    func read(
        _ statement: SQLStatement, _ parameters: SQLParameters, in session: Session?
    ) async throws -> QueryResult {
        if let session { return try await session.query(statement, parameters) }
        return try await read(statement, parameters)
    }
}
