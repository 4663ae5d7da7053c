import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Task/[id]/$claim`: somebody takes a task on. A task has one owner: of those who claim it at once, one gets it.
struct ClaimTask: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "claim", typeName: "Task", level: .instance, affectsState: true,
            documentation: "Takes a task on.", roles: [.physician, .nurse, .laboratory, .pharmacy, .registration],
            events: ["task.claimed"],
            parameters: [
                .init(.input, "owner", 0, 1, "Reference", "Who takes it on; who calls, by default."),
                .init(.output, "return", 1, 1, "Task", "The task, accepted."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let task = try work.instance
        let types: Set<String> = ["Practitioner", "PractitionerRole", "Organization", "CareTeam", "HealthcareService"]
        let named = try work.parameters.reference(
            "owner", "Practitioner", "PractitionerRole", "Organization", "CareTeam", "HealthcareService")
        if let named { _ = try await work.read(named, element: work.parameters.place(of: "owner")) }
        let actor = LocalReference(work.call.caller).flatMap { types.contains($0.typeName) ? $0 : nil }
        guard let owner = named ?? actor else {
            throw OperationParameters.invalid("the parameter owner is missing: who calls is nobody of the record")
        }
        if let present = task.reference("owner"), present != owner {
            throw StoreError(
                .conflict, "\(task.reference.text) has an owner", expression: "Task.owner", details: "duplicate")
        }
        try work.require(task, in: ["requested", "received"], to: "accepted")
        var edit = task.edit
        edit.set("status", "accepted")
        edit.set("owner", json: owner.json)
        edit.set("lastModified", work.now.text)
        var changes = ChangeSet(work)
        changes.update(task, edit)
        changes.record("task.claimed", task.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
