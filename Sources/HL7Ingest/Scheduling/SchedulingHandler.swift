import ClinicScheduling
import FHIRDefinitions
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// SIU: applies appointments of another calendar, through the same guards as bookings of our own. §2.9.
///
/// 1. The guards are told that another calendar speaks, which is right about its own resources.
/// 2. An appointment over another is marked as overbooked, and a Task asks a person to look at both.
/// 3. The slots of those who take part become busy or free with it.
struct SchedulingHandler: MessageHandler {
    let statements: StatedMessageHandler

    var messageTypes: Set<String> { Set(SchedulingMap.kinds.keys) }

    func takes(_ header: MessageHeader) -> Bool {
        SchedulingMap.kinds[header.messageType]?.contains(header.triggerEvent) ?? false
    }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        let stated = try SchedulingMap.map(inbound.message, profile: inbound.profile)
        let booking = try await ExternalBooking(in: transaction)
        var appointments: [StatedMessageHandler.Draft] = []
        var conflicts: [String] = []
        var effect = try await statements.apply(stated, profile: inbound.profile, in: transaction) { draft in
            guard draft.type == "Appointment" else { return [draft] }
            let found = try await booking.conflicts(of: draft.json, id: draft.id)
            let others = found.filter { !$0.actor.hasPrefix("Slot/") }
            let marked = try OverbookedAppointment(draft, others, now: transaction.store.clock())
            conflicts += others.map(\.appointment)
            appointments.append(marked.appointment)
            guard let task = marked.task, try await !isThere(task, in: transaction) else { return [marked.appointment] }
            return [marked.appointment, task]
        }
        for appointment in appointments {
            let slots = try await booking.follow(
                appointment: appointment.json, former: appointment.stored?.content)
            effect.resources += slots
        }
        if !conflicts.isEmpty {
            effect.issues.append(
                Acknowledgement.Issue(
                    .duplicateKey, .warning, at: HL7Location(segment: "SCH"),
                    userMessage: "booked over another appointment; a task was made"))
        }
        return effect
    }

    /// A task that somebody has seen already stays as it is.
    private func isThere(_ task: StatedMessageHandler.Draft, in transaction: StoreTransaction) async throws -> Bool {
        guard let type = transaction.store.definitions.resourceType(named: task.type) else { return false }
        return try await transaction.read(type, id: task.id) != nil
    }
}
