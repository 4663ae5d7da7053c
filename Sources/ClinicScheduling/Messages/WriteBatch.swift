import Clinic
import FHIRStore
import JSONTape

/// Writes of a job, gathered and sent in one round trip.
struct WriteBatch {
    private let transaction: StoreTransaction
    private var writes: [(reference: LocalReference, json: [UInt8], isNew: Bool)] = []

    init(_ transaction: StoreTransaction) { self.transaction = transaction }

    mutating func write(_ reference: LocalReference, json: [UInt8], isNew: Bool) {
        writes.append((reference, json, isNew))
    }

    /// Locks a stored resource and edits it; one that is gone is left alone.
    mutating func edit(_ reference: LocalReference, _ change: (inout ResourceEdit) -> Void) async throws {
        try await edit(reference.typeName, [reference.id]) { _, edit in change(&edit) }
    }

    /// Locks stored resources of a type, in the order of their ids, and edits each; those that are gone are left alone.
    mutating func edit(
        _ typeName: String, _ ids: [String], _ change: (StoredResource, inout ResourceEdit) -> Void
    ) async throws {
        let type = try transaction.store.resourceType(typeName)
        for version in try await transaction.lock(type, ids: ids) {
            guard let stored = try StoredResource(version, in: transaction.store) else { continue }
            var edit = stored.edit
            change(stored, &edit)
            let json = edit.bytes
            if json != Array(stored.node.source) { write(stored.reference, json: json, isNew: false) }
        }
    }

    func apply() async throws {
        let store = transaction.store
        var commands: [WriteCommand] = []
        for write in writes {
            let type = try store.resourceType(write.reference.typeName)
            let input = ResourceInput(type: type, document: try Document.parse(write.json, limits: .fhir))
            try await store.check(input)
            commands.append(
                write.isNew
                    ? store.createCommand(input, id: write.reference.id)
                    : store.updateCommand(input, id: write.reference.id))
        }
        _ = try await transaction.apply(commands)
    }
}
