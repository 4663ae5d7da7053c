import FHIRDefinitions
import FHIRTerminology

/// `ValueSet/$validate-code`: whether a value set holds a code (R4 valueset-operation-validate-code.html).
struct ValueSetValidateCode: ResourceOperation {
    let declaration = OperationDeclaration(
        "validate-code", levels: [.type, .instance], types: ["ValueSet"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
        documentation: "Whether a value set holds a code, and a display is right for it. An unknown code gives the "
            + "result false; an unknown value set is 404.",
        parameters: [
            .init(.input, "url", 0, 1, "uri", "The value set."),
            .init(.input, "context", 0, 1, "uri", "Not supported."),
            .init(.input, "valueSet", 0, 1, "ValueSet", "The value set itself."),
            .init(.input, "valueSetVersion", 0, 1, "string", "Its version; the newest active one by default."),
            .init(.input, "code", 0, 1, "code", "The code, with its system."),
            .init(.input, "system", 0, 1, "uri", "The system of the code."),
            .init(.input, "systemVersion", 0, 1, "string", "The version of the system."),
            .init(.input, "display", 0, 1, "string", "A text for the code."),
            .init(.input, "coding", 0, 1, "Coding", "The code with its system."),
            .init(.input, "codeableConcept", 0, 1, "CodeableConcept", "Codes of which one has to be right."),
            .init(.input, "date", 0, 1, "dateTime", "Taken for now, whatever it is."),
            .init(
                .input, "abstract", 0, 1, "boolean", "Whether codes that only group others will do; true if not said."),
            .init(.input, "displayLanguage", 0, 1, "code", "Language of the display; Accept-Language by default."),
            .init(.output, "result", 1, 1, "boolean", "Whether the code is right, and the display if there is one."),
            .init(.output, "message", 0, 1, "string", "Why it is not."),
            .init(.output, "display", 0, 1, "string", "What to show for the code."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let valueSet: ValueSetDefinition
        if call.instanceCanonical == nil, let inline = try call.inlineValueSet() {
            valueSet = inline
        } else {
            valueSet = try await call.terminology.valueSet(try call.valueSetCanonical())
        }
        let questions = try call.codings() ?? [try plainQuestion(call)]
        let answer = try await CodeValidationAnswer.first(of: questions) {
            try await call.terminology.validate($0, in: valueSet, call.validationWish)
        }
        return OperationAnswer(resource: answer)
    }

    private func plainQuestion(_ call: OperationCall) throws -> CodingQuestion {
        guard let code = call.input.string("code") else {
            throw OperationInputError(.invalidParameter, "a code, coding or codeableConcept is expected")
        }
        guard let system = call.input.string("system") else {
            throw call.input.error("the system of the code is missing", at: "code")
        }
        return CodingQuestion(
            system: system, version: call.input.string("systemVersion"), code: code,
            display: call.input.string("display"))
    }
}
