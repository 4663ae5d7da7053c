import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /ServiceRequest/$submit-order`: places orders.
///
/// 1. Order sets become the orders that they hold.
/// 2. Questions asked at order entry have their answers (422 aoe-missing).
/// 3. The same service was not ordered within a day, unless the caller overrides that with a reason (409 duplicate).
/// 4. Each order gets a number, and a Task that asks for it to be done.
struct SubmitOrder: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "submit-order", typeName: "ServiceRequest", level: .type, affectsState: true,
            documentation: "Places orders of laboratory, radiology or referral.",
            roles: [.physician, .nurse, .medicalAdmin, .superadmin], events: ["order.submitted"],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "Whom the orders are for."),
                .init(.input, "encounter", 0, 1, "Reference", "The visit that they are given in."),
                .init(
                    .input, "items", 1, OrderExpansion.limit, nil, "One order, or an order set.", parts: OrderItem.parts
                ),
                .init(.input, "diagnosis", 0, nil, "Reference", "Why: ServiceRequest.reasonReference."),
                .init(.input, "override", 0, 1, "boolean", "Whether to order again what was ordered within a day."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why it is ordered again."),
                .init(.input, "requester", 0, 1, "Reference", "Who orders. Default who calls, or the visit's doctor."),
                .init(.output, "return", 1, 1, "Bundle", "The orders with their tasks."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let places = parameters.given("items").map(\.place)
        let items = try zip(parameters.groups("items"), places).map { try OrderItem($0, place: $1) }
        let reason = try parameters.codeableConcept("reason")
        let isOverride = parameters.bool("override")
        if isOverride, reason == nil {
            throw StoreError(
                .businessRule, "a duplicate is ordered with a reason only", expression: "Parameters.parameter",
                details: "reason-required")
        }
        let context = try await OrderContext(work)
        let diagnoses = try parameters.references(
            "diagnosis", "Condition", "Observation", "DiagnosticReport", "DocumentReference")
        for diagnosis in Set(diagnoses) {
            _ = try await work.read(diagnosis, element: parameters.place(of: "diagnosis"))
        }
        let drafts = try await OrderExpansion(work).drafts(items)
        for draft in drafts {
            try Self.requireAnswers(draft)
            try await Referral.refuseOwn(draft.item.performer, context, draft.item.category, work)
        }
        if !isOverride { try await DuplicateOrders(work).refuse(drafts, for: context.patient) }

        let drawn = try await NumberSeries.next(
            [
                (NumberSeries("order", isGapFree: false), drafts.count),
                (NumberSeries("requisition", isGapFree: false), 1),
            ],
            in: work.transaction)
        guard let numbers = drawn.first, let group = drawn.last?.first, numbers.count == drafts.count else {
            throw StoreError(.fault, "the series of orders gave no numbers")
        }
        let writer = OrderWriter(
            patient: context.patient, encounter: context.encounter, requester: context.requester, now: work.now,
            requisition: OrderWriter.requisition(group))
        var changes = ChangeSet(work)
        var orders: [(LocalReference, ServiceRequest, OrderCategory)] = []
        // What an order refers to is written in front of it.
        for (draft, number) in zip(drafts, numbers) {
            let category = draft.item.category ?? .laboratory
            var request = writer.request(number, draft.code, category)
            complete(&request, draft, work)
            request.reasonReference = diagnoses.map { Reference($0) }
            if isOverride, let text = reason.flatMap({ $0.text ?? $0.coding.first?.display ?? $0.coding.first?.code }) {
                request.note.append(Annotation("Ordered again: " + text, at: work.now, by: context.requester))
            }
            for answer in draft.item.answers {
                var observation = try answer.observation(draft.question(for: answer))
                observation.subject = Reference(context.patient)
                observation.encounter = request.encounter
                observation.effective = FHIRDateTime(work.now.text).map { .dateTime($0) }
                request.supportingInfo.append(Reference(changes.create(observation)))
            }
            orders.append((changes.create(request), request, category))
        }
        for (order, request, category) in orders {
            changes.create(writer.task(for: order, request, category))
            changes.record("order.submitted", order)
        }
        let saved = try await changes.apply()
        let answered = saved.filter { $0.reference.typeName != "Observation" }
        return ClinicAnswer(bundle: "collection", answered, base: work.call.base)
    }

    private func complete(_ request: inout ServiceRequest, _ draft: OrderDraft, _ work: ClinicWork) {
        let item = draft.item
        request.instantiatesCanonical = draft.canonicals
        request.priority = item.priority ?? draft.priority ?? "routine"
        request.bodySite = draft.bodySite
        request.performer = item.performer.map { [Reference($0)] } ?? []
        if let note = item.note { request.note.append(Annotation(note, at: work.now)) }
        if let specimen = item.specimen { request.specimen = [Reference(specimen)] }
        if let type = item.specimenType {
            var specimen = Specimen()
            specimen.id = "specimen"
            specimen.type = type
            request.contained = [AnyResource(specimen)]
            var reference = Reference()
            reference.reference = "#specimen"
            request.specimen = [reference]
        }
    }

    private static func requireAnswers(_ draft: OrderDraft) throws {
        let open = draft.openQuestions
        guard !open.isEmpty else { return }
        let names = open.prefix(5).compactMap { $0.linkID ?? $0.code?.coding.first?.code ?? $0.code?.text }
        throw StoreError(
            .businessRule, "questions at order entry are not answered: \(names.joined(separator: ", "))",
            expression: draft.item.place, details: "aoe-missing")
    }
}
