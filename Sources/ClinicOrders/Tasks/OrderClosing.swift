import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// Completes orders of which nothing more is to come: what results that arrive by messages do too.
struct OrderClosing: Sendable {
    private let work: ClinicWork
    private let progress: OrderProgress

    init(_ work: ClinicWork) {
        self.work = work
        progress = OrderProgress(work)
    }

    /// The orders that a report answers, locked; those that are not stored here are left out.
    func orders(of report: StoredResource) async throws -> [StoredResource] {
        let references = Set((report.node["basedOn"]?.items ?? []).compactMap { LocalReference($0) })
            .filter { $0.typeName == "ServiceRequest" }
        let type = try work.store.resourceType("ServiceRequest")
        var orders: [StoredResource] = []
        for reference in references.sorted() {
            let version = try await work.transaction.lock(type, id: reference.id)
            if let order = try version.flatMap({ try StoredResource($0, in: work.store) }) { orders.append(order) }
        }
        return orders
    }

    /// Completes those of the orders whose reports are all done, with the tasks for them.
    /// - Parameter report: the report that becomes done now.
    func close(_ orders: [StoredResource], by report: StoredResource, _ changes: inout ChangeSet) async throws {
        for order in orders where ["draft", "active", "on-hold", "unknown"].contains(order.status) {
            let open = try await progress.reports(of: order.reference)
                .filter { $0.reference != report.reference && !OrderProgress.isDone($0.status) }
            guard open.isEmpty else { continue }
            for task in try await progress.tasks(of: order.reference) {
                guard !["completed", "cancelled", "rejected", "failed", "entered-in-error"].contains(task.status) else {
                    continue
                }
                var edit = task.edit
                edit.set("lastModified", work.now.text)
                edit.set("executionPeriod", json: TaskPeriod.ended(task.node["executionPeriod"], work.now))
                edit.appendOutput(report.reference, "report")
                try changes.lead(task, to: "completed", edit, by: .task)
            }
            try changes.lead(order, to: "completed", order.edit, by: .serviceRequest)
            changes.record("order.completed", order.reference)
        }
    }

    /// Says of the tasks of orders that they are worked on.
    func begin(_ orders: [LocalReference], _ changes: inout ChangeSet) async throws {
        for order in orders {
            for task in try await progress.tasks(of: order) {
                guard ["requested", "received", "accepted", "ready", "on-hold"].contains(task.status) else { continue }
                var edit = task.edit
                edit.set("lastModified", work.now.text)
                edit.set("executionPeriod", json: TaskPeriod.begun(task.node["executionPeriod"], work.now))
                try changes.lead(task, to: "in-progress", edit, by: .task)
            }
        }
    }

    /// Says of the tasks of orders that they wait.
    func suspend(_ orders: [LocalReference], _ reason: CodeableConcept, _ changes: inout ChangeSet) async throws {
        for order in orders {
            for task in try await progress.tasks(of: order) where task.status == "in-progress" {
                var edit = task.edit
                edit.set("status", "on-hold")
                edit.set("statusReason", json: reason.json)
                edit.set("lastModified", work.now.text)
                changes.update(task, edit)
            }
        }
    }
}
