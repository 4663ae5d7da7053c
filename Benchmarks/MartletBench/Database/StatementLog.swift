import Glibc

/// Takes down what the server really sends, from PostgreSQL's own log: statement texts and their parameters.
///
/// Turned on only while a few sample requests run, never while something is measured.
struct StatementLog {
    let postgres: Postgres

    /// Runs `body` and gives back the statements that other sessions executed meanwhile, in order.
    func capture(_ body: () throws -> Void) throws -> [CapturedStatement] {
        try postgres.query(
            "ALTER SYSTEM SET log_destination = 'csvlog'", "ALTER SYSTEM SET log_error_verbosity = 'default'",
            "ALTER SYSTEM SET log_parameter_max_length = -1", "ALTER SYSTEM SET log_statement = 'all'",
            "SELECT pg_reload_conf()")
        defer { try? turnOff() }
        MonotonicTime.sleep(seconds: 0.5)
        let path = try postgres.value("SELECT pg_current_logfile('csvlog')")
        guard !path.isEmpty else { throw BenchError(.capture, "PostgreSQL writes no log") }
        let file = path.hasPrefix("/") ? path : postgres.dataFolder + "/" + path
        let start = TextFile.size(file)
        try body()
        try turnOff()
        MonotonicTime.sleep(seconds: 0.5)
        guard let text = TextFile.read(file, from: start) else {
            throw BenchError(.capture, "cannot read PostgreSQL's log \(file)")
        }
        return CSVRecords.parse(text).compactMap { CapturedStatement(record: $0, database: postgres.database) }
    }

    private func turnOff() throws {
        try postgres.query(
            "ALTER SYSTEM RESET log_statement", "ALTER SYSTEM RESET log_parameter_max_length",
            "ALTER SYSTEM RESET log_error_verbosity", "ALTER SYSTEM RESET log_destination", "SELECT pg_reload_conf()")
    }
}
