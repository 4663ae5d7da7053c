import Clinic
import FHIRFormats
import FHIRModel
import JSONTape

/// The task that asks whoever ordered a result to look at it.
enum ReviewTask {
    static let code = "review-result"

    /// - Parameters:
    ///   - order: the order that the report answers, whose requester is asked.
    ///   - why: `critical` or `corrected`.
    static func make(
        _ report: StoredResource, _ order: StoredResource?, priority: String, why: String, _ work: ClinicWork
    ) -> FHIRTask {
        var task = FHIRTask()
        task.basedOn = order.map { [Reference($0.reference)] } ?? []
        task.status = "requested"
        task.intent = "order"
        task.priority = priority
        task.code = CodeableConcept(OrderSystems.task, code)
        task.focus = Reference(report.reference)
        task.for = Reference(stored: report.node["subject"])
        task.encounter = Reference(stored: report.node["encounter"])
        task.authoredOn = FHIRDateTime(work.now.text)
        task.lastModified = task.authoredOn
        task.requester = Acting.reference(work)
        task.performerType = [CodeableConcept(OrderSystems.role, ClinicRole.physician.rawValue)]
        task.owner = order.flatMap { Reference(stored: $0.node["requester"]) }
        task.reasonCode = CodeableConcept(text: why)
        return task
    }

    /// The review tasks of a report, open ones and done ones, locked.
    static func all(of report: LocalReference, _ work: ClinicWork) async throws -> [StoredResource] {
        let found = try await work.search(
            "Task", [("focus", report.text), ("code", OrderSystems.task + "|" + code)])
        let locked = try await work.lock(all: found.map(\.reference))
        return found.compactMap { locked[$0.reference] }
    }

    static func isOpen(_ task: StoredResource) -> Bool {
        ["draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"].contains(task.status)
    }
}
