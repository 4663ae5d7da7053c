package import FHIRModel
package import FHIRStore
package import JSONTape
import FHIRFormats
import PostgreSQL

/// Writes and events of an operation, gathered and then sent in one round trip.
///
///     var changes = ChangeSet(work)
///     let encounter = try changes.create(model)
///     changes.update(appointment, edit)
///     changes.record("patient.arrived", encounter)
///     let saved = try await changes.apply()
package struct ChangeSet: Sendable {
    private struct Write: Sendable {
        var reference: LocalReference
        var json: [UInt8]
        var isNew: Bool
        /// What is replaced, where the operation has it.
        var stored: StoredResource?
    }

    private let work: ClinicWork
    private var writes: [Write] = []
    private var events: [(name: String, focus: LocalReference)] = []

    package init(_ work: ClinicWork) { self.work = work }

    /// Creates a resource under an id of the server's making, and tells under which.
    @discardableResult
    package mutating func create(_ resource: some FHIRResource, id: String? = nil) -> LocalReference {
        create(json: resource.json, type: type(of: resource).definition.name, id: id)
    }

    /// Creates a resource from its JSON.
    @discardableResult
    package mutating func create(json: [UInt8], type: String, id: String? = nil) -> LocalReference {
        let reference = LocalReference(type, id ?? work.store.makeID())
        writes.append(Write(reference: reference, json: json, isNew: true))
        return reference
    }

    /// Replaces a stored resource, which the operation has locked, by its edit.
    package mutating func update(_ stored: StoredResource, _ edit: ResourceEdit) {
        update(stored, json: edit.bytes)
    }

    package mutating func update(_ stored: StoredResource, json: [UInt8]) {
        writes.append(Write(reference: stored.reference, json: json, isNew: false, stored: stored))
    }

    package mutating func update(_ reference: LocalReference, json: [UInt8]) {
        writes.append(Write(reference: reference, json: json, isNew: false))
    }

    /// Records that something happened to a resource, for whoever listens.
    package mutating func record(_ event: String, _ focus: LocalReference) { events.append((event, focus)) }

    /// Adds what another set gathered, behind what is here.
    package mutating func append(_ other: ChangeSet) {
        writes += other.writes
        events += other.events
    }

    /// Checks and writes everything, in the order in which it was added.
    ///
    /// Where it is known what will come of it, the writes go out with what the transaction does next, or with its
    /// commit: what the guards of the database say against them is thrown there.
    ///
    /// Throws `StoreError`: 422 for what would not be valid, what the guards of the database say otherwise.
    @discardableResult
    package func apply() async throws -> [SavedResource] {
        let store = work.store
        var commands: [WriteCommand] = []
        var stamps: [VersionStamp?] = []
        for (position, write) in writes.enumerated() {
            let input = try await store.checked(write.json, type: write.reference.typeName)
            let command: WriteCommand
            if write.isNew {
                command = store.createCommand(input, id: write.reference.id)
                stamps.append(command.stampOfCreate)
            } else if let stored = replaced(at: position, by: JSONNode(input.document)) {
                command = store.replaceCommand(input, id: write.reference.id)
                stamps.append(command.stamp(replacing: stored.stamp))
            } else {
                command = store.updateCommand(input, id: write.reference.id)
                stamps.append(nil)
            }
            commands.append(command)
        }
        let known = stamps.compactMap(\.self)
        if known.count == commands.count {
            try work.transaction.applyLater(commands)
        } else {
            stamps = try await work.transaction.apply(commands).map(\.stamp)
        }
        let saved = zip(writes, stamps.compactMap(\.self)).map { write, stamp in
            SavedResource(write.reference, stamp, content: write.json, in: store)
        }
        try ClinicEvent.record(events, by: work.call.caller, in: work.transaction)
        return saved
    }

    /// What a write replaces, if it is known that it does: if the transaction holds the resource and has not written it
    /// yet, and the new content differs beyond doubt.
    private func replaced(at position: Int, by content: JSONNode) -> StoredResource? {
        let reference = writes[position].reference
        guard let stored = writes[position].stored, stored.isLocked,
            !writes[..<position].contains(where: { $0.reference == reference }),
            !work.transaction.hasWritten(reference.typeName, reference.id),
            stored.node.surelyDiffers(from: content)
        else { return nil }
        return stored
    }
}

extension JSONNode {
    /// Whether two values differ whatever the way they are written; of numbers that is not told.
    fileprivate func surelyDiffers(from other: JSONNode) -> Bool {
        if isObject, other.isObject {
            return count != other.count
                || members.contains { key, value in other[named: key].map(value.surelyDiffers) ?? true }
        }
        if isArray, other.isArray {
            return count != other.count || zip(elements, other.elements).contains { $0.surelyDiffers(from: $1) }
        }
        if isString, other.isString { return string != other.string }
        return kind != other.kind
    }
}
