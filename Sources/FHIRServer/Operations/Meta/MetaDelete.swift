import FHIRDefinitions

/// `$meta-delete`: removes profiles, security labels and tags (R4 resource-operation-meta-delete.html).
struct MetaDelete: ResourceOperation {
    let declaration = OperationDeclaration(
        "meta-delete", levels: [.instance], types: [], affectsState: true,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
        documentation: "Removes profiles, security labels and tags. A change makes a new version.",
        parameters: [
            .init(.input, "meta", 1, 1, "Meta", "What to remove; it need not be there."),
            .init(.output, "return", 1, 1, "Meta", "The meta of the resource as it is now."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        try await MetaChange(call: call).run { sets, wanted in sets.remove(wanted) }
    }
}
