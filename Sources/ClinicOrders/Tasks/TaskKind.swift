import Clinic
import JSONTape

/// What a task is about, as far as its events are named after it.
enum TaskKind {
    /// `referral`, `request`, or `task`.
    static func prefix(_ task: StoredResource, _ work: ClinicWork) async throws -> String {
        let codes = (task.node["code"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
        if codes.contains(where: { $0.hasSuffix("-request") }) { return "request" }
        if let order = try await order(task, work), Referral.isReferral(order.node) { return "referral" }
        return "task"
    }

    /// The order that the task is to fulfil; nil for other tasks.
    static func order(_ task: StoredResource, _ work: ClinicWork) async throws -> StoredResource? {
        guard let focus = task.reference("focus"), focus.typeName == "ServiceRequest" else { return nil }
        return try await work.find(focus)
    }
}
