package import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape

/// `POST /Appointment/$book` (IHE ITI-117): turns a proposal, a held appointment or free slots into a booking.
///
/// 1. The slots are locked in the order of their ids; one that is not free is a 409 with alternatives.
/// 2. What the request leaves open is filled in: times from the slots, actors from their schedules, the patient.
/// 3. The appointment becomes `booked` and the slots `busy`, in one transaction.
///
/// Overlaps with other appointments of any participant are found by the database itself.
package struct BookAppointment: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "book", typeName: "Appointment", level: .type, affectsState: true,
            documentation: "Books an appointment.",
            parameters: [
                .init(.input, "appointment-reference", 0, 1, "Reference", "A stored proposal or held appointment."),
                .init(.input, "appointment-resource", 0, 1, "Appointment", "The appointment wanted."),
                .init(.input, "slot", 0, nil, "Reference", "Free slots, where no appointment is given."),
                .init(.input, "patient-reference", 0, nil, "Reference", "Whom the appointment is for."),
                .init(.input, "patient-resource", 0, nil, "Patient", "The same as a resource, created if it is new."),
                .init(.input, "comment", 0, 1, "string", "Appointment.comment."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Added to Appointment.reasonCode."),
                .init(.input, "supporting", 0, nil, "Reference", "Added to Appointment.supportingInformation."),
                .init(.output, "return", 1, 1, "Bundle", "The booked appointment."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let transaction = work.transaction
        let store = work.store
        let type = try store.resourceType("Appointment")
        let request = try await BookingRequest(work)
        let slots = try await SlotBook(request.slots, in: transaction)
        for slot in slots.entries where !isFree(slot, for: request) {
            throw StoreError.slotTaken("\(slot.reference.text) is not free", "Appointment.slot")
        }
        var draft = AppointmentDraft(request.appointment)
        try draft.setTimes(from: slots)
        try await draft.addActors(ofSchedulesOf: slots, in: transaction)
        for patient in try await request.patients(in: transaction) { draft.addParticipant(patient) }
        try draft.complete(request, now: store.clock())

        let document = try Document.parse(draft.bytes, limits: .fhir)
        let input = ResourceInput(type: type, document: document)
        try await store.check(input)
        var commands: [WriteCommand] = []
        let id = request.storedID ?? store.makeID()
        if request.storedID == nil {
            commands.append(store.createCommand(input, id: id))
        } else {
            commands.append(store.updateCommand(input, id: id))
        }
        commands += try await slots.commands(changing: ["free", "busy-tentative"], to: "busy", in: store)
        let result = try await transaction.apply(commands)[0]
        let rendered = draft.bytes.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: result.stamp) }
        let saved = SavedResource(reference: LocalReference("Appointment", id), stamp: result.stamp, json: rendered)
        return ClinicAnswer([saved], base: work.call.base)
    }

    package func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        let parameters = try OperationParameters(call, of: declaration, definitions: store.definitions)
        var slots = try parameters.references("slot", "Slot")
        for appointment in parameters.resources("appointment-resource") {
            slots += BookingRequest.slots(of: appointment)
        }
        for reference in try parameters.references("appointment-reference", "Appointment") {
            let stored = try await store.read(try store.resourceType("Appointment"), id: reference.id)
            guard let content = stored.content else { continue }
            slots += BookingRequest.slots(of: JSONNode(try Document.parse(content)))
        }
        return try await FreeSlots.next(after: slots, in: store)
    }

    /// A slot held by the very appointment that is booked is free for it.
    private func isFree(_ slot: SlotBook.Entry, for request: BookingRequest) -> Bool {
        slot.status == "free" || (slot.status == "busy-tentative" && request.isHeld)
    }
}
