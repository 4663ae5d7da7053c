import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// An appointment in `pending` that keeps its time for a while.
enum Hold {
    /// When it ends; nil for an appointment that waits without end.
    static func end(of appointment: JSONNode) -> Instant? {
        guard appointment["status"]?.string == "pending",
            let text = appointment.extensionNode(AppointmentExtension.expires)?["valueDateTime"]?.string
        else { return nil }
        return BookingTime(text)?.instant
    }

    /// Refuses a hold past its time, even where nobody has taken it down yet (409).
    static func requireRunning(_ appointment: JSONNode, now: Instant) throws {
        guard let end = end(of: appointment), end <= now else { return }
        throw StoreError(
            .conflict, "the hold ended at \(end.text)", expression: "Appointment.status", details: "hold-expired")
    }
}
