/// ORC-1 and ORC-5 of pharmacy orders to MedicationRequest.status, and what answers an order.
enum MedicationStatusTable {
    /// ORC-5 first, ORC-1 where it is empty.
    static func status(orderStatus: String, control: String) -> String {
        switch orderStatus {
        case "CA": return "cancelled"
        case "CM": return "completed"
        case "DC", "RP": return "stopped"
        case "ER": return "entered-in-error"
        case "HD": return "on-hold"
        case "A", "IP", "SC": return "active"
        default: break
        }
        switch control {
        case "CA", "CR", "OC", "DF": return "cancelled"
        case "DC", "DR", "OD", "RP", "RU": return "stopped"
        case "HD", "HR", "OH": return "on-hold"
        case "FU": return "completed"
        default: return "active"
        }
    }

    /// Whether ORC-1 is about an order that has to be there already, and says nothing else of it.
    static func changesStatusOnly(_ control: String) -> Bool {
        ["CA", "CR", "OC", "DC", "DR", "OD", "HD", "HR", "OH", "RL", "DF", "FU"].contains(control)
    }

    /// ORC-1 of the answer. HL7 table 0119.
    static func answer(_ control: String) -> String {
        switch control {
        case "CA": "CR"
        case "DC": "DR"
        case "HD": "HR"
        case "XO": "XR"
        case "RP": "RQ"
        case "SN": "NA"
        case "RL": "OR"
        case "RF": "AF"
        default: "OK"
        }
    }

    /// MedicationDispense.status by ORC-1 and ORC-5.
    static func dispenseStatus(orderStatus: String, control: String) -> String {
        switch status(orderStatus: orderStatus, control: control) {
        case "cancelled": "cancelled"
        case "stopped": "stopped"
        case "entered-in-error": "entered-in-error"
        case "on-hold": "on-hold"
        default: "completed"
        }
    }

    /// RXE-9 and RXD-11 (table 0167): whether another product may be, or was, given.
    static func isSubstituted(_ code: String) -> Bool? {
        switch code {
        case "": nil
        case "N", "0": false
        default: true
        }
    }
}
