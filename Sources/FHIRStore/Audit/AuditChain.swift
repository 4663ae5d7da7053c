import Crypto
import FHIRDefinitions
import FHIRFormats
import JSONTape
import PostgreSQL

/// Takes entries out of the inbox and makes them links of the chain, each with its AuditEvent.
///
/// A link's hash is SHA-256 over the hash before it, its number, the id and the text of the AuditEvent: to change,
/// leave out or reorder one means to change all that follow, and the end of the chain, which others may know.
///
/// Entries leave the inbox in the order of their numbers as far as they are visible. A transaction that commits late is
/// chained late and never passed over, because nothing remembers a place in the inbox: what is in it is not chained.
struct AuditChain: Sendable {
    let store: FHIRStore
    private let subjects: AuditSubjects
    private let type: TypeID?
    /// Whether the database has a table of AuditEvents.
    var hasEvents: Bool { type != nil }

    /// - Parameter store: without limits, and not audited itself.
    init(store: FHIRStore) {
        self.store = store
        subjects = AuditSubjects(definitions: store.definitions, tables: store.tables)
        let type = store.definitions.resourceType(named: "AuditEvent")
        self.type = type.flatMap { store.tables.contains($0) ? $0 : nil }
    }

    /// Chains entries, `limit` at most; tells how many. Of several servers one does, the others find nothing.
    ///
    /// - Parameter waits: until another server is done, rather than finding nothing.
    func advance(limit: Int, waits: Bool) async throws -> Int {
        try await store.transaction { transaction in
            let session = transaction.session
            session.reusePlans()
            let head = try await session.query(waits ? Self.lock : Self.tryLock)
            guard head.rowCount > 0, var number = head.int64(0, 0), var hash = head.bytea(0, 1) else { return 0 }
            var parameters = SQLParameters()
            parameters.append(int64: Int64(limit))
            let taken = try await session.query(AuditRow.taking, parameters)
            guard taken.rowCount > 0 else { return 0 }
            var rows = try await subjects.complete((0..<taken.rowCount).map { AuditRow($0, of: taken) }, in: session)
            rows += try await BulkReading.alerts(after: rows, in: session)
            var links: [AuditLink] = []
            for row in rows {
                number += 1
                let id = store.makeID()
                let record = AuditEventWriter(row, id: id).json
                hash = Self.hash(of: record, id: id, number: number, after: hash)
                links.append(AuditLink(number: number, id: id, row: row, hash: hash, record: record))
            }
            var statements = [AuditLink.insertion(links)]
            statements += try events(links)
            statements.append(Self.moving(to: number, hash))
            _ = try await session.queries(statements)
            return taken.rowCount
        }
    }

    /// The AuditEvents as resources, so that they are searched like others.
    private func events(_ links: [AuditLink]) throws -> [(SQLStatement, SQLParameters)] {
        guard let type else { return [] }
        let now = store.now()
        let commands = try links.map { link in
            let input = ResourceInput(type: type, document: try Document.parse(link.record))
            var command = store.commands.create(store.preparer.prepare(input, id: link.id), at: now)
            // What belongs to the house is nothing for those who belong to a tenant.
            command.companion = link.row.facts.tenant ?? ""
            return command
        }
        return store.commands.steps(of: commands, isGrouping: true).statements
    }

    /// The hash of a link.
    static func hash(of record: [UInt8], id: String, number: Int64, after previous: [UInt8]) -> [UInt8] {
        var digest = SHA256()
        digest.update(data: previous)
        withUnsafeBytes(of: number.bigEndian) { digest.update(bufferPointer: $0) }
        digest.update(data: Array(id.utf8))
        digest.update(data: [0])
        digest.update(data: record)
        return Array(digest.finalize())
    }

    private static func moving(to number: Int64, _ hash: [UInt8]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        parameters.append(bytes: hash)
        return (move, parameters)
    }

    static let lock = SQLStatement("SELECT seq, hash FROM audit_head FOR UPDATE")
    private static let tryLock = SQLStatement("SELECT seq, hash FROM audit_head FOR UPDATE SKIP LOCKED")
    private static let move = SQLStatement("UPDATE audit_head SET seq = $1::bigint, hash = $2::bytea")
}

/// A link that is to be added.
struct AuditLink: Sendable {
    var number: Int64
    var id: String
    var row: AuditRow
    var hash: [UInt8]
    /// The AuditEvent.
    var record: [UInt8]

    static func insertion(_ links: [AuditLink]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(int64Array: links.map(\.number))
        parameters.append(textArray: links.map(\.id))
        parameters.append(timestampArray: links.map { $0.row.happened.microsecondsSince1970 })
        parameters.append(textArray: links.map { Self.hexadecimal($0.hash) })
        parameters.append(textArray: links.map(\.record))
        return (statement, parameters)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static let statement = SQLStatement(
        """
        INSERT INTO audit_log (seq, event, recorded, hash, record)
        SELECT e.seq, e.event, e.recorded, decode(e.hash, 'hex'), e.record
        FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
          e (seq, event, recorded, hash, record)
        """)
}
