import Clinic
import FHIRDefinitions
import FHIRStore

/// `POST /Appointment/[id]/$complete`: the visit is over.
struct CompleteAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "complete", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: """
                Fulfils a checked-in appointment and finishes its Encounter, or makes one that is finished. A note of \
                the visit that is not signed stands against it.
                """,
            roles: [.superadmin, .medicalAdmin, .physician, .nurse],
            transition: .init(from: ["checked-in"], to: "fulfilled"), events: ["appointment.fulfilled"],
            parameters: [
                .init(.input, "force", 0, 1, "boolean", "Completes it although a note is not signed."),
                .init(.output, "appointment", 1, 1, "Appointment", "The appointment as it is now."),
                .init(.output, "encounter", 1, 1, "Encounter", "Its visit."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let visit = try await AppointmentVisit(of: stored, work)
        if let encounter = visit.stored, !work.parameters.bool("force") {
            let notes = try await work.search(
                "Composition", [("encounter", encounter.reference.text), ("status", "preliminary")], limit: 1)
            if let note = notes.first {
                throw StoreError(
                    .businessRule, "\(note.reference.text) is not signed", expression: "Composition.status",
                    details: "unsigned-note")
            }
        }
        var change = try await AppointmentChange(work, stored, to: "fulfilled", slots: .stay)
        let encounter = try visit.finish(in: &change.changes)
        return try await change.answer(with: encounter)
    }
}
