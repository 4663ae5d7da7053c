package import FHIRStore
import FHIRFormats
import JSONTape

/// Work of an operation that creates resources and reads nothing in its transaction: the guards of the database say
/// whether it may.
package struct PlainWork: Sendable {
    private var creations: [(reference: LocalReference, json: [UInt8])] = []
    private let answer: @Sendable ([SavedResource]) -> ClinicAnswer

    /// - Parameter answer: what is answered, by what was stored.
    package init(answer: @escaping @Sendable ([SavedResource]) -> ClinicAnswer) { self.answer = answer }

    /// Creates a resource from its JSON.
    package mutating func create(json: [UInt8], type: String, in store: FHIRStore) {
        creations.append((LocalReference(type, store.makeID()), json))
    }

    /// Does it, in the shared write lane; throws `StoreError`.
    func run(by caller: String, in store: FHIRStore) async throws -> ClinicAnswer {
        var job = StoreJob()
        // Other jobs may follow in the same transaction.
        if !caller.isEmpty {
            job.statements = [ClinicActor.naming(caller)]
            job.closing = [ClinicActor.naming("")]
        }
        for creation in creations {
            let document = try Document.parse(creation.json, limits: .fhir)
            let input = ResourceInput(type: try store.resourceType(creation.reference.typeName), document: document)
            try await store.check(input)
            job.commands.append(store.createCommand(input, id: creation.reference.id))
        }
        let results = try await store.run(job)
        let saved = try zip(creations, results).map { creation, result in
            guard let result else { throw StoreError(.fault, "an id of the server's making was taken") }
            let json = creation.json.withUnsafeBufferPointer {
                store.renderer.render(content: $0, stamp: result.stamp)
            }
            return SavedResource(reference: creation.reference, stamp: result.stamp, json: json)
        }
        return answer(saved)
    }
}
