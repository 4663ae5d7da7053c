import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL

/// The slots that a booking is about, locked for its transaction.
struct SlotBook: Sendable {
    struct Entry: Sendable {
        var reference: LocalReference
        var node: JSONNode
        /// How many appointments hold it; holds past their time do not count.
        var holderCount: Int

        var status: String { node["status"]?.string ?? "" }
        var schedule: LocalReference? { LocalReference(node["schedule"]) }
        /// Whether it can be had: a hold that nobody took down yet keeps nobody off.
        var isFree: Bool { status == "free" || (status == "busy-tentative" && holderCount == 0) }
    }

    /// In ascending order of id.
    private(set) var entries: [Entry] = []

    init() {}

    /// Locks the slots in the order of their ids, so that two bookings of the same ones cannot block each other.
    ///
    /// Throws `StoreError` (422) for one that does not exist.
    init(_ references: [LocalReference], in transaction: StoreTransaction) async throws {
        guard !references.isEmpty else {
            self.init()
            return
        }
        let (statement, parameters) = try Self.lock(references, in: transaction.store)
        try self.init(references, of: try await transaction.session.query(statement, parameters))
    }

    /// The statement that locks the slots; `init(_:of:)` reads its answer.
    static func lock(
        _ references: [LocalReference], in store: FHIRStore
    ) throws -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(textArray: references.map(\.id))
        return (try store.statement(statement), parameters)
    }

    init(_ references: [LocalReference], of result: QueryResult) throws {
        for row in 0..<result.rowCount {
            guard let id = result.string(row, 0), let content = result.bytes(row, 1) else { continue }
            entries.append(
                Entry(
                    reference: LocalReference("Slot", id), node: JSONNode(try Document.parse(content, limits: .fhir)),
                    holderCount: Int(result.int64(row, 2) ?? 0)))
        }
        let found = Set(entries.map(\.reference))
        if let missing = references.first(where: { !found.contains($0) }) {
            throw StoreError(
                .businessRule, "\(missing.text) does not exist", expression: "Appointment.slot",
                details: "unknown-slot")
        }
    }

    /// Locks those of the slots that are stored: an appointment from elsewhere may name others.
    init(known references: [LocalReference], in transaction: StoreTransaction) async throws {
        guard !references.isEmpty else {
            self.init()
            return
        }
        let (statement, parameters) = try Self.lock(references, in: transaction.store)
        try self.init([], of: try await transaction.session.query(statement, parameters))
    }

    /// Counts the holders again, now that the slots are locked: what the locking statement counted may be older.
    mutating func recount(in transaction: StoreTransaction) async throws {
        guard !entries.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: entries.map(\.reference.text))
        let result = try await transaction.session.query(Self.holders, parameters)
        var counts: [String: Int] = [:]
        for row in 0..<result.rowCount { counts[result.string(row, 0) ?? ""] = Int(result.int64(row, 1) ?? 0) }
        for index in entries.indices { entries[index].holderCount = counts[entries[index].reference.text] ?? 0 }
    }

    /// The same without some of the slots.
    func without(_ references: Set<LocalReference>) -> SlotBook {
        var copy = self
        copy.entries.removeAll { references.contains($0.reference) }
        return copy
    }

    func only(_ references: Set<LocalReference>) -> SlotBook {
        var copy = self
        copy.entries.removeAll { !references.contains($0.reference) }
        return copy
    }

    /// Adds the writes that give slots of certain statuses another one.
    func change(_ statuses: [String], to status: String, in changes: inout ChangeSet) {
        for entry in entries where statuses.contains(entry.status) && entry.status != status {
            var edit = ResourceEdit(entry.node)
            edit.set("status", status)
            changes.update(entry.reference, json: edit.bytes)
        }
    }

    /// The commands that give slots of certain statuses another one.
    func commands(changing statuses: [String], to status: String, in store: FHIRStore) async throws -> [WriteCommand] {
        let type = try store.resourceType("Slot")
        var commands: [WriteCommand] = []
        for entry in entries where statuses.contains(entry.status) {
            var edit = ResourceEdit(entry.node)
            edit.set("status", status)
            let document = try Document.parse(edit.bytes, limits: .fhir)
            let input = ResourceInput(type: type, document: document)
            try await store.check(input)
            commands.append(store.updateCommand(input, id: entry.reference.id))
        }
        return commands
    }

    /// Those that an appointment holds now, other than the one that is given up.
    func takenByOthers(than appointment: String, in transaction: StoreTransaction) async throws -> Set<LocalReference> {
        guard !entries.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: entries.map(\.reference.text))
        parameters.append(text: appointment)
        let result = try await transaction.session.query(Self.taken, parameters)
        return Set((0..<result.rowCount).compactMap { row in result.string(row, 0).flatMap { LocalReference($0) } })
    }

    private static let statement = """
        SELECT s.id, coalesce(s.exact, s.content::text),
          (SELECT count(*) FROM appointment_busy b WHERE b.actor = hashtextextended('Slot/' || s.id, 0)
            AND (b.expires IS NULL OR b.expires > clock_timestamp()))
        FROM @[Slot] s WHERE s.id = ANY ($1::text[]) ORDER BY s.id FOR UPDATE OF s
        """
    private static let holders = SQLStatement(
        """
        SELECT reference, count(*) FROM appointment_busy
        WHERE actor IN (SELECT hashtextextended(r, 0) FROM unnest($1::text[]) r)
          AND (expires IS NULL OR expires > clock_timestamp())
        GROUP BY reference
        """)
    private static let taken = SQLStatement(
        """
        SELECT reference FROM appointment_busy
        WHERE actor IN (SELECT hashtextextended(r, 0) FROM unnest($1::text[]) r) AND appointment <> $2::text
          AND (expires IS NULL OR expires > clock_timestamp())
        """)
}
