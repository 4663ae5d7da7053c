import Clinic
import FHIRDefinitions
import FHIRStore
import PostgreSQL

/// `POST /Appointment/[id]/$confirm`: pending becomes booked; paid first, where it is to be.
struct ConfirmAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "confirm", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Confirms a pending appointment, or turns a hold into a booking.",
            roles: [.superadmin, .medicalAdmin, .registration, .physician],
            transition: .init(from: ["pending"], to: "booked"), events: ["appointment.confirmed"],
            parameters: [.init(.output, "return", 1, 1, "Appointment", "The booked appointment.")])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        try Hold.requireRunning(stored.node, now: work.now)
        try await Prepayment.require(for: stored, work)
        var change = try await AppointmentChange(work, stored, to: "booked", slots: .taken)
        work.transaction.session.prepend(Self.event)
        return try await change.answer()
    }

    private static let event = SQLStatement(AppointmentEventSQL.naming("appointment.confirmed"))
}

extension AppointmentChange {
    /// Writes everything and answers with the appointment.
    mutating func answer() async throws -> ClinicAnswer {
        guard let saved = try await apply().first else { throw nothingWritten }
        return ClinicAnswer(saved)
    }
}
