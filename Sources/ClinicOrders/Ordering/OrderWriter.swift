import Clinic
import FHIRFormats
import FHIRModel
import JSONTape

/// Writes an order: a ServiceRequest with its numbers, and the Task for whoever is to do it.
struct OrderWriter: Sendable {
    let patient: LocalReference
    let encounter: LocalReference?
    let requester: Reference?
    let now: Instant
    /// What all orders of the call have in common.
    let requisition: Identifier

    /// `ORD-000123`.
    static func number(_ number: Int) -> String { padded("ORD-", number) }
    static func requisition(_ number: Int) -> Identifier {
        Identifier(OrderSystems.requisition, padded("REQ-", number))
    }

    /// With enough digits that texts sort as numbers do for long.
    private static func padded(_ prefix: String, _ number: Int) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The order, active from the start.
    func request(_ number: Int, _ code: CodeableConcept, _ category: OrderCategory) -> ServiceRequest {
        var request = ServiceRequest()
        request.identifier = [Identifier(OrderSystems.placer, Self.number(number), type: "PLAC")]
        request.requisition = requisition
        request.status = "active"
        request.intent = "order"
        request.category = [category.request]
        request.priority = "routine"
        request.code = code
        request.subject = Reference(patient)
        request.encounter = encounter.map { Reference($0) }
        request.authoredOn = FHIRDateTime(now.text)
        request.requester = requester
        return request
    }

    /// Who is to do the order is asked to.
    func task(for order: LocalReference, _ request: ServiceRequest, _ category: OrderCategory) -> FHIRTask {
        var task = FHIRTask()
        task.basedOn = [Reference(order)]
        task.groupIdentifier = requisition
        task.status = "requested"
        task.intent = "order"
        task.priority = request.priority
        task.code = CodeableConcept(OrderSystems.taskCode, "fulfill")
        task.focus = Reference(order)
        task.for = Reference(patient)
        task.encounter = request.encounter
        task.authoredOn = request.authoredOn
        task.lastModified = request.authoredOn
        task.requester = requester
        task.performerType = [category.performerType]
        task.owner = request.performer.first
        return task
    }
}
