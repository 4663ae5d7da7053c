import FHIRStore

/// `Patient/$everything` and `Patient/[id]/$everything` (R4 operation-patient-everything.html).
///
/// Called on the type, all patients come as one result: nobody's access is limited to some of them.
struct PatientEverything: ResourceOperation {
    let declaration = OperationDeclaration(
        "everything", levels: [.type, .instance], types: ["Patient"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        documentation: "The patient, the resources of the compartment and what they refer to, in pages.",
        parameters: EverythingCall.careParameters + EverythingCall.parameters, reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target else {
            return try await EverythingCall(call: call).answer(.allPatients)
        }
        guard ResourceID.isValid(id) else { throw StoreError(.notFound, "there is no such id") }
        _ = try await call.store.read(type, id: id)
        // Who was merged comes with the survivor, who has all the records since.
        let survivor = try await MergedPatients(call.store, nil).survivor(of: id)
        return try await EverythingCall(call: call).answer(.patients([id] + [survivor].compactMap(\.self)))
    }
}
