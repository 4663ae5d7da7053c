import FHIRDefinitions
import FHIRTerminology

/// `CodeSystem/$validate-code`: whether a system has a code (R4 codesystem-operation-validate-code.html).
struct CodeSystemValidateCode: ResourceOperation {
    let declaration = OperationDeclaration(
        "validate-code", levels: [.type, .instance], types: ["CodeSystem"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
        documentation: "Whether a code system has a code, and a display is right for it. An unknown code gives the "
            + "result false; an unknown code system is 404.",
        parameters: [
            .init(.input, "url", 0, 1, "uri", "The code system."),
            .init(.input, "codeSystem", 0, 1, "CodeSystem", "The code system itself."),
            .init(.input, "code", 0, 1, "code", "The code."),
            .init(.input, "version", 0, 1, "string", "The version of the system; the newest active one by default."),
            .init(.input, "display", 0, 1, "string", "A text for the code."),
            .init(.input, "coding", 0, 1, "Coding", "The code, with its system."),
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
        let codings = try call.codings()
        let isNamed =
            call.instanceCanonical != nil || call.input.first("codeSystem") != nil || call.input.string("url") != nil
        let system: any CodeSystem
        if !isNamed, let coding = codings?.first {
            let canonical = Canonical(url: coding.system, version: coding.version ?? call.input.string("version"))
            system = try await call.terminology.codeSystem(canonical.text)
        } else {
            system = try await call.codeSystem("url")
        }
        let questions: [CodingQuestion]
        if let codings {
            questions = codings
        } else {
            guard let code = call.input.string("code") else {
                throw OperationInputError(.invalidParameter, "a code, coding or codeableConcept is expected")
            }
            questions = [
                CodingQuestion(system: system.header.url, code: code, display: call.input.string("display"))
            ]
        }
        let answer = try await CodeValidationAnswer.first(of: questions) { question in
            guard question.system == system.header.url else {
                return .refusal(question, "The coding is of another system than \(system.header.url).")
            }
            return try await call.terminology.validate(question, in: system, call.validationWish)
        }
        return OperationAnswer(resource: answer)
    }
}

/// What the two operations of this name answer.
enum CodeValidationAnswer {
    /// The answer for the first code that is right; if none is, for the first.
    static func first(
        of questions: [CodingQuestion], _ validate: (CodingQuestion) async throws -> CodeValidation
    ) async throws -> [UInt8] {
        var result: CodeValidation?
        for question in questions.prefix(greatestCount) where result?.isValid != true {
            let answer = try await validate(question)
            if answer.isValid || result == nil { result = answer }
        }
        var writer = ParametersWriter()
        writer.bool("result", result?.isValid ?? false)
        writer.string("message", result?.message)
        writer.string("display", result?.display)
        writer.code("code", result?.code)
        writer.uri("system", result?.system)
        writer.string("version", result?.version)
        return writer.finish()
    }

    /// Codings of one concept that are looked at.
    private static let greatestCount = 100
}

extension CodeValidation {
    static func refusal(_ question: CodingQuestion, _ message: String) -> CodeValidation {
        CodeValidation(
            isValid: false, message: message, system: question.system, code: question.code, version: question.version)
    }
}
