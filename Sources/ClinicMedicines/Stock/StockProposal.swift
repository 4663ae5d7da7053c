import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// What somebody proposes to do to stock, as a Task, for somebody else to do.
struct StockProposal: Sendable {
    /// The operation that is proposed.
    let kind: String
    /// The event by which it is known who proposed it.
    let event: String

    func task(_ summary: String, _ reason: String, at time: String) -> FHIRTask {
        var task = FHIRTask()
        task.status = "requested"
        task.intent = "proposal"
        var code = CodeableConcept()
        code.text = kind
        task.code = code
        task.description = summary
        var why = CodeableConcept()
        why.text = reason
        task.reasonCode = why
        task.authoredOn = FHIRDateTime(time)
        return task
    }

    /// Completes the Task of a proposal that is done now. Throws `StoreError`: 422 for the Task of another one, 403
    /// for who proposed it.
    func close(
        _ reference: LocalReference, _ summary: String, in work: ClinicWork, _ changes: inout ChangeSet
    ) async throws {
        let task = try await work.lock(reference, element: work.parameters.place(of: "request"))
        guard task.node["code"]?["text"]?.string == kind, task.node["description"]?.string == summary else {
            throw StoreError(
                .businessRule, "the Task proposes something else", expression: work.parameters.place(of: "request"),
                details: "unknown-reference")
        }
        try work.require(task, in: ["requested"], to: "completed")
        try work.requireAnotherPerson(than: try await work.actor(of: event, on: reference))
        for status in ["accepted", "in-progress", "completed"] {
            var edit = task.edit
            edit.set("status", status)
            changes.update(task, edit)
        }
    }
}
