import CLibPQ

/// A parsed connection string with what Martlet adds, ready for `PQconnectdbParams`.
struct ConnectionSettings: Sendable {
    private let keywords: [String]
    private let values: [String]
    /// Replaced in whatever libpq says.
    private let password: String?
    /// Sent once per connection.
    private(set) var setup: String

    /// Parses the connection string.
    /// - Throws: `.configuration`; libpq's own words are dropped, as they quote the string with its password.
    init(_ configuration: DatabaseConfiguration) throws(PostgreSQLError) {
        var parameters = try Self.parse(configuration.connectionString)
        password = parameters["password"]
        parameters["client_encoding"] = "UTF8"
        let defaults = [
            "fallback_application_name": configuration.applicationName,
            "connect_timeout": String(max(2, configuration.connectTimeout.components.seconds)),
            // A peer that vanished without a word is noticed within about 30 s instead of two hours.
            "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "30000",
        ]
        parameters.merge(defaults) { own, _ in own }
        let sorted = parameters.sorted { $0.key < $1.key }
        keywords = sorted.map(\.key)
        values = sorted.map(\.value)
        setup = """
            SET statement_timeout = \(configuration.statementTimeout.wholeMilliseconds);
            SET idle_in_transaction_session_timeout = \(configuration.idleInTransactionTimeout.wholeMilliseconds);
            SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex';
            SET synchronous_commit = on; SET jit = off
            """
    }

    /// The same for look-ups by keys: one plan for all values, made once, because planning costs more than executing;
    /// never by reading a whole table, as tables grow faster than PostgreSQL makes plans anew.
    var forLookUps: ConnectionSettings {
        var settings = self
        settings.setup += "; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
        return settings
    }

    static func parse(_ string: String) throws(PostgreSQLError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(string, &message) else {
            PQfreemem(message)
            throw PostgreSQLError(.configuration, "the database address cannot be read")
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parameters
    }

    /// Connects, blocking for as long as `connect_timeout` says. The handle belongs to the caller, whatever its status.
    func connect() -> OpaquePointer? {
        Self.withCStrings(keywords) { keywords in
            Self.withCStrings(values) { values in PQconnectdbParams(keywords, values, 0) }
        }
    }

    /// Whether a server listens at the address and takes connections, ours or not.
    func isServerAccepting() -> Bool {
        Self.withCStrings(keywords) { keywords in
            Self.withCStrings(values) { values in PQpingParams(keywords, values, 0) == PQPING_OK }
        }
    }

    /// What libpq says about a failed connection, on one line and without the password.
    func message(of handle: OpaquePointer?) -> String {
        guard let text = PQerrorMessage(handle) else { return "out of memory" }
        var words = String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
        if let password, !password.isEmpty { words = words.split(separator: password).joined(separator: "***") }
        return words
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        // One buffer for all, so that no pointer outlives its closure.
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { buffer in
            var pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { list in
                // Not nil: the list holds at least its terminator.
                body(list.baseAddress!)
            }
        }
    }
}
