/// ORC-1, ORC-5, OBR-5 and the sections of OBR-24. §2.3.
enum OrderStatusTable {
    /// ServiceRequest.status: ORC-5 first, ORC-1 where it is empty; results without either leave the order active.
    static func status(orderStatus: String, control: String) -> String {
        switch orderStatus {
        case "CA", "DC", "RP": return "revoked"
        case "CM": return "completed"
        case "ER": return "entered-in-error"
        case "HD": return "on-hold"
        case "A", "IP", "SC": return "active"
        default: break
        }
        switch control {
        case "CR", "OC", "DR", "OD", "DF": return "revoked"
        case "HR", "OH": return "on-hold"
        case "FU": return "completed"
        default: return "active"
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
