/// SCH-25 and AIx filler status (table 0278) to Appointment.status and participant.status. §2.3.
enum AppointmentStatusTable {
    struct Entry: Hashable {
        let status: String
        /// Booked although the time is taken.
        var isOverbooked = false
        /// No appointment: the time is only blocked.
        var isBlocked = false
    }

    /// Nil for an empty or unknown code.
    static func entry(_ code: String) -> Entry? {
        switch code {
        case "PENDING": Entry(status: "pending")
        case "WAITLIST": Entry(status: "waitlist")
        case "BOOKED": Entry(status: "booked")
        case "STARTED": Entry(status: "checked-in")
        case "COMPLETE": Entry(status: "fulfilled")
        case "CANCELLED", "CANCELED", "DC", "DISCONTINUED": Entry(status: "cancelled")
        case "DELETED": Entry(status: "entered-in-error")
        case "NOSHOW": Entry(status: "noshow")
        case "OVERBOOK": Entry(status: "booked", isOverbooked: true)
        case "BLOCKED": Entry(status: "busy-unavailable", isBlocked: true)
        default: nil
        }
    }

    /// What a single service or resource has come to.
    static func participation(_ code: String) -> String {
        switch entry(code)?.status {
        case "cancelled", "entered-in-error": "declined"
        case "pending", "waitlist": "tentative"
        default: "accepted"
        }
    }
}
