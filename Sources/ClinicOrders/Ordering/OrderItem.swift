import Clinic
import FHIRDefinitions
import FHIRModel
import FHIRStore
import JSONTape

/// One thing that a caller of `$submit-order` asks for, before order sets are opened.
struct OrderItem: Sendable {
    var code: CodeableConcept?
    /// Canonical of an ActivityDefinition or PlanDefinition.
    var definition: String?
    var priority: String?
    var category: OrderCategory?
    var note: String?
    var specimen: LocalReference?
    var specimenType: CodeableConcept?
    var performer: LocalReference?
    var answers: [OrderAnswer]
    /// FHIRPath of the parameter.
    var place: String

    /// The parts of the parameter `items`.
    static let parts: [OperationParameterDeclaration] = [
        .init(.input, "code", 0, 1, "CodeableConcept", "The service, or the number of an order set."),
        .init(.input, "definition", 0, 1, "canonical", "An ActivityDefinition or PlanDefinition, in place of a code."),
        .init(.input, "priority", 0, 1, "code", "routine, urgent, asap or stat. Default routine."),
        .init(.input, "specimen", 0, 1, nil, "A reference to a Specimen, or the type of one as CodeableConcept."),
        .init(.input, "note", 0, 1, "string", "For who does it."),
        .init(.input, "category", 0, 1, "code", "laboratory, radiology or referral. Default laboratory."),
        .init(.input, "performer", 0, 1, "Reference", "Who is asked to do it."),
        .init(
            .input, "answers", 0, nil, nil, "An answer to a question asked at order entry.", parts: OrderAnswer.parts),
        .init(.input, "aoe", 0, nil, nil, "The same as answers.", parts: OrderAnswer.parts),
    ]

    init(_ parameters: OperationParameters, place: String) throws {
        self.place = place
        code = try parameters.codeableConcept("code")
        definition = parameters.text("definition")
        // A canonical may stand where the code does.
        if definition == nil, let code, code.coding.isEmpty, let text = code.text, Self.isCanonical(text) {
            definition = text
            self.code = nil
        }
        guard code?.keys.isEmpty == false || definition != nil else {
            throw OperationParameters.invalid("an item has a code or a definition", at: place)
        }
        priority = try parameters.code("priority", Priority.self)?.rawValue
        category = try parameters.code("category", OrderCategory.self)
        note = parameters.text("note")
        performer = try parameters.reference("performer")
        answers = try (parameters.groups("answers") + parameters.groups("aoe")).map { try OrderAnswer($0) }
        try readSpecimen(parameters)
    }

    private mutating func readSpecimen(_ parameters: OperationParameters) throws {
        guard let choice = parameters.choices("specimen").first else { return }
        let reference = LocalReference(choice.node) ?? choice.node.string.flatMap { LocalReference($0) }
        if let reference, reference.typeName == "Specimen" {
            specimen = reference
        } else {
            guard choice.type != "Reference", let type = try parameters.codeableConcept("specimen") else {
                throw OperationParameters.invalid("specimen is a reference to a Specimen or a type", at: choice.place)
            }
            specimenType = type
        }
    }

    private static func isCanonical(_ text: String) -> Bool {
        !text.contains(" ") && (text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("urn:"))
    }

    /// R4 valueset-request-priority.html.
    enum Priority: String, CaseIterable {
        case routine, urgent, asap, stat
    }
}

/// An answer to a question asked at order entry.
struct OrderAnswer: Sendable {
    var code: CodeableConcept?
    var linkID: String?
    var value: ParameterChoice

    static let parts: [OperationParameterDeclaration] = [
        .init(.input, "code", 0, 1, "CodeableConcept", "The question by its code."),
        .init(.input, "linkId", 0, 1, "string", "The question by its linkId in the questionnaire."),
        .init(.input, "value", 1, 1, nil, "The answer: Quantity, CodeableConcept, string, boolean, integer, dateTime."),
    ]

    init(_ parameters: OperationParameters) throws {
        code = try parameters.codeableConcept("code")
        linkID = parameters.text("linkId")
        guard code?.keys.isEmpty == false || linkID != nil else {
            throw OperationParameters.invalid(
                "an answer names its question by code or linkId", at: parameters.place(of: "value"))
        }
        guard let value = parameters.choices("value").first else {
            throw OperationParameters.invalid("an answer has a value", at: parameters.place(of: "value"))
        }
        self.value = value
    }

    /// The answer as a result: messages to the laboratory carry it as an observation behind the order.
    func observation(_ question: OrderQuestion?) throws -> Observation {
        var observation = Observation()
        observation.status = "final"
        observation.category = [
            CodeableConcept("http://terminology.hl7.org/CodeSystem/observation-category", "survey")
        ]
        observation.code = code ?? question?.code ?? CodeableConcept(text: linkID ?? "")
        observation.value = try ResultValue.any(value)
        return observation
    }
}
