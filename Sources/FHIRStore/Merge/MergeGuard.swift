package import PostgreSQL

/// Keeps what is written about a record from missing a merge of it: either it is there when the merge moves what refers
/// to the record, or the writer sees the merge and looks again.
package enum MergeGuard {
    /// The statement that fails the job it is part of, as stale, if the record was merged into another one. Until the
    /// job ends, merges of the record wait.
    package static func statement(_ typeName: String, id: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        parameters.append(text: id)
        return (check, parameters)
    }

    /// Waits for those that write about the record, and makes others wait until the transaction ends.
    static func lock(_ typeName: String, id: String, in session: Session) async throws {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        parameters.append(text: id)
        _ = try await session.query(lock, parameters)
    }

    private static let check = SQLStatement("SELECT martlet_require_unmerged($1::text, $2::text)")
    private static let lock = SQLStatement(
        "SELECT pg_advisory_xact_lock(hashtextextended('martlet merge ' || $1::text || '/' || $2::text, 0))")
}
