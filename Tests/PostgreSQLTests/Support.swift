import PostgreSQL
import Testing

/// Parameters in one expression.
func parameters(_ build: (inout SQLParameters) -> Void) -> SQLParameters {
    var parameters = SQLParameters()
    build(&parameters)
    return parameters
}

/// One integer as parameters.
func integer(_ value: Int) -> SQLParameters { parameters { $0.append(int64: Int64(value)) } }

/// Waits for something that another thread or process does; gives up, loudly, after a minute.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<6_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
}

/// The error that `body` throws, if it is one of ours.
func failure(_ body: () async throws -> Void) async -> PostgreSQLError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgreSQLError
    }
}

extension Database {
    /// The first column of the first row as an integer.
    func count(_ sql: String) async throws -> Int64? {
        try await withSession { try await $0.query(SQLStatement(sql, isPrepared: false)).int64(0, 0) }
    }

    /// How many backends of this database wait for a lock.
    func waitingForLock() async throws -> Int64? {
        try await count(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)
    }

    /// How many other backends of this database run something like `pattern`.
    func running(_ pattern: String) async throws -> Int64? {
        try await count(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
            AND pid <> pg_backend_pid() AND query LIKE '\(pattern)'
            """)
    }
}
