import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /DiagnosticReport/[id]/$acknowledge`: whoever ordered the result has seen it, and says what follows.
struct AcknowledgeResults: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "acknowledge", typeName: "DiagnosticReport", level: .instance, affectsState: true,
            documentation: "Acknowledges a verified report and closes the task that asks for it.",
            roles: [.physician, .medicalAdmin, .superadmin], events: ["result.acknowledged"],
            parameters: [
                .init(.input, "comment", 0, 1, "string", "Added to the task's notes."),
                .init(
                    .input, "action", 0, 1, "CodeableConcept", "What follows: none, repeat, treat, call the patient."),
                .init(.output, "return", 1, 1, "Task", "The task, completed."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let report = try work.instance
        let tasks = try await ReviewTask.all(of: report.reference, work)
        let open = tasks.filter(ReviewTask.isOpen)
        // A laboratory may ask for a critical result to be looked at before it is final.
        guard ["final", "amended", "corrected", "appended"].contains(report.status) || !open.isEmpty else {
            throw StoreError(
                .businessRule, "only a verified report can be acknowledged", expression: "DiagnosticReport.status",
                details: "not-verified")
        }
        if open.isEmpty, tasks.contains(where: { $0.status == "completed" }) {
            throw StoreError(
                .businessRule, "the report was acknowledged already", expression: "Task.status",
                details: "already-acknowledged")
        }
        var changes = ChangeSet(work)
        for task in open { try close(task, &changes, work) }
        if open.isEmpty {
            let order = try await OrderClosing(work).orders(of: report).first
            changes.create(json: try completed(report, order, work), type: "Task")
        }
        changes.record("result.acknowledged", report.reference)
        let saved = try await changes.apply()
        return ClinicAnswer(saved[saved.count - 1])
    }

    private func close(_ task: StoredResource, _ changes: inout ChangeSet, _ work: ClinicWork) throws {
        var edit = task.edit
        edit.set("lastModified", work.now.text)
        edit.set("executionPeriod", json: TaskPeriod.ended(task.node["executionPeriod"], work.now))
        if task.node["owner"] == nil { edit.set("owner", json: Acting.someone(work).json) }
        try add(to: &edit, work)
        try changes.lead(task, to: "completed", edit, by: .task)
    }

    /// Of a report that nobody was asked to look at, the task says that somebody did.
    private func completed(_ report: StoredResource, _ order: StoredResource?, _ work: ClinicWork) throws -> [UInt8] {
        var task = ReviewTask.make(report, order, priority: "routine", why: "available", work)
        task.status = "completed"
        task.owner = Acting.someone(work)
        var edit = ResourceEdit(JSONNode(try Document.parse(task.json)))
        edit.set("executionPeriod", json: TaskPeriod.ended(nil, work.now))
        try add(to: &edit, work)
        return edit.bytes
    }

    private func add(to edit: inout ResourceEdit, _ work: ClinicWork) throws {
        if let comment = work.parameters.text("comment") {
            edit.append("note", json: Annotation(comment, at: work.now, by: Acting.reference(work)).json)
        }
        guard let action = try work.parameters.codeableConcept("action") else { return }
        edit.append(
            "output",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("type")
                writer.raw(CodeableConcept(text: "action").json)
                writer.key("valueCodeableConcept")
                writer.raw(action.json)
                writer.endObject()
            })
    }
}
