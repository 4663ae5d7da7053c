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

        var status: String { node["status"]?.string ?? "" }
    }

    /// In ascending order of id.
    private(set) var entries: [Entry] = []
    private let type: TypeID

    /// Locks the slots in the order of their ids, so that two bookings of the same ones cannot block each other.
    ///
    /// Throws `StoreError` (422) for one that does not exist.
    init(_ references: [LocalReference], in transaction: StoreTransaction) async throws {
        type = try transaction.store.resourceType("Slot")
        for reference in Set(references).sorted() {
            guard let stored = try await transaction.lock(type, id: reference.id), let content = stored.content else {
                throw StoreError(
                    .businessRule, "\(reference.text) does not exist", expression: "Appointment.slot",
                    details: "unknown-slot")
            }
            entries.append(Entry(reference: reference, node: JSONNode(try Document.parse(content))))
        }
    }

    /// The same without some of the slots.
    func without(_ references: Set<LocalReference>) -> SlotBook {
        var copy = self
        copy.entries.removeAll { references.contains($0.reference) }
        return copy
    }

    /// The commands that give slots of certain statuses another one.
    func commands(changing statuses: [String], to status: String, in store: FHIRStore) async throws -> [WriteCommand] {
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
}
