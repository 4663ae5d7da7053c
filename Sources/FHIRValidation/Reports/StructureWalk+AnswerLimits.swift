import FHIRDefinitions
import FHIRPath
import FHIRTerminology
import JSONTape

/// Limits that a questionnaire sets to answers, most of them by extensions (R4 questionnaire-profiles.html).
extension StructureWalk {
    mutating func checkLimits(of value: JSONNode, _ question: QuestionnaireItem) {
        if let text = value.string, ["string", "text", "url"].contains(question.type) {
            let count = text.unicodeScalars.count
            if let most = question.node["maxLength"]?.integer, count > most {
                report(.tooLong, at: value.index, "the answer is longer than the questionnaire allows")
            }
            if let least = question.extension("minLength")?.integer, count < least {
                report(.value, at: value.index, "the answer is shorter than the questionnaire allows")
            }
        }
        if question.type == "quantity" { checkQuantity(value, question) }
        if let least = question.extension("minValue"), isLess(value, least) == true {
            report(.value, at: value.index, "the answer is less than the questionnaire allows")
        }
        if let greatest = question.extension("maxValue"), isLess(greatest, value) == true {
            report(.value, at: value.index, "the answer is more than the questionnaire allows")
        }
        if let limit = question.extension("maxSize")?.numberText.flatMap({ Double($0) }),
            let data = value["data"]?.string,
            Double(data.utf8.count / 4 * 3) > limit
        {
            report(.tooLong, at: value.index, "the attachment is larger than the questionnaire allows")
        }
    }

    /// Limits of quantities are those of Structured Data Capture. What cannot be compared with its limit is not known
    /// to be within it.
    private mutating func checkQuantity(_ value: JSONNode, _ question: QuestionnaireItem) {
        let base = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
        for (name, isLeast) in [("minQuantity", true), ("maxQuantity", false)] {
            guard let limit = question.extensions(url: base + name).first else { continue }
            switch isLeast ? isLess(value, limit) : isLess(limit, value) {
            case nil: report(.value, at: value.index, "the quantity does not compare with the limit of its question")
            case true?:
                report(
                    .value, at: value.index,
                    isLeast
                        ? "the answer is less than the questionnaire allows"
                        : "the answer is more than the questionnaire allows")
            case false?: break
            }
        }
    }

    // MARK: - Form

    /// How an answer is written: by a regular expression, with so many decimals, as a file of these types; and what it
    /// shows is what its code means.
    mutating func checkForm(of value: JSONNode, _ question: QuestionnaireItem) {
        if let pattern = question.extension("regex")?.string, value.isString, matches(value, pattern) == false {
            report(.value, at: value.index, "the answer is not of the form that the questionnaire asks for")
        }
        if let most = question.extension("maxDecimalPlaces")?.integer, let text = value.numberText,
            text.prefix(while: { $0 != "e" && $0 != "E" }).drop(while: { $0 != "." }).count - 1 > most
        {
            report(.value, at: value.index, "the answer has more decimals than the questionnaire allows")
        }
        let types = question.extensions("mimeType").compactMap(\.string)
        if !types.isEmpty, let type = value["contentType"]?.string, !types.contains(type) {
            report(.value, at: value.index, "the questionnaire allows files of \(types.joined(separator: ", "))")
        }
        checkDisplay(of: value)
    }

    /// Whether all of a text fits a regular expression; nil if that is none.
    private mutating func matches(_ value: JSONNode, _ pattern: String) -> Bool? {
        let quoted = pattern.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        guard let type = definitions.type(named: "string"),
            let expression = try? engine.expression("matches('^(?:\(quoted))$')")
        else { return nil }
        let resource = Node(type: scope.resourceType, value: scope.resource)
        return try? evaluation.holds(expression, at: Node(type: type, value: value.index), in: resource)
    }

    /// The text of a chosen code is one that its system has for it: it is what the person saw.
    private mutating func checkDisplay(of value: JSONNode) {
        guard let system = value["system"]?.string, let code = value["code"]?.string, let display = value["display"],
            var text = display.string, case .known(let known) = StandardCodes.r4.find(code, system: system)
        else { return }
        if !text.withUTF8({ StandardCodes.r4.isText($0, of: known) }) {
            report(.value, at: display.index, "the code means something else than the answer shows")
        }
    }
}
