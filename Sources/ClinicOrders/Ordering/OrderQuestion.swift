import Clinic
import FHIRModel
import JSONTape

/// A question that has to be answered when something is ordered.
struct OrderQuestion: Sendable {
    var linkID: String?
    var code: CodeableConcept?
    var text: String?
    /// Conditions of a questionnaire's item, on answers to other questions (R4 questionnaire.html).
    private var conditions: [JSONNode] = []
    private var needsAll = false

    /// What an ObservationDefinition asks for.
    init(observation: JSONNode) { code = CodeableConcept(stored: observation["code"]) }

    private init(item: JSONNode) {
        linkID = item["linkId"]?.string
        text = item["text"]?.string
        conditions = item["enableWhen"]?.items ?? []
        needsAll = item["enableBehavior"]?.string == "all"
        let coding = (item["code"]?.items ?? []).compactMap { Coding(stored: $0) }
        if !coding.isEmpty {
            var concept = CodeableConcept()
            concept.coding = coding
            concept.text = text
            code = concept
        } else if let text = text ?? linkID {
            code = CodeableConcept(text: text)
        }
    }

    /// The required questions of a Questionnaire, those of its groups included.
    static func required(of questionnaire: JSONNode) -> [OrderQuestion] { required(in: questionnaire, depth: 0) }

    private static func required(in node: JSONNode, depth: Int) -> [OrderQuestion] {
        guard depth < 10 else { return [] }
        return (node["item"]?.items ?? []).flatMap { item -> [OrderQuestion] in
            let type = item["type"]?.string
            let inner = required(in: item, depth: depth + 1)
            // A question inside a group that is not asked is not asked either.
            let isAsked = type != "display" && type != "group" && item["required"]?.bool == true
            return (isAsked ? [OrderQuestion(item: item)] : []) + inner.map { $0.under(OrderQuestion(item: item)) }
        }
    }

    private func under(_ group: OrderQuestion) -> OrderQuestion {
        guard conditions.isEmpty, !group.conditions.isEmpty else { return self }
        var copy = self
        copy.conditions = group.conditions
        copy.needsAll = group.needsAll
        return copy
    }

    func isAnswered(by answers: [OrderAnswer]) -> Bool { answers.contains(where: fits) }

    func fits(_ answer: OrderAnswer) -> Bool {
        if let linkID, answer.linkID == linkID { return true }
        guard let given = answer.code else { return false }
        if let code, !code.keys.isDisjoint(with: given.keys) { return true }
        return given.coding.isEmpty && given.text != nil && (given.text == linkID || given.text == text)
    }

    /// Whether the question is asked at all, after what was answered.
    func isAsked(after answers: [OrderAnswer]) -> Bool {
        guard !conditions.isEmpty else { return true }
        let met = conditions.map { Self.isMet($0, answers) }
        return needsAll ? met.allSatisfy { $0 } : met.contains(true)
    }

    private static func isMet(_ condition: JSONNode, _ answers: [OrderAnswer]) -> Bool {
        let answer = answers.first { $0.linkID == condition["question"]?.string }
        let wanted = condition.members.first { $0.0.hasPrefix("answer") }?.1
        switch condition["operator"]?.string {
        case "exists": return (answer != nil) == (wanted?.bool ?? true)
        case "=": return answer.map { text($0.value.node) == wanted.flatMap(text) } ?? false
        case "!=": return answer.map { text($0.value.node) != wanted.flatMap(text) } ?? false
        // An order of values: asked rather once too often.
        default: return answer != nil
        }
    }

    private static func text(_ node: JSONNode) -> String? {
        node.string ?? node.numberText ?? node.bool.map(String.init) ?? node["code"]?.string
            ?? node["coding"]?.items.first?["code"]?.string
    }
}
