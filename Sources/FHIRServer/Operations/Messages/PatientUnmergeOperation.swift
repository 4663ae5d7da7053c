import FHIRDefinitions
import FHIRStore
import JSONTape

/// `Patient/[id]/$unmerge`: undoes the merge of a patient into another one.
struct PatientUnmergeOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "unmerge", levels: [.instance], types: ["Patient"], affectsState: true,
        documentation: "Undoes the merge of this patient into another one: what the merge moved comes back, what was "
            + "made after it stays with the other one unless it is named.",
        parameters: [
            .init(.input, "survivor", 0, 1, "Reference", "With whom the patient has to be merged; anybody by default."),
            .init(
                .input, "moving", 0, nil, "Reference",
                "What refers to the other patient and belongs to this one all the same."),
            .init(.output, "survivor", 1, 1, "Reference", "The patient that it was merged into."),
            .init(.output, "restored", 0, nil, "Reference", "What refers to this patient again."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(_, let id) = call.target else { throw StoreError(.notFound, "no such patient") }
        let survivor = try Self.addresses("survivor", call).first
        if let survivor, !survivor.hasPrefix("Patient/") {
            throw call.input.error("the survivor is no Patient", at: "survivor")
        }
        let moving = try Self.addresses("moving", call)
        let parting = try await call.store.transaction { transaction in
            try await PatientMerge(transaction).unmerge(
                prior: id, from: survivor.map { String($0.dropFirst("Patient/".count)) }, moving: moving)
        }
        var writer = ParametersWriter()
        writer.reference("survivor", "Patient/\(parting.survivor)")
        for address in parting.restored { writer.reference("restored", address) }
        return OperationAnswer(resource: writer.finish())
    }

    /// `Type/id` of each.
    private static func addresses(_ name: String, _ call: OperationCall) throws -> [String] {
        try call.input.all(name).map { reference in
            let address = reference["reference"]?.string ?? ""
            let parts = address.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, call.definitions.resourceType(named: String(parts[0])) != nil else {
                throw call.input.error("no reference of the form Type/id", at: name)
            }
            return address
        }
    }
}
