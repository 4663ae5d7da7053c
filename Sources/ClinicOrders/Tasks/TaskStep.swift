import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Task/[id]/$accept`, `$reject` and `$start`: one step of SM-TASK.
struct TaskStep: ClinicOperation {
    let declaration: ClinicOperationDeclaration
    /// `accepted`, of events.
    private let done: String

    static let accept = TaskStep(
        "accept", "Takes a task on.", from: ["requested", "received"], to: "accepted", done: "accepted",
        takesReason: false)
    static let reject = TaskStep(
        "reject", "Refuses a task, with a reason.", from: ["requested", "received"], to: "rejected", done: "rejected",
        takesReason: true)
    static let start = TaskStep(
        "start", "Begins to work on a task.", from: ["accepted", "ready", "on-hold"], to: "in-progress",
        done: "started", takesReason: false)

    private init(
        _ name: String, _ documentation: String, from: Set<String>, to: String, done: String, takesReason: Bool
    ) {
        self.done = done
        let reason = OperationParameter.reason
        declaration = ClinicOperationDeclaration(
            name: name, typeName: "Task", level: .instance, affectsState: true, documentation: documentation,
            roles: ClinicRole.staff, transition: .init(from: from, to: to),
            events: ["task", "request", "referral"].map { "\($0).\(done)" },
            parameters: (takesReason ? [reason] : []) + [
                .init(.output, "return", 1, 1, "Task", "The task as it is now.")
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let task = try work.instance
        var edit = task.edit
        edit.set("status", declaration.transition?.to ?? "")
        edit.set("lastModified", work.now.text)
        if let reason = try work.parameters.codeableConcept("reason") { edit.set("statusReason", json: reason.json) }
        if done == "accepted" {
            if task.node["owner"] == nil, let actor = Acting.reference(work) { edit.set("owner", json: actor.json) }
            edit.set("executionPeriod", json: TaskPeriod.begun(task.node["executionPeriod"], work.now))
        }
        var changes = ChangeSet(work)
        changes.update(task, edit)
        let prefix = try await TaskKind.prefix(task, work)
        changes.record("\(prefix).\(done)", task.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
