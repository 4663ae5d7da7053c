import FHIRDefinitions
import FHIRTerminology
import JSONTape

/// `CodeSystem/$lookup`: what is known of a code (R4 codesystem-operation-lookup.html).
struct CodeSystemLookup: ResourceOperation {
    let declaration = OperationDeclaration(
        "lookup", levels: [.type], types: ["CodeSystem"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
        documentation: "Display, designations and properties of a code. A code or system that is not known is 404.",
        parameters: [
            .init(.input, "code", 0, 1, "code", "The code, with its system."),
            .init(.input, "system", 0, 1, "uri", "The system of the code."),
            .init(.input, "version", 0, 1, "string", "The version of the system; the newest active one by default."),
            .init(.input, "coding", 0, 1, "Coding", "The code and system in one."),
            .init(.input, "date", 0, 1, "dateTime", "Taken for now, whatever it is."),
            .init(.input, "displayLanguage", 0, 1, "code", "Language of the display; Accept-Language by default."),
            .init(
                .input, "property", 0, nil, "code",
                "Properties to return, also designation, definition, parent and child; all by default."),
            .init(.output, "name", 1, 1, "string", "Name of the code system."),
            .init(.output, "version", 0, 1, "string", "Its version."),
            .init(.output, "display", 1, 1, "string", "What to show for the code."),
            .init(.output, "designation", 0, nil, nil, "Other texts: language, use, value."),
            .init(.output, "property", 0, nil, nil, "Properties: code, value."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let question: (system: any CodeSystem, code: String)
        if let coding = try call.coding("coding") {
            let canonical = Canonical(url: coding.system, version: coding.version ?? call.input.string("version"))
            question = (try await call.terminology.codeSystem(canonical.text), coding.code)
        } else {
            guard let code = call.input.string("code"), call.input.string("system") != nil else {
                throw OperationInputError(.invalidParameter, "a code with its system, or a coding, is expected")
            }
            question = (try await call.codeSystem("system"), code)
        }
        let concept = try await call.terminology.lookup(question.code, in: question.system)
        return OperationAnswer(resource: json(concept, question.system.header, call))
    }

    private func json(_ concept: CodeSystemConcept, _ header: CodeSystemHeader, _ call: OperationCall) -> [UInt8] {
        let wanted = Set(call.input.strings("property"))
        func wants(_ name: String) -> Bool { wanted.isEmpty || wanted.contains(name) || wanted.contains("*") }
        var writer = ParametersWriter()
        writer.string("name", header.name ?? header.title ?? header.url)
        writer.string("version", header.version)
        let display = concept.display(in: call.languages, systemLanguage: header.language)
        writer.string("display", display ?? concept.code)
        if wants("designation") {
            for designation in concept.designations { write(designation, to: &writer) }
        }
        if let definition = concept.definition, wants("definition") {
            writer.parts("property") {
                $0.code("code", "definition")
                $0.string("value", definition)
            }
        }
        let own = Set(concept.properties.map(\.code))
        if wants("inactive"), !own.contains("inactive") {
            writer.parts("property") {
                $0.code("code", "inactive")
                $0.bool("value", concept.isInactive)
            }
        }
        for (name, codes) in [("parent", concept.parents), ("child", concept.children)]
        where wants(name) && !own.contains(name) {
            for code in codes {
                writer.parts("property") {
                    $0.code("code", name)
                    $0.code("value", code)
                }
            }
        }
        for property in concept.properties where wants(property.code) {
            writer.parts("property") {
                $0.code("code", property.code)
                $0.value("value", member: property.member, json: property.json)
            }
        }
        return writer.finish()
    }

    private func write(_ designation: Designation, to writer: inout ParametersWriter) {
        writer.parts("designation") {
            $0.code("language", designation.language)
            if let use = designation.use {
                $0.coding("use", system: use.system, code: use.code, display: use.display)
            }
            $0.string("value", designation.value)
        }
    }
}
