/// Why the database did not do what was asked. Safe to log: holds no row values, no parameters and no password.
package struct PostgreSQLError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The connection went away while the work was in flight; a write may or may not have been committed.
        case connectionLost
        /// No connection could be had within the time allowed; nothing was sent.
        case notConnected
        /// A statement took longer than allowed; the server ended it.
        case timeout
        /// The asking task was cancelled; the server undid the statement.
        case cancelled
        /// More work is waiting than the configuration allows; nothing was sent.
        case overloaded
        /// The database is shutting down; nothing was sent.
        case shutDown
        /// The server refused the statement; see `sqlState`.
        case server
        /// A value that PostgreSQL cannot hold, such as text with a zero byte; nothing was sent.
        case invalidParameter
        /// The transaction had failed before, and an error of it was ignored: it was rolled back instead of committed.
        case transactionFailed
        /// The address, the credentials or the installation must be mended by somebody.
        case configuration
        /// The embedded cluster could not be set up, started or stopped.
        case cluster
    }

    package let code: Code
    /// PostgreSQL's five-character code, where the server gave one (PostgreSQL, Appendix A).
    package let sqlState: String?
    /// The constraint that was violated.
    package let constraint: String?
    /// The table that the error is about.
    package let table: String?
    /// One sentence without values.
    package let message: String
    /// The server wants the statement parsed anew; used by the lanes, never seen outside unless parsing anew
    /// failed too.
    let isStaleStatement: Bool
    /// Which of the statements sent together failed, from 0; nil where that is not known, as with the commit.
    package internal(set) var step: Int?

    package init(
        _ code: Code, _ message: String, sqlState: String? = nil, constraint: String? = nil, table: String? = nil
    ) {
        self.init(code, message, sqlState: sqlState, constraint: constraint, table: table, isStaleStatement: false)
    }

    init(
        _ code: Code, _ message: String, sqlState: String?, constraint: String?, table: String?, isStaleStatement: Bool
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.isStaleStatement = isStaleStatement
    }

    /// The same transaction may succeed when run again: serialisation failure (40001) or deadlock (40P01).
    package var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// A row with the same key exists (23505), or an exclusion constraint says it overlaps another (23P01).
    package var isConflict: Bool { sqlState == "23505" || sqlState == "23P01" }

    package static func == (left: PostgreSQLError, right: PostgreSQLError) -> Bool {
        left.code == right.code && left.sqlState == right.sqlState
    }

    package var description: String {
        var text = "\(code): \(message)"
        if let sqlState { text += " [\(sqlState)]" }
        if let constraint { text += " constraint \(constraint)" }
        if let table { text += " table \(table)" }
        return text
    }
}
