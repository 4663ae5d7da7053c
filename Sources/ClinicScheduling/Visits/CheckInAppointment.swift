import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /Appointment/[id]/$check-in`: the patient is there. Makes the one Encounter of the appointment.
struct CheckInAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "check-in", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Records that the patient is there: the appointment is checked in, its Encounter arrived.",
            roles: [.superadmin, .medicalAdmin, .registration, .nurse],
            transition: .init(from: ["booked", "arrived"], to: "checked-in"), events: ["patient.arrived"],
            parameters: [
                .init(.output, "appointment", 1, 1, "Appointment", "The appointment as it is now."),
                .init(.output, "encounter", 1, 1, "Encounter", "Its visit."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        var change = try await AppointmentChange(work, stored, to: "checked-in", slots: .stay)
        let visit = try await AppointmentVisit(of: stored, work)
        let encounter = try visit.arrive(in: &change.changes)
        return try await change.answer(with: encounter)
    }
}

extension AppointmentChange {
    /// Writes everything and answers with the appointment and its visit.
    mutating func answer(with encounter: LocalReference) async throws -> ClinicAnswer {
        let saved = try await apply()
        var answer = ParametersWriter()
        guard let appointment = saved.first else { throw nothingWritten }
        answer.add("appointment", resource: appointment.json)
        if let visit = saved.last(where: { $0.reference == encounter }) {
            answer.add("encounter", resource: visit.json)
        } else if let visit = try await work.find(encounter) {
            answer.add("encounter", resource: visit.saved(in: work.store).json)
        }
        return ClinicAnswer(answer)
    }

    var nothingWritten: StoreError { StoreError(.fault, "nothing was written") }
}
