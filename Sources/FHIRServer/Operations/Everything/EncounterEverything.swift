import FHIRDefinitions
import FHIRSearch
import FHIRStore
import JSONTape

/// `Encounter/[id]/$everything` (R4 operation-encounter-everything.html).
struct EncounterEverything: ResourceOperation {
    let declaration = OperationDeclaration(
        "everything", levels: [.instance], types: ["Encounter"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Encounter-everything",
        documentation: "The encounter, the resources of its compartment and what they refer to, in pages.",
        parameters: EverythingCall.parameters, reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target, ResourceID.isValid(id) else {
            throw StoreError(.notFound, "there is no such id")
        }
        let encounter = try await call.store.read(type, id: id)
        let document = try Document.parse(encounter.content ?? [])
        var patient: Int64?
        if let text = JSONNode(document)["subject"]?["reference"]?.string,
            let reference = call.search.indexer.localReference(text)
        {
            let typeName = call.definitions.name(of: reference.type)
            patient = Int64(bitPattern: SearchIndexer.selfKey(typeName: typeName, id: reference.id))
        }
        return try await EverythingCall(call: call).answer(.encounter(id: id, patient: patient))
    }
}
