import FHIRDefinitions
import FHIRTerminology

/// `CodeSystem/$subsumes`: how two codes stand to each other (R4 codesystem-operation-subsumes.html).
struct CodeSystemSubsumes: ResourceOperation {
    let declaration = OperationDeclaration(
        "subsumes", levels: [.type, .instance], types: ["CodeSystem"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
        documentation: "Whether one code is a kind of another. A code or system that is not known is 404.",
        parameters: [
            .init(.input, "codeA", 0, 1, "code", "The first code, of the system given."),
            .init(.input, "codeB", 0, 1, "code", "The second code, of the system given."),
            .init(.input, "system", 0, 1, "uri", "The code system."),
            .init(.input, "version", 0, 1, "string", "Its version; the newest active one by default."),
            .init(.input, "codingA", 0, 1, "Coding", "The first code with its system."),
            .init(.input, "codingB", 0, 1, "Coding", "The second code with its system."),
            .init(.output, "outcome", 1, 1, "code", "equivalent, subsumes, subsumed-by or not-subsumed."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let codingA = try call.coding("codingA")
        let codingB = try call.coding("codingB")
        guard let first = codingA?.code ?? call.input.string("codeA"),
            let second = codingB?.code ?? call.input.string("codeB")
        else {
            throw OperationInputError(
                .invalidParameter, "two codes are expected: codeA and codeB, or codingA and codingB")
        }
        let system: any CodeSystem
        if call.instanceCanonical == nil, call.input.string("system") == nil, let coding = codingA ?? codingB {
            let canonical = Canonical(url: coding.system, version: coding.version ?? call.input.string("version"))
            system = try await call.terminology.codeSystem(canonical.text)
        } else {
            system = try await call.codeSystem("system")
        }
        for (coding, name) in [(codingA, "codingA"), (codingB, "codingB")] {
            if let coding, coding.system != system.header.url {
                throw call.input.error("the coding is of another system than \(system.header.url)", at: name)
            }
        }
        var writer = ParametersWriter()
        writer.code("outcome", try await call.terminology.subsumption(first, second, in: system).rawValue)
        return OperationAnswer(resource: writer.finish())
    }
}
