package import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /Appointment/[id]/$cancel`: gives the time back, with a reason.
///
/// Staff may cancel until the visit is fulfilled, once the patient has arrived only with a reason; patients not after
/// they arrived. The slots become free, unless another appointment that holds time uses them.
package struct CancelAppointment: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cancel", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Cancels the appointment and frees its slots.",
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.input, "by", 0, 1, "code", "patient or staff; decides which rules hold. Default staff."),
                .init(.output, "return", 1, 1, "Appointment", "The appointment as it is now."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let transaction = work.transaction
        let stored = try work.instance
        let appointment = stored.node
        let reason = work.parameters.concept("reason")
        try checkState(appointment, reason: reason, by: work.parameters.text("by") ?? "staff")
        let references = appointment["slot"]?.items.compactMap { LocalReference($0) } ?? []
        let existing = try await Self.stored(references.filter { $0.typeName == "Slot" }, in: transaction)
        let slots = try await SlotBook(existing, in: transaction)

        var edit = ResourceEdit(appointment)
        edit.set("status", "cancelled")
        if let reason { edit.set("cancelationReason", json: reason) }
        var changes = ChangeSet(work)
        changes.update(stored, edit)
        let saved = try await changes.apply()[0]
        // Asked once the appointment's own rows are gone from the table of busy times.
        let taken = try await Self.takenByOthers(slots, in: transaction)
        let freed = try await slots.without(taken).commands(
            changing: ["busy", "busy-tentative"], to: "free", in: work.store)
        _ = try await transaction.apply(freed)
        return ClinicAnswer(saved)
    }

    private func checkState(_ appointment: JSONNode, reason: [UInt8]?, by: String) throws {
        let status = appointment["status"]?.string ?? ""
        guard status != "cancelled", StateMachine.appointment.allows(status, "cancelled") else {
            throw StoreError.illegalTransition("Appointment", status, "cancelled")
        }
        guard status == "arrived" || status == "checked-in" else { return }
        if by == "patient" {
            throw StoreError(
                .businessRule, "the patient has arrived, so that only staff can cancel",
                expression: "Appointment.status", details: "cut-off")
        }
        if reason == nil {
            throw StoreError(
                .businessRule, "the patient has arrived, so that a reason has to be given",
                expression: "Parameters.parameter", details: "reason-required")
        }
    }

    /// Those of the slots that are stored: an appointment from elsewhere may name others.
    private static func stored(
        _ slots: [LocalReference], in transaction: StoreTransaction
    ) async throws -> [LocalReference] {
        guard !slots.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: slots.map(\.id))
        let result = try await transaction.session.query(storedSlots, parameters)
        return (0..<result.rowCount).compactMap { row in result.string(row, 0).map { LocalReference("Slot", $0) } }
    }

    private static func takenByOthers(
        _ slots: SlotBook, in transaction: StoreTransaction
    ) async throws -> Set<LocalReference> {
        guard !slots.entries.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: slots.entries.map(\.reference.text))
        let result = try await transaction.session.query(takenSlots, parameters)
        return Set((0..<result.rowCount).compactMap { row in result.string(row, 0).flatMap { LocalReference($0) } })
    }

    private static let storedSlots = SQLStatement("SELECT id FROM slot WHERE id = ANY ($1::text[])")
    private static let takenSlots = SQLStatement(
        """
        SELECT reference FROM appointment_busy
        WHERE actor IN (SELECT hashtextextended(r, 0) FROM unnest($1::text[]) r)
        """)
}
