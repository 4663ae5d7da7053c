import Clinic
import FHIRDefinitions

/// `POST /Appointment/[id]/$reset`: takes back a no-show, where the time is still free.
struct ResetAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reset", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Makes a missed appointment booked again; 409 where somebody else has its time by now.",
            roles: [.superadmin, .medicalAdmin], transition: .init(from: ["noshow"], to: "booked"),
            events: ["appointment.booked"],
            parameters: [
                .init(.input, "reason", 0, 1, "string", "Why, for the record of events."),
                .init(.output, "return", 1, 1, "Appointment", "The booked appointment."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        var change = try await AppointmentChange(work, work.instance, to: "booked", slots: .taken)
        change.edit.setExtension(AppointmentExtension.noShowReason, nil)
        return try await change.answer()
    }
}
