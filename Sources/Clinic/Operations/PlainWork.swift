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
            let input = try await store.checked(creation.json, type: creation.reference.typeName)
            job.commands.append(store.createCommand(input, id: creation.reference.id))
        }
        let results = try await store.run(job)
        let saved = try zip(creations, results).map { creation, result in
            guard let result else { throw StoreError(.fault, "an id of the server's making was taken") }
            return SavedResource(creation.reference, result.stamp, content: creation.json, in: store)
        }
        return answer(saved)
    }
}
