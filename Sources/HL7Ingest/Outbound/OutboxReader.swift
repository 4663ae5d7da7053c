import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Turns rows of the outbox into messages that wait, in the order in which the changes were made.
struct OutboxReader: Sendable {
    let store: FHIRStore
    /// Changes of one transaction.
    private static let batchCount = 100
    private let versions: [String: SQLStatement]
    private let current: [String: SQLStatement]

    init(store: FHIRStore) {
        self.store = store
        var versions: [String: SQLStatement] = [:]
        var current: [String: SQLStatement] = [:]
        let changing = Set(OutboundMaps.all.map { $0.resourceType })
        for type in store.tables.types {
            let table = store.tables.table(type)
            let name = table.typeName
            if changing.contains(name) { versions[name] = Self.versions(table) }
            if OutboundEvent.relatedTypes.contains(name) { current[name] = Self.current(table) }
        }
        self.versions = versions
        self.current = current
    }

    /// A row of the outbox.
    struct Change {
        let type: String
        let id: String
        let version: Int
        let recorded: Instant
        let source: String?
    }

    /// Takes the oldest changes, and writes the messages that come of them; returns how many changes it took.
    func expand(for destinations: [DestinationSettings]) async throws -> Int {
        try await store.transaction { transaction in
            let session = transaction.session
            // One server at a time, so that the messages have the order of the changes.
            guard try await session.query(Self.lock, SQLParameters()).bool(0, 0) == true else { return 0 }
            let rows = try await session.query(Self.take, Self.limit)
            let changes = Self.changes(rows)
            guard !changes.isEmpty else { return 0 }
            var events = try await events(changes, in: session)
            try await addReports(to: &events, changes, in: transaction)
            try await resolve(&events, in: session)
            try await session.queries(statements(events, destinations))
            return changes.count
        }
    }

    private static func changes(_ rows: QueryResult) -> [Change] {
        let numbered: [(Int64, Change)] = (0..<rows.rowCount).map { row in
            let change = Change(
                type: rows.string(row, 1) ?? "", id: rows.string(row, 2) ?? "",
                version: Int(rows.int64(row, 3) ?? 0),
                recorded: Instant(microsecondsSince1970: rows.int64(row, 4) ?? 0), source: rows.string(row, 5))
            return (rows.int64(row, 0) ?? 0, change)
        }
        return numbered.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The versions before and after each change.
    private func events(_ changes: [Change], in session: Session) async throws -> [(Change, OutboundEvent)] {
        var asked: [Change] = []
        var statements: [(SQLStatement, SQLParameters)] = []
        for change in changes {
            guard let statement = versions[change.type] else { continue }
            var parameters = SQLParameters()
            parameters.append(text: change.id)
            parameters.append(int64: Int64(change.version))
            statements.append((statement, parameters))
            asked.append(change)
        }
        let answers = try await session.queries(statements)
        return zip(asked, answers).compactMap { change, rows in
            var found: [Int: JSONNode] = [:]
            for row in 0..<rows.rowCount {
                guard let version = rows.int64(row, 0) else { continue }
                found[Int(version)] = Self.node(rows, row, 1)
            }
            guard let new = found[change.version] else { return nil }
            return (
                change,
                OutboundEvent(old: found[change.version - 1], new: new, recorded: change.recorded.text)
            )
        }
    }

    /// What the resources refer to, and what that refers to: results of panels, people of orders.
    private func resolve(_ events: inout [(Change, OutboundEvent)], in session: Session) async throws {
        var known: [String: JSONNode] = [:]
        var wanted = events.map { _, event in
            ([event.new] + event.reports).flatMap { OutboundEvent.references(of: $0) }
        }
        for _ in 0..<2 {
            let missing = Set(wanted.joined()).subtracting(known.keys)
            guard !missing.isEmpty else { break }
            for (address, node) in try await read(missing, in: session) { known[address] = node }
            for index in wanted.indices {
                let further = wanted[index].compactMap { known[$0] }.flatMap { OutboundEvent.references(of: $0) }
                for address in further where !wanted[index].contains(address) { wanted[index].append(address) }
            }
        }
        for index in events.indices {
            for address in wanted[index] { events[index].1.related[address] = known[address] }
        }
    }

    private func read(_ addresses: Set<String>, in session: Session) async throws -> [(String, JSONNode)] {
        let byType = Dictionary(grouping: addresses) { $0.split(separator: "/").first.map(String.init) ?? "" }
        var types: [String] = []
        var statements: [(SQLStatement, SQLParameters)] = []
        for (type, addresses) in byType.sorted(by: { $0.key < $1.key }) {
            guard let statement = current[type] else { continue }
            var parameters = SQLParameters()
            parameters.append(textArray: addresses.map { String($0.dropFirst(type.count + 1)) }.sorted())
            statements.append((statement, parameters))
            types.append(type)
        }
        let answers = try await session.queries(statements)
        return zip(types, answers).flatMap { type, rows in
            (0..<rows.rowCount).compactMap { row in
                guard let id = rows.string(row, 0), let node = Self.node(rows, row, 1) else { return nil }
                return ("\(type)/\(id)", node)
            }
        }
    }

    private static func node(_ rows: QueryResult, _ row: Int, _ column: Int) -> JSONNode? {
        guard let bytes = rows.bytes(row, column), let document = try? Document.parse(bytes, limits: .fhir) else {
            return nil
        }
        return JSONNode(document)
    }

    /// The messages of all events, each with the claim of the order number that it gives away.
    private func statements(
        _ events: [(Change, OutboundEvent)], _ destinations: [DestinationSettings]
    ) -> [(SQLStatement, SQLParameters)] {
        var statements: [(SQLStatement, SQLParameters)] = []
        let seconds = Int(store.clock().microsecondsSince1970 / 1_000_000)
        let time = HL7Timestamp.utc(secondsSince1970: seconds)
        for (change, event) in events {
            var isOrder = false
            for destination in destinations {
                if let source = change.source, destination.sources.contains(source) { continue }
                for occasion in OutboundMaps.occasions(event, wanted: destination.messages) {
                    let controlID = String(store.makeID().suffix(20))
                    var parameters = SQLParameters()
                    parameters.append(text: destination.name)
                    parameters.append(text: occasion.key)
                    parameters.append(text: occasion.kind)
                    parameters.append(text: controlID)
                    parameters.append(text: "\(change.type)/\(change.id)")
                    parameters.append(int64: Int64(change.version))
                    parameters.append(
                        bytes: occasion.encode(destination.profile, controlID: controlID, time: time))
                    statements.append((Self.add, parameters))
                    isOrder = isOrder || change.type == "ServiceRequest"
                }
            }
            // Results name the order by the number that it went out with.
            guard isOrder else { continue }
            var parameters = SQLParameters()
            parameters.append(text: "ServiceRequest|\(PlacerNumber.system)|\(change.id)")
            parameters.append(text: "ServiceRequest/\(change.id)")
            statements.append((Self.claim, parameters))
        }
        return statements
    }

    // MARK: - Statements

    private static var limit: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(int64: Int64(batchCount))
        return parameters
    }

    private static let lock = SQLStatement(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('martlet hl7 outbox', 0))")
    /// With what else the last one's transaction changed: a report and its results make one message.
    private static let take = SQLStatement(
        """
        WITH first AS MATERIALIZED (SELECT id, xact FROM hl7_outbox ORDER BY id LIMIT $1::bigint),
        rest AS (
          SELECT id FROM hl7_outbox WHERE xact = (SELECT xact FROM first ORDER BY id DESC LIMIT 1)
          ORDER BY id LIMIT 20 * $1::bigint)
        DELETE FROM hl7_outbox WHERE id IN (SELECT id FROM first UNION SELECT id FROM rest)
        RETURNING id, type, resource, version::bigint, (extract(epoch FROM updated) * 1000000)::bigint, source
        """)
    private static let add = SQLStatement(
        """
        INSERT INTO hl7_delivery (destination, key, kind, control_id, resource, version, body)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::bytea)
        ON CONFLICT (destination, resource, version, kind) DO NOTHING
        """)
    private static let claim = SQLStatement(
        "INSERT INTO hl7_identity (key, target) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING")

    private static func versions(_ table: ResourceTable) -> SQLStatement {
        SQLStatement(
            """
            SELECT version::bigint, coalesce(exact, content::text) FROM \(table.current)
            WHERE id = $1::text AND version::bigint IN ($2::bigint - 1, $2::bigint)
            UNION ALL
            SELECT version::bigint, coalesce(exact, content::text) FROM \(table.history)
            WHERE id = $1::text AND version IN (($2::bigint - 1)::int, $2::bigint::int) AND content IS NOT NULL
            """)
    }

    private static func current(_ table: ResourceTable) -> SQLStatement {
        SQLStatement(
            "SELECT id, coalesce(exact, content::text) FROM \(table.current) WHERE id = ANY ($1::text[])")
    }
}
