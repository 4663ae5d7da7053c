import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Task/[id]/$complete` and `$fulfil`: the task is done, with what came of it.
///
/// An order is done with something to show for it: a report that answers it, or what `output` names. Its outcome is
/// linked in the same transaction that completes it.
struct CompleteTask: ClinicOperation {
    let name: String

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: name, typeName: "Task", level: .instance, affectsState: true,
            documentation: "Completes a task and links what came of it.", roles: ClinicRole.staff,
            transition: .init(from: ["accepted", "ready", "in-progress", "on-hold"], to: "completed"),
            events: ["task.completed", "request.fulfilled", "referral.completed", "order.completed", "rx.ready"],
            parameters: [
                .init(.input, "output", 0, nil, "Reference", "What came of it: reports, documents."),
                .init(.input, "comment", 0, 1, "string", "Added to the task's notes."),
                .init(.output, "return", 1, 1, "Task", "The task as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let task = try work.instance
        let outputs = try work.parameters.references("output")
        for output in Set(outputs) { _ = try await work.read(output, element: work.parameters.place(of: "output")) }
        let prefix = try await TaskKind.prefix(task, work)
        let order = try await TaskKind.order(task, work)
        let isPrescription = PrescriptionRequest.isOne(task)
        if isPrescription { try await PrescriptionRequest.require(outputs, fulfil: task, work) }
        let hasOutcome = !outputs.isEmpty || !(task.node["output"]?.items ?? []).isEmpty
        try await requireOutcome(hasOutcome, order, isRequest: prefix == "request", work)

        var edit = task.edit
        edit.set("lastModified", work.now.text)
        edit.set("executionPeriod", json: TaskPeriod.ended(task.node["executionPeriod"], work.now))
        for output in outputs { edit.appendOutput(output, "outcome") }
        if let comment = work.parameters.text("comment") {
            edit.append("note", json: Annotation(comment, at: work.now, by: Acting.reference(work)).json)
        }
        var changes = ChangeSet(work)
        try changes.lead(task, to: "completed", edit, by: .task)
        let isOrder = task.node["code"]?["coding"]?.items.contains { $0["code"]?.string == "fulfill" } ?? false
        if let order, isOrder { try await complete(order, &changes, work) }
        if isPrescription { PrescriptionRequest.tell(of: task, &changes, work) }
        changes.record(prefix == "request" ? "request.fulfilled" : "\(prefix).completed", task.reference)
        let saved = try await changes.apply()
        guard let last = saved.last(where: { $0.reference == task.reference }) else { return ClinicAnswer(saved[0]) }
        return ClinicAnswer(last)
    }

    private func requireOutcome(
        _ hasOutcome: Bool, _ order: StoredResource?, isRequest: Bool, _ work: ClinicWork
    ) async throws {
        guard !hasOutcome, order != nil || isRequest else { return }
        if let order, !Referral.isReferral(order.node) {
            let reports = try await OrderProgress(work).reports(of: order.reference)
            if reports.contains(where: { OrderProgress.isDone($0.status) && $0.status != "cancelled" }) { return }
        }
        throw StoreError(
            .businessRule, "the outcome is to be linked before this is completed", expression: "Task.output",
            details: "outcome-missing")
    }

    private func complete(_ order: StoredResource, _ changes: inout ChangeSet, _ work: ClinicWork) async throws {
        let locked = try await work.lock(order.reference)
        guard ["active", "on-hold"].contains(locked.status) else { return }
        try changes.lead(locked, to: "completed", locked.edit, by: .serviceRequest)
        changes.record("order.completed", locked.reference)
    }
}
