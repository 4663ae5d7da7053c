import FHIRDefinitions
import FHIRProfiles
import FHIRStore
import JSONTape

/// `StructureDefinition/$snapshot`: a profile with its snapshot made from its differential
/// (R4 structuredefinition-operation-snapshot.html). Nothing is stored.
struct StructureDefinitionSnapshot: ResourceOperation {
    let declaration = OperationDeclaration(
        "snapshot", levels: [.type, .instance], types: ["StructureDefinition"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/StructureDefinition-snapshot",
        documentation: """
            The StructureDefinition with a snapshot made from its differential and what is known here of its base. An \
            unknown url is 404; a differential that breaks the rules of its base is 422 and names the elements.
            """,
        parameters: [
            .init(.input, "definition", 0, 1, "StructureDefinition", "The definition itself."),
            .init(
                .input, "url", 0, 1, "string",
                "Canonical URL of the definition, with a version or the newest active one; of those stored and those "
                    + "of the standard."),
            .init(.output, "return", 1, 1, "StructureDefinition", "The definition with its snapshot."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let result = try await call.store.profiles.snapshot(of: try await definition(call), in: call.search.session)
        let errors = result.issues.filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw InvalidResource(
                issues: result.issues.map { issue in
                    OutcomeIssue(
                        issue.severity == .error ? .error : .warning, code: "business-rule",
                        details: "snapshot-rule", diagnostics: "\(issue.element): \(issue.message)",
                        expression: "StructureDefinition.differential")
                })
        }
        var writer = JSONWriter(reservingByteCount: result.definition.source.count)
        writer.copy(result.definition)
        return OperationAnswer(resource: writer.bytes)
    }

    /// The definition that is asked about.
    private func definition(_ call: OperationCall) async throws -> JSONNode {
        // On a resource the parameters are of no account.
        if case .instance(let type, let id) = call.target {
            let version = try await call.store.read(type, id: id)
            return JSONNode(try Document.parse(version.content ?? []))
        }
        if let definition = call.input.first("definition") { return definition }
        guard let url = call.input.string("url") else {
            throw OperationInputError(
                .invalidParameter, "the definition is missing: give the parameter url or definition")
        }
        let canonical = CanonicalURL(url)
        let known = try await call.store.profiles.prepare([canonical], in: call.search.session)
        guard let definition = known.structureDefinition(canonical) else {
            throw StoreError(.notFound, "there is no StructureDefinition with this url", details: "unknown-profile")
        }
        return definition
    }
}
