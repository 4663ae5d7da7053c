import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Task/[id]/$claim`: one of those who could do a task makes it their own.
struct ClaimTask: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "claim", typeName: "Task", level: .instance, affectsState: true,
            documentation: "Makes the caller the owner of a task that no other person owns.",
            roles: ClinicRole.staff,
            transition: .init(from: ["requested", "received", "accepted", "ready", "in-progress"], to: "accepted"),
            events: ["task.claimed"],
            parameters: [
                .init(.input, "owner", 0, 1, "Reference", "Who takes it. Default who calls."),
                .init(.output, "return", 1, 1, "Task", "The task as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let task = try work.instance
        let named = try work.parameters.reference("owner", "Practitioner", "PractitionerRole")
        if let named { _ = try await work.read(named, element: work.parameters.place(of: "owner")) }
        let owner = named.map { Reference($0) } ?? Acting.someone(work)
        let present = Reference(stored: task.node["owner"])
        if Acting.key(present) != nil, Acting.key(present) != Acting.key(owner), !Self.isGroup(present) {
            throw StoreError(
                .conflict, "somebody else has claimed the task", expression: "Task.owner", details: "already-claimed")
        }
        var changes = ChangeSet(work)
        var edit = task.edit
        edit.set("owner", json: owner.json)
        edit.set("lastModified", work.now.text)
        if ["requested", "received"].contains(task.status) {
            edit.set("status", "accepted")
            edit.set("executionPeriod", json: TaskPeriod.begun(task.node["executionPeriod"], work.now))
        }
        changes.update(task, edit)
        changes.record("task.claimed", task.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// What belongs to a group, one of it may take.
    private static func isGroup(_ owner: Reference?) -> Bool {
        let type = owner?.reference.flatMap { LocalReference($0) }?.typeName ?? owner?.type
        return ["Organization", "CareTeam", "HealthcareService"].contains(type ?? "")
    }
}
