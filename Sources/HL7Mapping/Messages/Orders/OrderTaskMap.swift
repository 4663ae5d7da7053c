internal import HL7Syntax

/// Tasks about an order: the one to fulfil it, and one for each wish to change its state. §2.6.
struct OrderTaskMap {
    let context: MappingContext
    let subject: String
    /// `ServiceRequest/<id>` or `MedicationRequest/<id>`.
    let focus: String

    /// The task that lives as long as the order.
    func fulfilment(_ status: String, _ control: Segment?, _ requester: FHIRValue?) -> StatedResource {
        var task = content(.fulfill, status, control)
        task.set("requester", requester)
        if let status = control.flatMap({
            CodeableConceptMap(context: context).map($0[field: 25][repetition: 1], local: "ORC-25")
        }) {
            task.set("businessStatus", status)
        }
        return StatedResource(
            IdentityKey("Task", ["order", OrderTask.fulfill.rawValue, focus]), task,
            rule: OrderBuilder.keeping(["authoredOn"]), stamp: context.eventStamp, location: control?.location)
    }

    /// A wish, and what became of it.
    func work(_ kind: OrderTask, status: String, _ control: Segment?) -> StatedResource {
        let words =
            switch kind {
            case .abort: "cancel-request"
            case .suspend: "hold-request"
            case .resume: "release-request"
            case .replace: "replace-request"
            case .change: "change-request"
            case .fulfill: "order"
            }
        var task = content(kind, status, control)
        task.set("description", .string(words))
        return StatedResource(
            IdentityKey("Task", ["order", kind.rawValue, focus, context.profile.id, context.header.controlID]), task,
            location: control?.location)
    }

    private func content(_ kind: OrderTask, _ status: String, _ control: Segment?) -> FHIRObject {
        var task = FHIRObject()
        task.set("status", .string(status))
        task.set("intent", .string("order"))
        task.set("code", .concept("http://hl7.org/fhir/CodeSystem/task-code", kind.rawValue))
        task.set("focus", .reference(focus))
        task.set("for", .reference(subject))
        let time =
            control.flatMap { context.dateTime($0[field: 9]) } ?? context.dateTime(context.message["MSH", field: 7])
        if let time, time.instantSeconds != nil {
            time.set("authoredOn", in: &task)
            time.set("lastModified", in: &task)
        }
        task.set(
            "statusReason",
            control.flatMap { CodeableConceptMap(context: context).map($0[field: 16][repetition: 1], local: "ORC-16") })
        return task
    }
}
