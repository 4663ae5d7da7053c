package import FHIRFormats
import FHIRStore
import PostgreSQL

/// Looks messages up in the log.
package struct MessageQuery: Sendable {
    /// What is looked for; all of it must fit.
    package struct Filter: Sendable {
        package var numbers: [Int64] = []
        package var controlID: String?
        package var states: [MessageState] = []
        package var source: String?
        /// `ORU^R01`, or `ORU` for all triggers.
        package var type: String?
        /// A number of the patient, as in PID-3.1.
        package var patient: String?
        /// A placer or filler number.
        package var order: String?
        /// Only those that came more than once.
        package var isRepeated = false
        package var since: Instant?
        package var until: Instant?

        package init() {}

        /// Whether it would let every message pass.
        package var isEmpty: Bool {
            numbers.isEmpty && controlID == nil && states.isEmpty && source == nil && type == nil && patient == nil
                && order == nil && !isRepeated && since == nil && until == nil
        }
    }

    private let store: FHIRStore

    init(store: FHIRStore) {
        self.store = store
    }

    /// One message with its text and acknowledgement; nil if there is none.
    package func message(_ number: Int64) async throws -> StoredMessage? {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        let rows = try await read(Self.one, parameters)
        return rows.rowCount > 0 ? StoredMessage(rows, 0, hasBody: true) : nil
    }

    /// Messages, newest first.
    /// - Parameters:
    ///   - before: only those with a lower number, for the next page.
    ///   - oldestFirst: the order in which they have to be applied.
    package func list(
        _ filter: Filter, before: Int64? = nil, limit: Int, oldestFirst: Bool = false, withBodies: Bool = false
    ) async throws -> [StoredMessage] {
        var parameters = SQLParameters()
        var conditions: [String] = []
        func add(_ condition: String, _ append: (inout SQLParameters) -> Void) {
            append(&parameters)
            conditions.append(condition.replacing("?", with: "$\(parameters.count)"))
        }
        if !filter.numbers.isEmpty { add("id = ANY (?::bigint[])") { $0.append(int64Array: filter.numbers) } }
        var keys: [String] = []
        if let id = filter.controlID { keys.append(MessageKeys.control(id)) }
        if let patient = filter.patient { keys.append(MessageKeys.patient(patient)) }
        if let order = filter.order { keys.append(MessageKeys.order(order)) }
        if !keys.isEmpty { add("keys @> ?::text[]") { $0.append(textArray: keys) } }
        if !filter.states.isEmpty {
            add("state = ANY (?::text[])") { $0.append(textArray: filter.states.map(\.rawValue)) }
        }
        if let source = filter.source { add("source = ?::text") { $0.append(text: source.storable) } }
        if let type = filter.type {
            add("(type = ?::text OR starts_with(type, ?::text || '^'))") { $0.append(text: type.storable) }
        }
        if filter.isRepeated { conditions.append("repeats > 0") }
        if let since = filter.since {
            add("received >= ?::timestamptz") { $0.append(timestamp: since.microsecondsSince1970) }
        }
        if let until = filter.until {
            add("received < ?::timestamptz") { $0.append(timestamp: until.microsecondsSince1970) }
        }
        if let before { add("id < ?::bigint") { $0.append(int64: before) } }
        parameters.append(int64: Int64(limit))
        let bodies = withBodies ? ", body, acknowledgement" : ""
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let statement = SQLStatement(
            """
            SELECT \(StoredMessage.columns)\(bodies) FROM hl7_message \(condition)
            ORDER BY id \(oldestFirst ? "ASC" : "DESC") LIMIT $\(parameters.count)::bigint
            """, isPrepared: false)
        let rows = try await read(statement, parameters)
        return (0..<rows.rowCount).map { StoredMessage(rows, $0, hasBody: withBodies) }
    }

    /// Messages whose next attempt is due, in the order in which they came.
    func due(at now: Instant, limit: Int) async throws -> [StoredMessage] {
        var parameters = SQLParameters()
        parameters.append(timestamp: now.microsecondsSince1970)
        parameters.append(int64: Int64(limit))
        let rows = try await read(Self.due, parameters)
        return (0..<rows.rowCount).map { StoredMessage(rows, $0, hasBody: false) }
    }

    private func read(_ statement: SQLStatement, _ parameters: SQLParameters) async throws -> QueryResult {
        do {
            return try await store.database.query(statement, parameters)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static let one = SQLStatement(
        "SELECT \(StoredMessage.columns), body, acknowledgement FROM hl7_message WHERE id = $1::bigint")
    private static let due = SQLStatement(
        """
        SELECT \(StoredMessage.columns) FROM hl7_message WHERE due <= $1::timestamptz ORDER BY id LIMIT $2::bigint
        """)
}
