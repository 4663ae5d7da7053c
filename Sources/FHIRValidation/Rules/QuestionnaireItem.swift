import JSONTape

/// What a Questionnaire says of one of its items (R4 questionnaire.html).
struct QuestionnaireItem {
    let node: JSONNode
    let linkID: String
    let type: String
    let isRequired: Bool
    let isRepeating: Bool

    init?(_ node: JSONNode) {
        guard let linkID = node["linkId"]?.string, let type = node["type"]?.string else { return nil }
        self.node = node
        self.linkID = linkID
        self.type = type
        isRequired = node["required"]?.bool ?? false
        isRepeating = node["repeats"]?.bool ?? false
    }

    static func items(of node: JSONNode) -> [QuestionnaireItem] {
        (node["item"]?.items ?? []).compactMap(QuestionnaireItem.init)
    }

    /// Names of the choice that an answer may have; nil for a type that is not known.
    var answerTypes: Set<String>? {
        switch type {
        case "boolean": ["valueBoolean"]
        case "decimal": ["valueDecimal", "valueInteger"]
        case "integer": ["valueInteger"]
        case "date": ["valueDate"]
        case "dateTime": ["valueDateTime"]
        case "time": ["valueTime"]
        case "string", "text": ["valueString"]
        case "url": ["valueUri"]
        case "choice": ["valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"]
        case "open-choice": ["valueCoding", "valueString"]
        case "attachment": ["valueAttachment"]
        case "reference": ["valueReference"]
        case "quantity": ["valueQuantity"]
        case "group", "display": []
        default: nil
        }
    }

    /// The values of an extension of the standard.
    func extensions(_ name: String) -> [JSONNode] {
        extensions(url: "http://hl7.org/fhir/StructureDefinition/" + name)
    }

    func extensions(url: String) -> [JSONNode] {
        let found = (node["extension"]?.items ?? []).filter { $0["url"]?.string == url }
        return found.compactMap { $0.members.first { $0.key.hasPrefix("value") }?.value }
    }

    func `extension`(_ name: String) -> JSONNode? { extensions(name).first }

    /// Whether an answer is one of the options; true where there are none.
    func allows(_ value: JSONNode) -> Bool {
        let options = node["answerOption"]?.items ?? []
        guard !options.isEmpty, !(type == "open-choice" && value.isString) else { return true }
        return options.contains { option in
            option.members.contains { key, wanted in
                key.hasPrefix("value") && (JSONPattern.equals(value, wanted) || Self.isSameCoding(value, wanted))
            }
        }
    }

    /// Displays are of no account.
    static func isSameCoding(_ left: JSONNode, _ right: JSONNode) -> Bool {
        guard left.isObject, right.isObject, let code = left["code"]?.string else { return false }
        return code == right["code"]?.string && left["system"]?.string == right["system"]?.string
    }
}
