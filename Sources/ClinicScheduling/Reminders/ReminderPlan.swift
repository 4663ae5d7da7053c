import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Makes the reminders of an appointment what they should be by its present state: planned where it is booked, moved
/// where it was, revoked where it is not to be. May be run any number of times.
struct ReminderPlan {
    private struct Key: Hashable {
        var recipient, channel: String
        var minutesAhead: Int
    }

    private struct Wanted {
        var due: Instant
        var text: String
    }

    private struct Row {
        var id: String
        var key: Key
        var starts: Instant
        var due: Instant
        var state: String
    }

    private let store: FHIRStore
    private let transaction: StoreTransaction
    private let rules: SchedulingRules

    init(_ transaction: StoreTransaction, _ rules: SchedulingRules) {
        store = transaction.store
        self.transaction = transaction
        self.rules = rules
    }

    /// The CommunicationRequests of the appointment that stand, after what had to be changed.
    @discardableResult
    func reconcile(_ appointment: LocalReference) async throws -> [LocalReference] {
        let type = try store.resourceType("Appointment")
        let version = try await transaction.lock(type, id: appointment.id)
        let stored = try version.flatMap { try StoredResource($0, in: store) }
        let rows = try await rows(of: appointment)
        let start = stored.flatMap { $0.node["start"]?.string }.flatMap { BookingTime($0) }?.instant
        let wanted = if let stored, let start { try await self.wanted(stored, start) } else { [Key: Wanted]() }
        var batch = WriteBatch(transaction)
        var standing: [LocalReference] = []
        let now = store.clock()
        for row in rows where row.state == "planned" {
            // One whose time has come is sent, or tried again; but not at the time of an appointment that was moved.
            guard let plan = wanted[row.key], let start, plan.due > now || row.starts == start else {
                try await revoke(row, &batch)
                continue
            }
            standing.append(LocalReference("CommunicationRequest", row.id))
            if row.starts != start || row.due != plan.due && plan.due > now {
                try await move(row, to: plan, start, &batch)
            }
        }
        let planned = Set(rows.filter { $0.state == "planned" }.map(\.key))
        let told = Set(rows.filter { $0.state != "planned" && $0.state != "dropped" && $0.starts == start }.map(\.key))
        for (key, plan) in wanted.sorted(by: { ($0.value.due, $0.key.channel) < ($1.value.due, $1.key.channel) })
        where plan.due > now && !planned.contains(key) && !told.contains(key) {
            guard let start else { continue }
            standing.append(try await add(key, plan, appointment, start, &batch))
        }
        try await batch.apply()
        return standing
    }

    /// Those of the appointments for which anything may have to be changed: that have reminders, or that somebody who
    /// can be reached takes part in. They are read without locks: what changes later brings an event of its own.
    func concerned(by appointments: Set<LocalReference>) async throws -> [LocalReference] {
        var parameters = SQLParameters()
        parameters.append(textArray: appointments.map(\.id).sorted())
        let result = try await transaction.session.query(Self.reminded, parameters)
        var found = Set((0..<result.rowCount).compactMap { result.string($0, 0) })
        let reader = try await MessageReader(appointments, in: transaction)
        let people = try await MessageReader(
            appointments.flatMap { reader[$0].map(participants) ?? [] }, in: transaction)
        let channels = ["email", "sms"]
        for reference in appointments {
            guard let appointment = reader[reference], appointment["status"]?.string == "booked" else { continue }
            let canBeReached = participants(of: appointment).contains { participant in
                people[participant].map { person in
                    channels.contains { MessageRecipient.address(of: person, $0) != nil }
                } ?? false
            }
            if canBeReached { found.insert(reference.id) }
        }
        return found.sorted().map { LocalReference("Appointment", $0) }
    }

    // MARK: - What should be

    private func wanted(_ appointment: StoredResource, _ start: Instant) async throws -> [Key: Wanted] {
        guard appointment.status == "booked", start > store.clock() else { return [:] }
        let (offsets, channels) = try await plan(of: appointment.reference)
        let recipients = try await recipients(of: appointment)
        let id = appointment.reference.id
        guard !recipients.isEmpty,
            let clock = try await AppointmentClock.of([id: start], rules, in: transaction)[id]
        else { return [:] }
        let text = MessageText(appointment.node, at: clock).fill(rules.text(SchedulingRules.reminderText))
        let times = try await dueTimes(offsets, start, clock)
        var wanted: [Key: Wanted] = [:]
        for recipient in recipients {
            for channel in channels where MessageRecipient.address(of: recipient.node, channel) != nil {
                for (minutes, due) in times {
                    let key = Key(recipient: recipient.reference.text, channel: channel, minutesAhead: minutes)
                    wanted[key] = Wanted(due: due, text: text)
                }
            }
        }
        return wanted
    }

    /// When each reminder goes out: days ahead are days of the place, at the same time of its clocks; no quiet hours.
    private func dueTimes(
        _ offsets: [Int], _ start: Instant, _ clock: AppointmentClock
    ) async throws -> [(minutes: Int, due: Instant)] {
        guard let date = CivilDate(clock.local) else { return [] }
        let timeOfDay = clock.local.dropFirst(11)
        let days = offsets.map { "\(date.adding(days: -($0 / 1440)).text) \(timeOfDay)" }
        let begins = try await LocalTimes.instants(of: days, zone: clock.zone, in: transaction)
        let quiet = QuietHours(rules.text(SchedulingRules.quietHours))
        var found: [(minutes: Int, due: Instant)] = []
        for (minutes, begin) in zip(offsets, begins) {
            // The clocks may show the appointment's own time twice.
            let time = (minutes < 1440 ? start : begin).adding(minutes: -(minutes % 1440))
            found.append((minutes, try await quiet.move(time, before: start, zone: clock.zone, in: transaction)))
        }
        return found
    }

    private func plan(of appointment: LocalReference) async throws -> ([Int], [String]) {
        var parameters = SQLParameters()
        parameters.append(text: appointment.id)
        let result = try await transaction.session.query(Self.own, parameters)
        guard result.rowCount > 0 else {
            return (
                rules.node(SchedulingRules.reminderOffsets).items.compactMap(\.integer),
                rules.node(SchedulingRules.reminderChannels).items.compactMap(\.string)
            )
        }
        let numbers = (result.string(0, 0) ?? "").split(separator: ",").compactMap { Int($0) }
        return (numbers, (result.string(0, 1) ?? "").split(separator: ",").map(String.init))
    }

    private func recipients(
        of appointment: StoredResource
    ) async throws -> [(reference: LocalReference, node: JSONNode)] {
        let references = participants(of: appointment.node)
        let reader = try await MessageReader(references, in: transaction)
        return Set(references).sorted().compactMap { reference in
            guard let person = reader[reference], MessageRecipient.may(person, receive: .reminder) else { return nil }
            return (reference, person)
        }
    }

    /// Those who are reminded, if they can be.
    private func participants(of appointment: JSONNode) -> [LocalReference] {
        let kinds = rules.bool(SchedulingRules.remindsStaff) ? ["Patient", "Practitioner"] : ["Patient"]
        return (appointment["participant"]?.items ?? []).filter { $0["status"]?.string != "declined" }
            .compactMap { LocalReference($0["actor"]) }.filter { kinds.contains($0.typeName) }
    }

    // MARK: - Changes

    private func add(
        _ key: Key, _ plan: Wanted, _ appointment: LocalReference, _ start: Instant, _ batch: inout WriteBatch
    ) async throws -> LocalReference {
        let reference = LocalReference("CommunicationRequest", store.makeID())
        batch.write(reference, json: request(key, plan, appointment), isNew: true)
        var parameters = SQLParameters()
        parameters.append(text: reference.id)
        parameters.append(text: appointment.id)
        parameters.append(text: key.recipient)
        parameters.append(text: key.channel)
        parameters.append(int32: Int32(key.minutesAhead))
        parameters.append(timestamp: start.microsecondsSince1970)
        parameters.append(timestamp: plan.due.microsecondsSince1970)
        _ = try await transaction.session.query(Self.insert, parameters)
        return reference
    }

    private func move(_ row: Row, to plan: Wanted, _ start: Instant, _ batch: inout WriteBatch) async throws {
        var parameters = SQLParameters()
        parameters.append(text: row.id)
        parameters.append(timestamp: start.microsecondsSince1970)
        parameters.append(timestamp: plan.due.microsecondsSince1970)
        _ = try await transaction.session.query(Self.update, parameters)
        try await batch.edit(LocalReference("CommunicationRequest", row.id)) { edit in
            edit.set("occurrenceDateTime", plan.due.text)
            edit.set("payload", items: [CommunicationDraft.payload(plan.text)])
        }
    }

    private func revoke(_ row: Row, _ batch: inout WriteBatch) async throws {
        var parameters = SQLParameters()
        parameters.append(text: row.id)
        _ = try await transaction.session.query(Self.drop, parameters)
        try await batch.edit(LocalReference("CommunicationRequest", row.id)) { $0.set("status", "revoked") }
    }

    private func request(_ key: Key, _ plan: Wanted, _ appointment: LocalReference) -> [UInt8] {
        let recipient = LocalReference(key.recipient)
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "CommunicationRequest")
            writer.member("status", "active")
            CommunicationDraft.list("category", CommunicationDraft.category("reminder"), &writer)
            CommunicationDraft.list("medium", CommunicationDraft.medium(key.channel), &writer)
            // Patients see what is about them: reminders of others are not.
            if let recipient, recipient.typeName == "Patient" {
                writer.key("subject")
                writer.raw(recipient.json)
            }
            CommunicationDraft.list("about", appointment.json, &writer)
            CommunicationDraft.list("payload", CommunicationDraft.payload(plan.text), &writer)
            writer.member("occurrenceDateTime", plan.due.text)
            writer.member("authoredOn", store.clock().text)
            if let recipient { CommunicationDraft.list("recipient", recipient.json, &writer) }
            writer.endObject()
        }
    }

    private func rows(of appointment: LocalReference) async throws -> [Row] {
        var parameters = SQLParameters()
        parameters.append(text: appointment.id)
        let result = try await transaction.session.query(Self.select, parameters)
        return (0..<result.rowCount).map { row in
            Row(
                id: result.string(row, 0) ?? "",
                key: Key(
                    recipient: result.string(row, 1) ?? "", channel: result.string(row, 2) ?? "",
                    minutesAhead: Int(result.int64(row, 3) ?? 0)),
                starts: Instant(microsecondsSince1970: result.int64(row, 4) ?? 0),
                due: Instant(microsecondsSince1970: result.int64(row, 5) ?? 0), state: result.string(row, 6) ?? "")
        }
    }

    private static let own = SQLStatement(
        """
        SELECT array_to_string(minutes_ahead, ','), array_to_string(channels, ',')
        FROM appointment_reminder_plan WHERE appointment = $1::text
        """)
    /// To whom, the request says: merges of patients change it.
    private static let select = SQLStatement(
        """
        SELECT m.id, coalesce(c.content #>> '{recipient,0,reference}', m.recipient), m.channel,
          m.minutes_ahead::bigint, (extract(epoch FROM m.starts) * 1000000)::bigint,
          (extract(epoch FROM m.due) * 1000000)::bigint, m.state
        FROM appointment_reminder m LEFT JOIN communicationrequest c ON c.id = m.id
        WHERE m.appointment = $1::text AND m.event IS NULL ORDER BY m.id FOR UPDATE OF m
        """)
    private static let reminded = SQLStatement(
        """
        SELECT DISTINCT appointment FROM appointment_reminder
        WHERE appointment = ANY ($1::text[]) AND event IS NULL AND state <> 'dropped'
        """)
    private static let insert = SQLStatement(
        """
        INSERT INTO appointment_reminder (id, appointment, recipient, channel, minutes_ahead, starts, due)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::int, $6::timestamptz, $7::timestamptz)
        """)
    private static let update = SQLStatement(
        "UPDATE appointment_reminder SET starts = $2::timestamptz, due = $3::timestamptz WHERE id = $1::text")
    private static let drop = SQLStatement("UPDATE appointment_reminder SET state = 'dropped' WHERE id = $1::text")
}
