/// What becomes of an order, by ORC-1, ORC-5, OBR-25 and the stored state. §2.3, §2.6.
struct OrderDecision: Hashable, Sendable {
    /// FHIR status of the order; nil leaves the stored one.
    var status: String?
    /// Status of the task to fulfil it; nil leaves the stored one.
    var progress: String?
    /// A task of its own, with its status: cancel, hold, release, change, replace.
    var task: (kind: OrderTask, status: String)? {
        get { kind.map { ($0, taskStatus) } }
        set {
            kind = newValue?.kind
            taskStatus = newValue?.status ?? ""
        }
    }
    private var kind: OrderTask?
    private var taskStatus = ""
    /// Whether it was done; false makes the answer a refusal.
    var isDone = true

    /// - Parameters:
    ///   - orderStatus: ORC-5.
    ///   - resultStatus: OBR-25.
    ///   - known: nil for an order that is not stored.
    init(_ action: OrderControl, orderStatus: String, resultStatus: String, known: OrderMapping.Known?) {
        let told = OrderStatusTable.status(orderStatus)
        switch action {
        case .new, .parent, .child, .sendNumber:
            // A repeated order does not bring back to life what was ended since.
            if known == nil {
                status = told ?? "active"
                progress = Self.progress(told ?? "active", orderStatus)
            }
        case .change: change(known)
        case .cancel, .discontinue: end(.abort, known)
        case .replaced: end(.replace, known)
        case .hold: move(.suspend, known, from: ["active", "on-hold"], to: "on-hold")
        case .release: move(.resume, known, from: ["on-hold", "active"], to: "active")
        case .statusChanged:
            status = told ?? Self.status(result: resultStatus)
            progress = status.map { Self.progress($0, orderStatus) }
        case .told(let status):
            self.status = told ?? status
            progress = Self.progress(told ?? status, orderStatus)
        case .refused(let kind):
            if kind == .fulfill { progress = "rejected" } else { task = (kind, "rejected") }
        case .failed: progress = "failed"
        case .numberAssigned, .previous, .noted:
            if known == nil { status = told ?? "active" }
        }
    }

    private mutating func change(_ known: OrderMapping.Known?) {
        guard let known, ["revoked", "completed", "entered-in-error", "cancelled", "stopped"].contains(known.status)
        else {
            if known == nil { status = "active" }
            progress = known == nil ? "accepted" : nil
            return
        }
        isDone = false
        task = (.change, "rejected")
    }

    /// Only what has not begun can be taken back.
    private mutating func end(_ kind: OrderTask, _ known: OrderMapping.Known?) {
        guard let known else { return isDone = false }
        if ["revoked", "cancelled", "stopped"].contains(known.status) { return }
        isDone = !known.hasBegun && known.status != "completed"
        task = (kind, isDone ? "completed" : "rejected")
        if isDone {
            status = "revoked"
            progress = "cancelled"
        }
    }

    private mutating func move(
        _ kind: OrderTask, _ known: OrderMapping.Known?, from allowed: Set<String>, to target: String
    ) {
        guard let known, allowed.contains(known.status) else {
            isDone = false
            if known != nil { task = (kind, "rejected") }
            return
        }
        task = (kind, "completed")
        status = target
        progress = target == "on-hold" ? "on-hold" : "accepted"
    }

    private static func progress(_ status: String, _ orderStatus: String) -> String {
        switch status {
        case "completed": "completed"
        case "revoked": "cancelled"
        case "on-hold": "on-hold"
        case "entered-in-error": "entered-in-error"
        default: ["IP", "A"].contains(orderStatus) ? "in-progress" : "accepted"
        }
    }

    private static func status(result: String) -> String? {
        switch result {
        case "F", "C": "completed"
        case "X": "revoked"
        case "O", "I", "S", "A", "P", "R", "M", "N": "active"
        default: nil
        }
    }
}
