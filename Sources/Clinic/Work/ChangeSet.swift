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
        update(stored.reference, json: edit.bytes)
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
    /// Throws `StoreError`: 422 for what would not be valid, what the guards of the database say otherwise.
    @discardableResult
    package func apply() async throws -> [SavedResource] {
        let store = work.store
        var commands: [WriteCommand] = []
        var documents: [Document] = []
        for write in writes {
            let document = try Document.parse(write.json, limits: .fhir)
            let input = ResourceInput(type: try store.resourceType(write.reference.typeName), document: document)
            try await store.check(input)
            documents.append(document)
            commands.append(
                write.isNew
                    ? store.createCommand(input, id: write.reference.id)
                    : store.updateCommand(input, id: write.reference.id))
        }
        let results = try await work.transaction.apply(commands)
        let saved = zip(writes, results).map { write, result in
            let json = write.json.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: result.stamp) }
            return SavedResource(reference: write.reference, stamp: result.stamp, json: json)
        }
        try await ClinicEvent.record(events, by: work.call.caller, in: work.transaction)
        return saved
    }
}
