import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Makes the notices of what happened to appointments: one Communication for each event, recipient and channel.
///
/// Whoever has an address for one of the channels is written to by the one they prefer; the notice of others is read
/// here, and has arrived when it is stored.
struct NoticePlan {
    /// What is older is told to nobody: an import of last year's bookings is no news.
    static let longestMinutes = 24 * 60

    /// Events that are told, with the settings that say how.
    static let texts: [String: ClinicSetting] = [
        "appointment.booked": SchedulingRules.bookedText,
        "appointment.confirmed": SchedulingRules.confirmedText,
        "appointment.rescheduled": SchedulingRules.rescheduledText,
        "appointment.cancelled": SchedulingRules.cancelledText,
        "appointment.noshow": SchedulingRules.noShowText,
        "appointment.offered": SchedulingRules.offeredText,
    ]

    private let transaction: StoreTransaction
    private let rules: SchedulingRules
    private let channels: [String]
    private let now: Instant

    /// - Parameter channels: those that something can be sent by.
    init(_ transaction: StoreTransaction, _ rules: SchedulingRules, channels: [String]) {
        self.transaction = transaction
        self.rules = rules
        let wanted = rules.node(SchedulingRules.noticeChannels).items.compactMap(\.string)
        self.channels = wanted.filter { channels.contains($0) }
        now = transaction.store.clock()
    }

    private struct Row {
        var id: String
        var event: ClinicEvent
        var recipient: String
        var channel: String?
    }

    func tell(_ events: [ClinicEvent]) async throws {
        let told = events.filter { event in
            event.focus.typeName == "Appointment" && event.time.adding(minutes: Self.longestMinutes) > now
                && text(of: event) != nil
        }
        guard !told.isEmpty else { return }
        let appointments = try await MessageReader(told.map(\.focus), in: transaction)
        let people = try await people(of: Set(told.map(\.focus)), appointments)
        let clocks = try await clocks(of: told, appointments)
        var rows: [Row] = []
        var batch = WriteBatch(transaction)
        for event in told {
            guard let appointment = appointments[event.focus], let pattern = text(of: event),
                isWorthTelling(event, appointment)
            else { continue }
            let text = MessageText(appointment, at: clocks[event.focus.id]).fill(pattern)
            for reference in Self.recipients(of: event, appointment, people) {
                guard let person = people.nodes[reference], MessageRecipient.may(person, receive: .notice) else {
                    continue
                }
                let channel = MessageRecipient.channel(of: person, among: channels)
                var draft = CommunicationDraft(
                    kind: .notification, recipient: reference.text, channel: channel, appointment: event.focus,
                    text: text)
                draft.event = event.name
                if channel == nil {
                    draft.status = "completed"
                    draft.sent = now.truncatedToMilliseconds
                }
                let id = transaction.store.makeID()
                batch.write(LocalReference("Communication", id), json: draft.json, isNew: true)
                rows.append(Row(id: id, event: event, recipient: reference.text, channel: channel))
            }
        }
        try await insert(rows)
        try await batch.apply()
    }

    /// Nil if nothing is to be said; an empty text is how a clinic says so.
    private func text(of event: ClinicEvent) -> String? {
        Self.texts[event.name].map { rules.text($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What is to come, and that somebody did not: changes of records of the past are no news to anybody.
    private func isWorthTelling(_ event: ClinicEvent, _ appointment: JSONNode) -> Bool {
        guard let start = appointment["start"]?.string.flatMap({ BookingTime($0) })?.instant else { return false }
        if event.name == "appointment.noshow" { return start.adding(minutes: 7 * Self.longestMinutes) > now }
        return start > now
    }

    private func clocks(
        of events: [ClinicEvent], _ appointments: MessageReader
    ) async throws -> [String: AppointmentClock] {
        var starts: [String: Instant] = [:]
        for event in events {
            guard let appointment = appointments[event.focus], isWorthTelling(event, appointment) else { continue }
            starts[event.focus.id] = appointment["start"]?.string.flatMap { BookingTime($0) }?.instant
        }
        return try await AppointmentClock.of(starts, rules, in: transaction)
    }

    // MARK: - Recipients

    private struct People {
        var nodes: [LocalReference: JSONNode] = [:]
        /// Who stands behind a PractitionerRole.
        var practitioners: [LocalReference: LocalReference] = [:]
    }

    /// Everybody who takes part in the appointments, and who stands behind roles.
    private func people(of appointments: Set<LocalReference>, _ reader: MessageReader) async throws -> People {
        let actors = Set(appointments.flatMap { Self.participants(of: reader[$0]) })
        let first = try await MessageReader(actors, in: transaction)
        var people = People()
        for actor in actors {
            people.nodes[actor] = first[actor]
            guard actor.typeName == "PractitionerRole" else { continue }
            people.practitioners[actor] = LocalReference(first[actor]?["practitioner"])
        }
        let behind = Set(people.practitioners.values).subtracting(actors)
        let second = try await MessageReader(behind, in: transaction)
        for practitioner in behind { people.nodes[practitioner] = second[practitioner] }
        return people
    }

    private static func participants(of appointment: JSONNode?) -> [LocalReference] {
        (appointment?["participant"]?.items ?? []).filter { $0["status"]?.string != "declined" }
            .compactMap { LocalReference($0["actor"]) }
    }

    /// Each person once. A move that the patient was not to be told of is told to the others.
    private static func recipients(
        of event: ClinicEvent, _ appointment: JSONNode, _ people: People
    ) -> [LocalReference] {
        let isSilent =
            event.name == "appointment.rescheduled"
            && appointment.extensionNode(AppointmentExtension.silentMove)?["valueBoolean"]?.bool == true
        let isOffer = event.name == "appointment.offered"
        let found = participants(of: appointment).map { people.practitioners[$0] ?? $0 }.filter { reference in
            switch reference.typeName {
            case "Patient", "RelatedPerson": !isSilent
            case "Practitioner", "PractitionerRole": !isOffer
            default: false
            }
        }
        return Set(found).sorted()
    }

    // MARK: - The queue

    /// Those that are read here alone count as sent.
    private func insert(_ rows: [Row]) async throws {
        guard !rows.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: rows.map(\.id))
        parameters.append(textArray: rows.map(\.event.focus.id))
        parameters.append(textArray: rows.map(\.recipient))
        parameters.append(textArray: rows.map(\.channel))
        parameters.append(timestampArray: rows.map { Optional($0.event.time.microsecondsSince1970) })
        parameters.append(int64Array: rows.map(\.event.id))
        parameters.append(timestamp: now.microsecondsSince1970)
        _ = try await transaction.session.query(Self.insert, parameters)
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO appointment_reminder
          (id, appointment, recipient, channel, minutes_ahead, starts, due, state, event)
        SELECT n.id, n.appointment, n.recipient, coalesce(n.channel, 'none'), 0, n.happened, $7::timestamptz,
          CASE WHEN n.channel IS NULL THEN 'sent' ELSE 'planned' END, n.event
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
          n (id, appointment, recipient, channel, happened, event)
        """)
}
