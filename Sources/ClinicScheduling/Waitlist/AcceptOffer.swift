import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Appointment/$waitlist-accept`: the entry becomes the booking of the time that was offered.
struct AcceptOffer: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "waitlist-accept", typeName: "Appointment", level: .type, affectsState: true,
            documentation: "Accepts an offer: the entry of the waitlist becomes booked, the offer ends.",
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .patient, .proxy, .system],
            events: ["appointment.booked"],
            parameters: [
                .init(.input, "offer", 1, 1, "Reference", "The offer."),
                .init(.output, "return", 1, 1, "Appointment", "The entry, which is booked now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let reference = try work.parameters.reference("offer", "Appointment") else {
            throw OperationParameters.invalid("the parameter offer is missing")
        }
        // The entry first, as an offer is made: in one order for all.
        let seen = try await work.read(reference, element: work.parameters.place(of: "offer"))
        guard let entryReference = WaitlistOffer.entry(of: seen.node) else {
            throw OperationParameters.invalid("the appointment is no offer", at: work.parameters.place(of: "offer"))
        }
        let entry = try await work.lock(entryReference)
        let offer = try await work.lock(reference)
        guard offer.status == "pending" else { throw expired("the offer does not stand any more") }
        guard Hold.end(of: offer.node).map({ $0 > work.now }) ?? true else { throw expired("the offer has expired") }
        try work.require(entry, in: ["waitlist"], to: "booked")
        let slots = try await SlotBook(known: BookingWish.slots(of: offer.node), in: work.transaction)

        var ending = offer.edit
        ending.set("status", "cancelled")
        ending.set("cancelationReason", json: Self.accepted)
        var booking = entry.edit
        booking.set("status", "booked")
        for name in ["start", "end", "slot", "minutesDuration", "serviceType", "participant"] {
            if let value = offer.node[named: name] { booking.set(name, json: value.source) }
        }
        let schedule = offer.node.extensionNode(AppointmentExtension.schedule)
        booking.setExtension(AppointmentExtension.schedule, schedule?.source)
        var changes = ChangeSet(work)
        // The hold ends first, so that its time is the entry's; nobody else sees the time between.
        changes.update(offer, ending)
        changes.update(entry, booking)
        slots.change(["free", "busy-tentative"], to: "busy", in: &changes)
        let saved = try await changes.apply()
        guard let booked = saved.first(where: { $0.reference == entry.reference }) else {
            throw StoreError(.fault, "nothing was written")
        }
        return ClinicAnswer(booked)
    }

    private func expired(_ message: String) -> StoreError {
        StoreError(.conflict, message, expression: "Appointment.status", details: "offer-expired")
    }

    private static let accepted = ResourceEdit.json { writer in
        writer.beginObject()
        writer.member("text", "the offer was accepted")
        writer.endObject()
    }
}
