import FHIRDefinitions

/// `$meta-add`: adds profiles, security labels and tags (R4 resource-operation-meta-add.html).
struct MetaAdd: ResourceOperation {
    let declaration = OperationDeclaration(
        "meta-add", levels: [.instance], types: [], affectsState: true,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
        documentation: "Adds profiles, security labels and tags. A change makes a new version.",
        parameters: [
            .init(.input, "meta", 1, 1, "Meta", "What to add."),
            .init(.output, "return", 1, 1, "Meta", "The meta of the resource as it is now."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        try await MetaChange(call: call, checksProfiles: true).run { sets, wanted in sets.add(wanted) }
    }
}
