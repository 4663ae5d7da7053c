import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// One order as it will be written: an item of the call, or a part of an order set.
struct OrderDraft: Sendable {
    var item: OrderItem
    var code: CodeableConcept
    /// Canonicals of the definitions that it came of.
    var canonicals: [String] = []
    var priority: String?
    var bodySite: [CodeableConcept] = []
    var questions: [OrderQuestion] = []
    /// Whether an order set brought it, so that a second of its kind is left out and not refused.
    var isFromSet = false

    /// Those of the questions that are asked and not answered.
    var openQuestions: [OrderQuestion] {
        questions.filter { $0.isAsked(after: item.answers) && !$0.isAnswered(by: item.answers) }
    }

    /// The first of the questions that an answer is for.
    func question(for answer: OrderAnswer) -> OrderQuestion? { questions.first { $0.fits(answer) } }
}

/// Opens order sets: items become the orders that they stand for.
struct OrderExpansion: Sendable {
    private let work: ClinicWork
    private let catalogue: OrderCatalogue
    /// Orders of one call.
    static let limit = 100
    /// Order sets within order sets.
    private static let depthLimit = 5

    init(_ work: ClinicWork) {
        self.work = work
        catalogue = OrderCatalogue(work: work)
    }

    func drafts(_ items: [OrderItem]) async throws -> [OrderDraft] {
        var drafts: [OrderDraft] = []
        for item in items {
            let found = try await self.drafts(item)
            drafts += found.filter { draft in
                !draft.isFromSet || !drafts.contains { !$0.code.keys.isDisjoint(with: draft.code.keys) }
            }
            guard drafts.count <= Self.limit else {
                throw OperationParameters.invalid("at most \(Self.limit) orders are placed at once", at: item.place)
            }
        }
        return drafts
    }

    private func drafts(_ item: OrderItem) async throws -> [OrderDraft] {
        if let canonical = item.definition {
            guard let node = try await catalogue.definition(canonical, ["PlanDefinition", "ActivityDefinition"]) else {
                throw StoreError(
                    .businessRule, "no such definition is stored", expression: item.place, details: "unknown-reference")
            }
            return try await drafts(of: node, item, depth: 0, isFromSet: false)
        }
        guard let code = item.code else { return [] }
        let offer = try await catalogue.offer(code)
        if let plan = offer.orderSets.first { return try await drafts(of: plan, item, depth: 0, isFromSet: true) }
        if let activity = offer.activities.first {
            var draft = try await draft(activity, item, isFromSet: false)
            // What the caller says of the service stays as it was said.
            draft.code = code
            return [draft]
        }
        var draft = OrderDraft(item: item, code: code, isFromSet: false)
        draft.questions = offer.questionnaires.flatMap { OrderQuestion.required(of: $0) }
        return [draft]
    }

    private func drafts(
        of definition: JSONNode, _ item: OrderItem, depth: Int, isFromSet: Bool
    ) async throws -> [OrderDraft] {
        if definition["resourceType"]?.string == "ActivityDefinition" {
            return [try await draft(definition, item, isFromSet: isFromSet)]
        }
        guard depth < Self.depthLimit else {
            throw StoreError(
                .businessRule, "the order set holds itself, or too many within one another", expression: item.place,
                details: "order-set")
        }
        let found = try await drafts(actions: definition, plan: definition, item, depth: depth)
        guard !found.isEmpty else {
            throw StoreError(
                .businessRule, "the order set holds nothing to order", expression: item.place, details: "order-set")
        }
        let canonical = Self.canonical(definition)
        return found.map { draft in
            var draft = draft
            draft.canonicals = [canonical].compactMap(\.self) + draft.canonicals
            return draft
        }
    }

    /// R4 plandefinition.html: actions may hold actions; a definition is stored, or contained.
    private func drafts(
        actions node: JSONNode, plan: JSONNode, _ item: OrderItem, depth: Int
    ) async throws -> [OrderDraft] {
        var drafts: [OrderDraft] = []
        var questions: [OrderQuestion] = []
        for action in node["action"]?.items ?? [] {
            let inner = action["action"]?.items ?? []
            if let definition = try await definition(of: action, in: plan, item) {
                if definition["resourceType"]?.string == "Questionnaire" {
                    questions += OrderQuestion.required(of: definition)
                } else {
                    drafts += try await self.drafts(of: definition, item, depth: depth + 1, isFromSet: true)
                }
            } else if inner.isEmpty,
                let code = (action["code"]?.items ?? []).first.flatMap({ CodeableConcept(stored: $0) })
            {
                var draft = try await draft(code, item, isFromSet: true)
                draft.priority = action["priority"]?.string
                drafts.append(draft)
            }
            if !inner.isEmpty { drafts += try await self.drafts(actions: action, plan: plan, item, depth: depth) }
        }
        return drafts.map { draft in
            var draft = draft
            draft.questions += questions
            return draft
        }
    }

    private func definition(of action: JSONNode, in plan: JSONNode, _ item: OrderItem) async throws -> JSONNode? {
        guard let canonical = (action["definitionCanonical"] ?? action["definitionUri"])?.string else { return nil }
        let found: JSONNode? =
            canonical.hasPrefix("#")
            ? plan["contained"]?.items.first { $0["id"]?.string == String(canonical.dropFirst()) }
            : try await catalogue.definition(canonical, ["ActivityDefinition", "PlanDefinition", "Questionnaire"])
        guard let found else {
            throw StoreError(
                .businessRule, "a definition that the order set names is not stored", expression: item.place,
                details: "unknown-reference")
        }
        return found
    }

    private func draft(_ activity: JSONNode, _ item: OrderItem, isFromSet: Bool) async throws -> OrderDraft {
        let kind = activity["kind"]?.string ?? "ServiceRequest"
        guard kind == "ServiceRequest", let code = CodeableConcept(stored: activity["code"]), !code.keys.isEmpty else {
            throw StoreError(
                .businessRule, "the activity is no service with a code", expression: item.place, details: "order-set")
        }
        var draft = try await draft(code, item, isFromSet: isFromSet)
        draft.canonicals = [Self.canonical(activity)].compactMap(\.self)
        draft.priority = activity["priority"]?.string
        draft.bodySite = (activity["bodySite"]?.items ?? []).compactMap { CodeableConcept(stored: $0) }
        // R4 activitydefinition: what has to be known before it can be done.
        for reference in (activity["observationRequirement"]?.items ?? []).compactMap({ LocalReference($0) }) {
            guard reference.typeName == "ObservationDefinition", let stored = try await work.find(reference) else {
                continue
            }
            draft.questions.append(OrderQuestion(observation: stored.node))
        }
        for artifact in activity["relatedArtifact"]?.items ?? [] {
            guard artifact["type"]?.string == "depends-on", let canonical = artifact["resource"]?.string,
                let questionnaire = try await catalogue.definition(canonical, ["Questionnaire"])
            else { continue }
            draft.questions += OrderQuestion.required(of: questionnaire)
        }
        return draft
    }

    private func draft(_ code: CodeableConcept, _ item: OrderItem, isFromSet: Bool) async throws -> OrderDraft {
        var draft = OrderDraft(item: item, code: code, isFromSet: isFromSet)
        draft.questions = try await catalogue.questionnaires(code).flatMap { OrderQuestion.required(of: $0) }
        return draft
    }

    private static func canonical(_ definition: JSONNode) -> String? {
        guard let url = definition["url"]?.string else { return nil }
        return definition["version"]?.string.map { "\(url)|\($0)" } ?? url
    }
}
