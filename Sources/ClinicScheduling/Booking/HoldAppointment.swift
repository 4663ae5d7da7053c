package import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape

/// `POST /Appointment/$hold` (IHE ITI-116): keeps a time for a while, until it is booked, cancelled or the hold ends.
package struct HoldAppointment: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "hold", typeName: "Appointment", level: .type, affectsState: true,
            documentation: """
                Keeps the time of a proposal, or of free slots, for some minutes: the appointment is pending, and its \
                extension urn:martlet:appointment-expires says until when. A hold past its time blocks nobody.
                """,
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .patient, .proxy, .system],
            events: ["appointment.requested"],
            parameters: [
                .init(.input, "appointment-reference", 0, 1, "Reference", "A stored proposal."),
                .init(.input, "appointment-resource", 0, 1, "Appointment", "A proposal of $find."),
                .init(.input, "slot", 0, nil, "Reference", "Free slots, where no appointment is given."),
                .init(.input, "patient", 0, 1, "Reference", "Whom it is held for."),
                .init(
                    .input, "minutes", 0, 1, "integer", "How long; 1 to 1440. The setting says, where it is left out."),
                .init(.output, "return", 1, 1, "Bundle", "The pending appointment."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let minutes = work.parameters.integer("minutes")
        if let minutes, !(1...1440).contains(minutes) {
            throw OperationParameters.invalid(
                "a hold lasts 1 to 1440 minutes", at: work.parameters.place(of: "minutes"))
        }
        var wish = try await BookingWish(work, from: ["proposed", "waitlist"], to: "pending")
        wish.aim = .hold(until: minutes.map { work.now.adding(minutes: $0) }, setting: SchedulingRules.holdMinutes)
        wish.patients = try work.parameters.references("patient", "Patient")
        return ClinicAnswer(try await Booking(wish, work).place(), base: work.call.base)
    }

    package func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        try await Alternatives.ofBooking(call, declaration, in: store)
    }
}
