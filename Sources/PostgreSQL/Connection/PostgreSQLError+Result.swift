import CLibPQ

extension PostgreSQLError {
    /// Reads an error result. DETAIL, HINT and CONTEXT are left alone: they quote rows.
    init(result: OpaquePointer) {
        let sqlState = Self.field(martlet_error_sqlstate(result))
        let primary = Self.field(martlet_error_primary(result)) ?? "no message"
        self.init(
            Self.code(sqlState: sqlState), Self.redacted(primary, sqlState: sqlState),
            sqlState: sqlState,
            constraint: Self.field(martlet_error_constraint(result)),
            table: Self.field(martlet_error_table(result)),
            isStaleStatement: Self.isStale(sqlState: sqlState, function: Self.field(martlet_error_function(result))))
    }

    private static func code(sqlState: String?) -> Code {
        switch sqlState {
        // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout: the server ends the
        // connection after these.
        case "57P01", "57P02", "57P03", "57P05": .connectionLost
        case "57014": .timeout
        case .some(let state) where state.hasPrefix("08"): .connectionLost
        // No SQLSTATE means that libpq, not the server, made the error: the connection broke.
        case .none: .connectionLost
        default: .server
        }
    }

    /// Data exceptions (class 22) quote the offending value in the primary message, after a colon or in quotes:
    /// keep what is before.
    private static func redacted(_ message: String, sqlState: String?) -> String {
        guard let sqlState else { return "the connection to the server broke" }
        guard sqlState.hasPrefix("22") else { return message }
        let end = message.firstIndex { $0 == "\"" || $0 == ":" } ?? message.endIndex
        return String(message[..<end]) + "…"
    }

    /// A prepared statement that is gone (26000), or whose columns changed under it (`cached plan must not
    /// change result type`,
    /// which shares 0A000 with every other unsupported feature; the message is translated, the function's name is not).
    private static func isStale(sqlState: String?, function: String?) -> Bool {
        sqlState == "26000" || (sqlState == "0A000" && function == "RevalidateCachedQuery")
    }

    private static func field(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        text.map { String(cString: $0) }
    }
}
