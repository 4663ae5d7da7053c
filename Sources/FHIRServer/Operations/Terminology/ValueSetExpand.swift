import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRTerminology
import JSONTape

/// `ValueSet/$expand`: the codes of a value set (R4 valueset-operation-expand.html).
struct ValueSetExpand: ResourceOperation {
    let declaration = OperationDeclaration(
        "expand", levels: [.type, .instance], types: ["ValueSet"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
        documentation: "The codes of a value set, all or in pages of at most 10000. An unknown value set is 404; a "
            + "definition that cannot be followed, or too many codes without count, 422.",
        parameters: [
            .init(.input, "url", 0, 1, "uri", "The value set."),
            .init(.input, "valueSet", 0, 1, "ValueSet", "The value set itself."),
            .init(.input, "valueSetVersion", 0, 1, "string", "Its version; the newest active one by default."),
            .init(.input, "context", 0, 1, "uri", "Not supported."),
            .init(.input, "contextDirection", 0, 1, "code", "Not supported."),
            .init(
                .input, "filter", 0, 1, "string",
                "Words that have to begin words of the display, a designation or code."),
            .init(.input, "date", 0, 1, "dateTime", "Taken for now, whatever it is."),
            .init(.input, "offset", 0, 1, "integer", "How many codes to pass over."),
            .init(.input, "count", 0, 1, "integer", "Most codes to return; 0 for the total alone."),
            .init(.input, "includeDesignations", 0, 1, "boolean", "Whether to return other texts too."),
            .init(.input, "designation", 0, nil, "string", "Uses or languages of the texts to return: system|code."),
            .init(.input, "includeDefinition", 0, 1, "boolean", "Whether to return the definition too."),
            .init(
                .input, "activeOnly", 0, 1, "boolean", "Whether to leave out codes that should not be used any more."),
            .init(.input, "excludeNested", 0, 1, "boolean", "If false, kinds stand within what they are kinds of."),
            .init(.input, "excludeNotForUI", 0, 1, "boolean", "Whether to leave out codes that only group others."),
            .init(.input, "excludePostCoordinated", 0, 1, "boolean", "There are none."),
            .init(.input, "displayLanguage", 0, 1, "code", "Language of the displays; Accept-Language by default."),
            .init(.input, "exclude-system", 0, nil, "canonical", "Systems to leave out."),
            .init(
                .input, "system-version", 0, nil, "canonical", "Versions of systems where the definition names none."),
            .init(.output, "return", 1, 1, "ValueSet", "The value set with its expansion."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let wish = try wish(call)
        let definition: ValueSetDefinition
        let expansion: Expansion
        if call.instanceCanonical == nil, let inline = try call.inlineValueSet() {
            definition = inline
            expansion = try await call.terminology.expand(inline, wish)
        } else {
            let canonical = try call.valueSetCanonical()
            (definition, expansion) = try await call.search.terminology.expand(
                canonical, wish, in: call.search.session)
        }
        return OperationAnswer(resource: ExpansionWriter(call: call, wish: wish).json(definition, expansion))
    }

    private func wish(_ call: OperationCall) throws -> ExpansionWish {
        var wish = ExpansionWish()
        wish.filter = call.input.string("filter").flatMap(TextFilter.init)
        wish.activeOnly = call.input.bool("activeOnly") ?? false
        wish.selectableOnly = call.input.bool("excludeNotForUI") ?? false
        wish.offset = call.input.integer("offset")
        wish.count = call.input.integer("count")
        for (name, value) in [("offset", wish.offset), ("count", wish.count)] where (value ?? 0) < 0 {
            throw call.input.error("the parameter \(name) is not negative", at: name)
        }
        wish.excludedSystems = call.input.strings("exclude-system").map { Canonical($0) }
        wish.systemVersions = call.input.strings("system-version").map { Canonical($0) }
        return wish
    }
}
