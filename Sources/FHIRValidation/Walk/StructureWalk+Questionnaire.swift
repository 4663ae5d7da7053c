import FHIRDefinitions
import FHIRTerminology
import JSONTape

/// A QuestionnaireResponse against its Questionnaire (R4 questionnaireresponse.html#2.39.3): what was asked, how often,
/// of which type, and whether it was to be asked at all.
extension StructureWalk {
    mutating func checkQuestionnaire(of response: Document.Index) {
        let node = JSONNode(document, response)
        guard let canonical = node["questionnaire"]?.string else { return }
        guard let questionnaire = questionnaire(canonical, node) else {
            progress.questions.ask(.questionnaire(canonical))
            warn(
                .notFound, at: node["questionnaire"]?.index ?? response,
                "the questionnaire is not known here, so the response was not checked by it")
            return
        }
        let isDone = ["completed", "amended"].contains(node["status"]?.string ?? "")
        check(itemsOf: node, against: questionnaire, of: questionnaire, in: node, isDone: isDone, depth: 0)
    }

    private func questionnaire(_ canonical: String, _ response: JSONNode) -> JSONNode? {
        if canonical.hasPrefix("#") {
            return response["contained"]?.items.first { "#" + ($0["id"]?.string ?? "") == canonical }
        }
        return demand.questionnaires[canonical]
            ?? demand.questionnaires[String(canonical.prefix { $0 != "|" && $0 != "#" })]
    }

    private mutating func check(
        itemsOf owner: JSONNode, against group: JSONNode, of questionnaire: JSONNode, in response: JSONNode,
        isDone: Bool, depth: Int
    ) {
        guard depth < 32 else { return }
        let asked = QuestionnaireItem.items(of: group)
        let given = owner["item"]?.items ?? []
        var lastPlace = 0
        for item in given {
            guard let linkID = item["linkId"]?.string, takeProfileStep() else { continue }
            guard let place = asked.firstIndex(where: { $0.linkID == linkID }) else {
                report(.structure, at: item.index, "the questionnaire asks for no such item here")
                continue
            }
            if place < lastPlace {
                report(.structure, at: item.index, "the items are in another order than in the questionnaire")
            }
            lastPlace = max(lastPlace, place)
        }
        for question in asked {
            let items = given.filter { $0["linkId"]?.string == question.linkID }
            let isEnabled = isEnabled(question, in: response)
            let answers = items.flatMap { $0["answer"]?.items ?? [] }
            if !isEnabled {
                for item in items where item["answer"] != nil {
                    report(.structure, at: item.index, "the item has an answer, although it is not enabled")
                }
            } else if isDone, question.isRequired, question.type != "display" {
                let isThere = question.type == "group" ? items.contains { $0["item"] != nil } : !answers.isEmpty
                if !isThere {
                    report(.required, at: items.first?.index ?? owner.index, "a required item is not answered")
                }
            }
            if items.count > 1, !(question.type == "group" && question.isRepeating) {
                report(.structure, at: items[1].index, "the item may be there once only")
            }
            if isDone, isEnabled, let least = question.extension("questionnaire-minOccurs")?.integer,
                (question.type == "group" ? items.count : answers.count) < least, question.isRequired || !items.isEmpty
            {
                report(.required, at: items.first?.index ?? owner.index, "the item is answered less often than asked")
            }
            if let most = question.extension("questionnaire-maxOccurs")?.integer,
                (question.type == "group" ? items.count : answers.count) > most
            {
                report(.structure, at: items.last?.index ?? owner.index, "the item is answered more often than allowed")
            }
            checkAnswers(answers, question)
            for inner in items where question.type == "group" {
                check(
                    itemsOf: inner, against: question.node, of: questionnaire, in: response, isDone: isDone,
                    depth: depth + 1)
            }
            for answer in answers {
                check(
                    itemsOf: answer, against: question.node, of: questionnaire, in: response, isDone: isDone,
                    depth: depth + 1)
            }
            for item in items where question.type != "group" && item["item"] != nil {
                report(.structure, at: item.index, "items below a question stand in its answer")
            }
        }
    }

    // MARK: - Answers

    private mutating func checkAnswers(_ answers: [JSONNode], _ question: QuestionnaireItem) {
        if answers.count > 1, !question.isRepeating {
            report(.structure, at: answers[1].index, "the questionnaire allows one answer")
        }
        for answer in answers {
            guard let (key, value) = answer.members.first(where: { $0.key.hasPrefix("value") }) else { continue }
            if let types = question.answerTypes, !types.contains(key) {
                report(.structure, at: value.index, "the answer to a question of the type \(question.type) is another")
                continue
            }
            if !question.allows(value) { report(.value, at: value.index, "the answer is none of the options") }
            checkLimits(of: value, question)
            checkForm(of: value, question)
            checkValueSet(of: value, question)
            if question.type == "quantity" { checkUnit(of: value, question) }
            if question.type == "reference" { checkTarget(of: value, question) }
        }
    }

    /// R4 questionnaire-definitions.html#Questionnaire.item.answerValueSet
    private mutating func checkValueSet(of value: JSONNode, _ question: QuestionnaireItem) {
        guard let url = question.node["answerValueSet"]?.string, !url.hasPrefix("#"), value.isObject else { return }
        let asked = ValueSetQuestion(url: url, standard: StandardCodes.r4.valueSet(url), answers: demand.codes)
        let membership = asked.membership(of: value, .coding, isRequired: true, asking: &progress.questions)
        if membership == .absent { report(.codeInvalid, at: value.index, "the answer is not in the value set \(url)") }
    }

    /// The unit is one of those that extensions of the question list (questionnaire-unitOption, -unitValueSet).
    private mutating func checkUnit(of value: JSONNode, _ question: QuestionnaireItem) {
        let options = question.extensions("questionnaire-unitOption")
        if !options.isEmpty, !options.contains(where: { QuestionnaireItem.isSameCoding(value, $0) }) {
            report(.codeInvalid, at: value.index, "the unit is none of those that the questionnaire allows")
        }
        if question.extension("questionnaire-unitValueSet") != nil, value["code"] == nil {
            report(.codeInvalid, at: value.index, "the unit has no code, so it is not in the value set")
        }
    }

    /// The type is one that the extension questionnaire-referenceResource lists.
    private mutating func checkTarget(of value: JSONNode, _ question: QuestionnaireItem) {
        guard let text = value["reference"]?.string, !text.hasPrefix("#"), !text.hasPrefix("urn:") else { return }
        let parts = text.split(separator: "/")
        let last = parts.lastIndex(of: "_history") ?? parts.count
        guard last >= 2 else { return }
        let type = String(parts[last - 2])
        // What reads as the address of a resource is one (R4 references.html#literal).
        if last > 3, type.first?.isUppercase == true, definitions.resourceType(named: type) == nil {
            report(.value, at: value.index, "the reference names no resource type of FHIR R4")
        }
        let allowed = question.extensions("questionnaire-referenceResource").compactMap(\.string)
        if !allowed.isEmpty, !allowed.contains(type) {
            report(.value, at: value.index, "the questionnaire allows references to \(allowed.joined(separator: ", "))")
        }
    }

    // MARK: - Conditions

    /// R4 questionnaire.html#enableWhen.
    private func isEnabled(_ question: QuestionnaireItem, in response: JSONNode) -> Bool {
        let conditions = question.node["enableWhen"]?.items ?? []
        guard !conditions.isEmpty else { return true }
        if question.node["enableBehavior"]?.string == "all" {
            return conditions.allSatisfy { holds($0, in: response) }
        }
        return conditions.contains { holds($0, in: response) }
    }

    private func holds(_ condition: JSONNode, in response: JSONNode) -> Bool {
        guard let linkID = condition["question"]?.string,
            let wanted = condition.members.first(where: { $0.key.hasPrefix("answer") })?.value
        else { return true }
        var answers: [JSONNode] = []
        collectAnswers(to: linkID, in: response, &answers, depth: 0)
        let values = answers.compactMap { answer in answer.members.first { $0.key.hasPrefix("value") }?.value }
        switch condition["operator"]?.string {
        case "exists": return values.isEmpty != (wanted.bool ?? true)
        case "=": return values.contains { isEqual($0, wanted) }
        case "!=": return !values.isEmpty && !values.contains { isEqual($0, wanted) }
        case ">": return values.contains { isLess(wanted, $0) == true }
        case "<": return values.contains { isLess($0, wanted) == true }
        case ">=": return values.contains { isEqual($0, wanted) || isLess(wanted, $0) == true }
        case "<=": return values.contains { isEqual($0, wanted) || isLess($0, wanted) == true }
        default: return true
        }
    }

    private func isEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        JSONPattern.equals(left, right) || QuestionnaireItem.isSameCoding(left, right)
    }

    private func collectAnswers(to linkID: String, in owner: JSONNode, _ answers: inout [JSONNode], depth: Int) {
        guard depth < 32 else { return }
        for item in owner["item"]?.items ?? [] {
            let own = item["answer"]?.items ?? []
            if item["linkId"]?.string == linkID { answers += own }
            collectAnswers(to: linkID, in: item, &answers, depth: depth + 1)
            for answer in own { collectAnswers(to: linkID, in: answer, &answers, depth: depth + 1) }
        }
    }
}
