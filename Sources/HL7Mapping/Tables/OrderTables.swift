/// ORC-1, ORC-5, OBR-5 and the sections of OBR-24. §2.3.
enum OrderStatusTable {
    /// ServiceRequest.status: ORC-5 first, ORC-1 where it is empty; results without either leave the order active.
    static func status(orderStatus: String, control: String) -> String {
        if let status = status(orderStatus) { return status }
        if case .told(let status) = OrderControl(control) { return status }
        return "active"
    }

    /// ORC-5; nil where it says nothing.
    static func status(_ orderStatus: String) -> String? {
        switch orderStatus {
        case "CA", "DC", "RP": "revoked"
        case "CM": "completed"
        case "ER": "entered-in-error"
        case "HD": "on-hold"
        case "A", "IP", "SC": "active"
        default: nil
        }
    }

    static func priority(_ code: String) -> String? {
        switch code.uppercased() {
        case "S": "stat"
        case "A": "asap"
        case "R": "routine"
        case let code where code.hasPrefix("T"): "urgent"
        default: nil
        }
    }
}
