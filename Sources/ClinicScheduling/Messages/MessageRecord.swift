import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// Keeps the resources of messages in step with what becomes of them (R4 communication.html).
///
/// A notice is its Communication from the beginning; a reminder is a CommunicationRequest, and a Communication once it
/// was sent or could not be.
struct MessageRecord {
    private let transaction: StoreTransaction

    init(_ transaction: StoreTransaction) { self.transaction = transaction }

    /// Says of what is being sent that it is, and settles what is not.
    func begin(_ messages: [DueMessage], settle others: [(message: DueMessage, outcome: MessageOutcome)]) async throws {
        let notices = messages.filter { !$0.isReminder && $0.attempts == 1 }.map(\.id)
        if !notices.isEmpty {
            var batch = WriteBatch(transaction)
            try await batch.edit("Communication", notices) { _, edit in edit.set("status", "in-progress") }
            try await batch.apply()
        }
        if !others.isEmpty { try await end(others) }
    }

    /// Records what became of messages.
    func end(_ outcomes: [(message: DueMessage, outcome: MessageOutcome)]) async throws {
        let settled = try await MessageQueue(transaction: transaction).settle(outcomes)
        let final = outcomes.filter { item in
            if case .again = item.outcome { false } else { settled.contains(item.message.id) }
        }
        guard !final.isEmpty else { return }
        let byID = Dictionary(final.map { ($0.message.id, $0.outcome) }) { first, _ in first }
        var batch = WriteBatch(transaction)
        let now = transaction.store.clock().truncatedToMilliseconds
        let reminders = final.filter(\.message.isReminder)
        try await batch.edit("CommunicationRequest", reminders.map(\.message.id)) { stored, edit in
            guard stored.status == "active", let outcome = byID[stored.reference.id] else { return }
            Self.end(&edit, request: outcome)
        }
        for (message, outcome) in reminders {
            if case .dropped = outcome { continue }
            let reference = LocalReference("Communication", transaction.store.makeID())
            batch.write(reference, json: Self.communication(message, outcome, at: now), isNew: true)
        }
        try await batch.edit("Communication", final.filter { !$0.message.isReminder }.map(\.message.id)) {
            stored, edit in
            guard let outcome = byID[stored.reference.id] else { return }
            let isOpen = stored.status == "preparation" || stored.status == "in-progress"
            if isOpen { Self.end(&edit, notice: outcome, at: now) }
        }
        try await batch.apply()
        try await recordEvents(final)
    }

    private static func end(_ edit: inout ResourceEdit, request outcome: MessageOutcome) {
        switch outcome {
        case .sent: edit.set("status", "completed")
        case .failed(let reason), .dropped(let reason):
            edit.set("status", "revoked")
            edit.set("statusReason", json: CodeableConcept.text(reason).json)
        case .again: break
        }
    }

    private static func end(_ edit: inout ResourceEdit, notice outcome: MessageOutcome, at now: Instant) {
        switch outcome {
        case .sent:
            edit.set("status", "completed")
            edit.set("sent", now.text)
        case .failed(let reason), .dropped(let reason):
            edit.set("status", "not-done")
            edit.set("statusReason", json: CodeableConcept.text(reason).json)
        case .again: break
        }
    }

    private static func communication(
        _ message: DueMessage, _ outcome: MessageOutcome, at now: Instant
    ) -> [UInt8] {
        var draft = CommunicationDraft(
            kind: .reminder, recipient: message.recipient, channel: message.channel, appointment: message.appointment,
            text: message.text)
        draft.basedOn = message.source
        switch outcome {
        case .sent:
            draft.status = "completed"
            draft.sent = now
        case .failed(let reason), .dropped(let reason):
            draft.status = "not-done"
            draft.statusReason = reason
        case .again: break
        }
        return draft.json
    }

    private func recordEvents(_ final: [(message: DueMessage, outcome: MessageOutcome)]) async throws {
        var names: [String] = []
        var focuses: [String] = []
        for (message, outcome) in final {
            let what = message.isReminder ? "reminder" : "notification"
            switch outcome {
            case .sent: names.append(what + ".sent")
            case .failed: names.append(what + ".failed")
            case .dropped, .again: continue
            }
            focuses.append(message.appointment.text)
        }
        guard !names.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: names)
        parameters.append(textArray: focuses)
        _ = try await transaction.session.query(Self.event, parameters)
    }

    private static let event = SQLStatement(
        """
        INSERT INTO clinic_event (name, focus)
        SELECT e.name, e.focus FROM unnest($1::text[], $2::text[]) WITH ORDINALITY e (name, focus, position)
        ORDER BY position
        """)
}
