package import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape

/// `POST /Appointment/$book` (IHE ITI-117): turns a proposal, a held appointment or free slots into a booking.
package struct BookAppointment: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "book", typeName: "Appointment", level: .type, affectsState: true,
            documentation: """
                Books an appointment: a proposal of $find, a held or stored appointment, or free slots. A time that is \
                taken is a 409 with free times as alternatives.
                """,
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .patient, .proxy, .system],
            events: ["appointment.requested", "appointment.booked"],
            parameters: [
                .init(.input, "appointment-reference", 0, 1, "Reference", "A stored proposal or held appointment."),
                .init(.input, "appointment-resource", 0, 1, "Appointment", "The appointment wanted."),
                .init(.input, "slot", 0, nil, "Reference", "Free slots, where no appointment is given."),
                .init(.input, "patient-reference", 0, nil, "Reference", "Whom the appointment is for."),
                .init(.input, "patient-resource", 0, nil, "Patient", "The same as a resource, created if it is new."),
                .init(.input, "comment", 0, 1, "string", "Appointment.comment."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Added to Appointment.reasonCode."),
                .init(.input, "supporting", 0, nil, "Reference", "Added to Appointment.supportingInformation."),
                .init(.input, "prepay", 0, 1, "boolean", "Whether it stays pending until it is paid and confirmed."),
                .init(
                    .input, "series", 0, 1, "string",
                    "Rule of RFC 5545 by which it is repeated: FREQ=WEEKLY;COUNT=6. All times are booked, or none."),
                .init(.input, "overbook", 0, 1, "boolean", "Books over what is taken; staff only, with a reason."),
                .init(.output, "return", 1, 1, "Bundle", "The booked or pending appointments."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        // Read first: what is wrong with it is told before anything is locked.
        let series = try parameters.text("series").map {
            try RecurrenceRule($0, place: parameters.place(of: "series"))
        }
        var wish = try await BookingWish(work, from: ["proposed", "waitlist", "pending"], to: "booked")
        wish.patients = try parameters.references("patient-reference", "Patient")
        wish.patientResources = parameters.resources("patient-resource")
        wish.addDetails(of: parameters)
        wish.isPrepaid = parameters.bool("prepay")
        wish.isOverbooked = parameters.bool("overbook")
        wish.series = series
        let saved = try await Booking(wish, work).place()
        return ClinicAnswer(saved, base: work.call.base)
    }

    package func plainWork(
        _ call: ClinicCall, _ parameters: OperationParameters, in store: FHIRStore
    ) async throws -> PlainWork? {
        try await PlainBooking.work(call, parameters, in: store)
    }

    package func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        try await Alternatives.ofBooking(call, declaration, in: store)
    }
}
