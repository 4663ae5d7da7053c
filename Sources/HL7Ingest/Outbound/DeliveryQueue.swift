package import FHIRFormats
package import FHIRStore
import PostgreSQL

/// The messages that go out (`hl7_delivery`): each waits, was sent, is dead or was discarded.
package struct DeliveryQueue: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case waiting, sent, dead, discarded
    }

    /// One message.
    package struct Message: Sendable {
        package let id: Int64
        package let destination: String
        /// Such as `ADT^A01`.
        package let kind: String
        package let controlID: String
        /// `Type/id`, and the version that the message tells of.
        package let resource: String
        package let version: Int
        package let state: State
        package let tries: Int
        package let refusals: Int
        package let created: Instant
        package let due: Instant
        package let changed: Instant?
        /// MSA-1 of the last answer.
        package let code: String?
        package let reason: String?
        /// The bytes as they go out.
        package let body: [UInt8]
        package let answer: [UInt8]?
    }

    /// Which messages.
    package struct Filter: Sendable {
        package var numbers: [Int64] = []
        package var destination: String?
        package var states: [State] = []
        package var resource: String?
        package var controlID: String?

        package init() {}

        package var isEmpty: Bool {
            numbers.isEmpty && destination == nil && states.isEmpty && resource == nil && controlID == nil
        }
    }

    let store: FHIRStore

    package init(store: FHIRStore) {
        self.store = store
    }

    /// Newest first.
    package func list(_ filter: Filter, limit: Int) async throws -> [Message] {
        var parameters = filter.parameters
        parameters.append(int64: Int64(limit))
        do {
            let rows = try await store.database.query(Self.list, parameters)
            return (0..<rows.rowCount).map { Self.message(rows, $0) }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// Lets messages that are dead, discarded or waiting go at once, as new. Returns how many those were.
    package func redrive(_ filter: Filter) async throws -> Int { try await change(Self.redrive, filter) }

    /// Gives up messages that wait or are dead. They stay in the log. Returns how many those were.
    package func discard(_ filter: Filter) async throws -> Int { try await change(Self.discard, filter) }

    /// Removes the bytes of messages that are through, where the destination's settings say so: that they were sent,
    /// and their answer, stays. Returns how many those were.
    @discardableResult
    package func removeExpired(_ destination: DestinationSettings) async throws -> Int {
        guard let days = destination.retentionDays else { return 0 }
        var parameters = SQLParameters()
        parameters.append(text: destination.name)
        parameters.append(int64: Int64(days))
        return try await store.database.write(WriteJob([(Self.expire, parameters)])).first?.affectedRows ?? 0
    }

    private func change(_ statement: SQLStatement, _ filter: Filter) async throws -> Int {
        do {
            return try await store.database.write(WriteJob([(statement, filter.parameters)])).first?.affectedRows ?? 0
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static func message(_ rows: QueryResult, _ row: Int) -> Message {
        func instant(_ column: Int) -> Instant? {
            rows.int64(row, column).map { Instant(microsecondsSince1970: $0) }
        }
        return Message(
            id: rows.int64(row, 0) ?? 0, destination: rows.string(row, 1) ?? "", kind: rows.string(row, 2) ?? "",
            controlID: rows.string(row, 3) ?? "", resource: rows.string(row, 4) ?? "",
            version: Int(rows.int64(row, 5) ?? 0),
            state: rows.string(row, 6).flatMap { State(rawValue: $0) } ?? .waiting,
            tries: Int(rows.int64(row, 7) ?? 0), refusals: Int(rows.int64(row, 8) ?? 0),
            created: instant(9) ?? Instant(microsecondsSince1970: 0),
            due: instant(10) ?? Instant(microsecondsSince1970: 0), changed: instant(11),
            code: rows.string(row, 12), reason: rows.string(row, 13), body: rows.bytea(row, 14) ?? [],
            answer: rows.bytea(row, 15))
    }

    private static let condition = """
        (cardinality($1::text[]) = 0 OR id = ANY ($1::text[]::bigint[]))
          AND destination = coalesce($2::text, destination)
          AND (cardinality($3::text[]) = 0 OR state = ANY ($3::text[])) AND resource = coalesce($4::text, resource)
          AND control_id = coalesce($5::text, control_id)
        """
    private static func micros(_ column: String) -> String { "(extract(epoch FROM \(column)) * 1000000)::bigint" }
    private static let list = SQLStatement(
        """
        SELECT id, destination, kind, control_id, resource, version::bigint, state, tries::bigint, refusals::bigint,
          \(micros("created")), \(micros("due")), \(micros("changed")), code, reason, body, answer
        FROM hl7_delivery WHERE \(condition) ORDER BY id DESC LIMIT $6::bigint
        """)
    /// In portions, so that no transaction lasts long.
    private static let expire = SQLStatement(
        """
        UPDATE hl7_delivery SET body = '' WHERE id IN (
          SELECT id FROM hl7_delivery
          WHERE state IN ('sent', 'discarded') AND destination = $1::text AND body <> ''
            AND created < now() - make_interval(days => $2::bigint::int)
          ORDER BY id LIMIT 1000)
        """)
    private static let redrive = SQLStatement(
        """
        UPDATE hl7_delivery SET state = 'waiting', due = now(), created = now(), refusals = 0, lease = NULL,
          changed = now()
        WHERE state <> 'sent' AND body <> '' AND \(condition)
        """)
    private static let discard = SQLStatement(
        """
        UPDATE hl7_delivery SET state = 'discarded', changed = now() WHERE state IN ('waiting', 'dead') AND \(condition)
        """)
}

extension DeliveryQueue.Filter {
    fileprivate var parameters: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(textArray: numbers.map { String($0) })
        parameters.append(text: destination)
        parameters.append(textArray: states.map(\.rawValue))
        parameters.append(text: resource)
        parameters.append(text: controlID)
        return parameters
    }
}
