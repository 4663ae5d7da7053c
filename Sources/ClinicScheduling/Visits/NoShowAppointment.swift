import Clinic
import FHIRDefinitions
import JSONTape

/// `POST /Appointment/[id]/$no-show`: nobody came.
struct NoShowAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "no-show", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Records that nobody came to a booked appointment.",
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .system],
            transition: .init(from: ["booked"], to: "noshow"), events: ["appointment.noshow"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Kept as an extension of the appointment."),
                .init(.output, "return", 1, 1, "Appointment", "The appointment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        var change = try await AppointmentChange(work, work.instance, to: "noshow", slots: .freed)
        if let reason = work.parameters.concept("reason") {
            // R4's app-4 knows the state by another name, so that cancelationReason would not be valid.
            let url = AppointmentExtension.noShowReason
            change.edit.setExtension(url, ExtensionJSON.make(url, "valueCodeableConcept") { $0.raw(reason) })
        }
        return try await change.answer()
    }
}
