/// FHIR's codes of orders and results as those of v2: the reverse of `OrderTables`, `ObservationStatusTable`,
/// `ReportStatusTable` and `InterpretationTable`.
package enum OutboundOrderTable {
    /// ORC-1 and ORC-5 of a request that is told of for the first time, or again.
    package static func control(_ status: String, isNew: Bool) -> (control: String, status: String) {
        switch status {
        case "revoked": ("CA", "CA")
        case "entered-in-error": ("CA", "ER")
        case "on-hold": ("HD", "HD")
        case "completed": ("SC", "CM")
        default: (isNew ? "NW" : "XO", "")
        }
    }

    /// OBR-5 and TQ1-9.
    package static func priority(_ code: String) -> String {
        switch code {
        case "stat": "S"
        case "asap": "A"
        case "urgent": "T"
        case "routine": "R"
        default: ""
        }
    }

    /// OBX-11 (0085). A report that is in error takes its results with it (F-27).
    package static func observationStatus(_ status: String, hasValue: Bool, isReportInError: Bool = false) -> String {
        if isReportInError { return hasValue ? "W" : "X" }
        return switch status {
        case "final": "F"
        case "preliminary": "P"
        case "corrected": "C"
        case "amended": "A"
        case "cancelled": "X"
        case "entered-in-error": "W"
        case "registered": "I"
        default: ""
        }
    }

    /// OBR-25 (0123), in which there is no code for an error: a correction says that what was there does not hold
    /// any more (F-27).
    package static func reportStatus(_ status: String) -> String {
        switch status {
        case "registered": "I"
        case "partial": "A"
        case "preliminary": "P"
        case "final": "F"
        case "corrected", "amended", "appended", "entered-in-error": "C"
        case "cancelled": "X"
        default: ""
        }
    }

    /// SCH-25 (0278).
    package static func appointmentStatus(_ status: String) -> String {
        switch status {
        case "proposed", "pending": "Pending"
        case "waitlist": "Waitlist"
        case "booked": "Booked"
        case "arrived", "checked-in": "Started"
        case "fulfilled": "Complete"
        case "cancelled": "Cancelled"
        case "entered-in-error": "Deleted"
        case "noshow": "Noshow"
        default: ""
        }
    }
}
