import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Appointments that are paid before they are confirmed.
enum Prepayment {
    /// Refuses where the appointment is to be paid and no payment for it has been verified (422).
    static func require(for appointment: StoredResource, _ work: ClinicWork) async throws {
        let mark = appointment.node.extensionNode(AppointmentExtension.prepay)
        guard mark?["valueBoolean"]?.bool == true else { return }
        let payments = try await work.search("PaymentNotice", [("request", appointment.reference.text)])
        let isPaid = payments.contains { payment in
            let state = payment.node["paymentStatus"]?["coding"]?.items.first?["code"]?.string
            return payment.node["status"]?.string == "active" && (state == "paid" || state == "cleared")
        }
        if !isPaid { throw needed }
    }

    /// Refuses patients who did not come too often: they book with `prepay` (422).
    static func require(ofPatients patients: [LocalReference], afterNoShows limit: Int, _ work: ClinicWork) async throws
    {
        for patient in patients {
            let missed = try await work.search(
                "Appointment", [("patient", patient.text), ("status", "noshow")], limit: limit)
            if missed.count >= limit { throw needed }
        }
    }

    private static let needed = StoreError(
        .businessRule, "the appointment is to be paid before it is confirmed", expression: "Appointment.status",
        details: "payment-needed")
}
