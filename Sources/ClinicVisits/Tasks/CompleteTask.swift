import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Task/[id]/$complete`: what a task asked for is done.
struct CompleteTask: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "complete", typeName: "Task", level: .instance, affectsState: true,
            documentation: "Ends a task that was accepted.",
            roles: [.physician, .nurse, .laboratory, .pharmacy, .registration],
            transition: .init(from: ["accepted", "ready", "in-progress"], to: "completed"), events: ["task.completed"],
            parameters: [
                .init(.input, "note", 0, 1, "string", "What came of it."),
                .init(.output, "return", 1, 1, "Task", "The task, completed."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let task = try work.instance
        var changes = ChangeSet(work)
        var edit = task.edit
        edit.set("lastModified", work.now.text)
        if task.status != "in-progress" {
            // What is completed has been begun: there is no way around that state.
            edit.set("status", "in-progress")
            changes.update(task, edit)
        }
        edit.set("status", "completed")
        if let text = work.parameters.text("note") {
            var note = Annotation()
            note.text = text
            note.time = .at(work.now)
            edit.append("note", json: note.json)
        }
        changes.update(task, edit)
        changes.record("task.completed", task.reference)
        guard let saved = try await changes.apply().last else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }
}
