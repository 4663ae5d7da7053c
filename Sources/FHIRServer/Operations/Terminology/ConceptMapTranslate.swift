import FHIRDefinitions
import FHIRTerminology

/// `ConceptMap/$translate`: what a code is in another system (R4 conceptmap-operation-translate.html).
struct ConceptMapTranslate: ResourceOperation {
    let declaration = OperationDeclaration(
        "translate", levels: [.type, .instance], types: ["ConceptMap"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
        documentation: "Translations of a code by one concept map, or by all that fit. A code without a translation "
            + "gives the result false; an unknown concept map is 404.",
        parameters: [
            .init(.input, "url", 0, 1, "uri", "The concept map."),
            .init(.input, "conceptMap", 0, 1, "ConceptMap", "The concept map itself."),
            .init(.input, "conceptMapVersion", 0, 1, "string", "Its version; the newest active one by default."),
            .init(.input, "code", 0, 1, "code", "The code, with its system."),
            .init(.input, "system", 0, 1, "uri", "The system of the code."),
            .init(.input, "version", 0, 1, "string", "The version of the system."),
            .init(.input, "source", 0, 1, "uri", "The value set that maps have to translate from."),
            .init(.input, "coding", 0, 1, "Coding", "The code with its system."),
            .init(.input, "codeableConcept", 0, 1, "CodeableConcept", "Codes, all of which are translated."),
            .init(.input, "target", 0, 1, "uri", "The value set that maps have to translate to."),
            .init(.input, "targetsystem", 0, 1, "uri", "The system that translations have to be of."),
            .init(.input, "reverse", 0, 1, "boolean", "Whether to look for what is mapped to the code."),
            .init(.output, "result", 1, 1, "boolean", "Whether there is a translation."),
            .init(.output, "message", 0, 1, "string", "Why there is none."),
            .init(.output, "match", 0, nil, nil, "Translations: equivalence, concept, product, source."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        var question = TranslationQuestion(codings: try call.codings() ?? [try plainQuestion(call)])
        question.targetSystem = call.input.string("targetsystem")
        question.source = call.input.string("source")
        question.target = call.input.string("target")
        question.isReverse = call.input.bool("reverse") ?? false
        let map: ConceptMapDefinition?
        if let canonical = call.instanceCanonical {
            map = try await call.terminology.conceptMap(canonical)
        } else if let inline = call.input.first("conceptMap") {
            map = ConceptMapDefinition(inline)
        } else if let canonical = call.canonical("url", version: "conceptMapVersion") {
            map = try await call.terminology.conceptMap(canonical)
        } else {
            map = nil
        }
        let translation = try await call.terminology.translate(question, with: map)
        return OperationAnswer(resource: json(translation))
    }

    private func plainQuestion(_ call: OperationCall) throws -> CodingQuestion {
        guard let code = call.input.string("code") else {
            throw OperationInputError(.invalidParameter, "a code, coding or codeableConcept is expected")
        }
        guard let system = call.input.string("system") else {
            throw call.input.error("the system of the code is missing", at: "code")
        }
        return CodingQuestion(system: system, version: call.input.string("version"), code: code)
    }

    private func json(_ translation: Translation) -> [UInt8] {
        var writer = ParametersWriter()
        writer.bool("result", translation.isFound)
        writer.string("message", translation.message)
        for match in translation.matches {
            writer.parts("match") { writer in
                writer.code("equivalence", match.equivalence.rawValue)
                if let concept = match.concept {
                    writer.coding(
                        "concept", system: concept.system, version: match.version, code: concept.code,
                        display: match.display)
                }
                for product in match.products {
                    writer.parts("product") {
                        $0.uri("element", product.element)
                        $0.coding(
                            "concept", system: product.system, code: product.code, display: product.display)
                    }
                }
                if !match.map.isEmpty { writer.uri("source", match.map) }
            }
        }
        return writer.finish()
    }
}
