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
        for row in rows where row.state == "planned" {
            guard let plan = wanted[row.key], let start else {
                try await revoke(row, &batch)
                continue
            }
            standing.append(LocalReference("CommunicationRequest", row.id))
            if row.starts != start || row.due != plan.due { try await move(row, to: plan, start, &batch) }
        }
        let planned = Set(rows.filter { $0.state == "planned" }.map(\.key))
        let told = Set(rows.filter { $0.state != "planned" && $0.state != "dropped" && $0.starts == start }.map(\.key))
        for (key, plan) in wanted.sorted(by: { ($0.value.due, $0.key.channel) < ($1.value.due, $1.key.channel) })
        where !planned.contains(key) && !told.contains(key) {
            guard let start else { continue }
            standing.append(try await add(key, plan, appointment, start, &batch))
        }
        try await batch.apply()
        return standing
    }

    // MARK: - What should be

    private func wanted(_ appointment: StoredResource, _ start: Instant) async throws -> [Key: Wanted] {
        let now = store.clock()
        guard appointment.status == "booked", start > now else { return [:] }
        let (offsets, channels) = try await plan(of: appointment.reference)
        let zone = try await AppointmentZone.of(appointment.node.source, rules, in: transaction)
        let local = try await LocalTimes.local(start, zone: zone, in: transaction)
        let text = rules.text(SchedulingRules.reminderText)
            .replacing("{date}", with: String(local.prefix(10)))
            .replacing("{time}", with: String(local.dropFirst(11).prefix(5)))
        var wanted: [Key: Wanted] = [:]
        for recipient in try await recipients(of: appointment) {
            for channel in channels where ReminderRecipient.address(of: recipient.node, channel) != nil {
                for minutes in offsets {
                    let due = try await QuietHours(rules.text(SchedulingRules.quietHours)).move(
                        start.adding(minutes: -minutes), before: start, zone: zone, in: transaction)
                    guard due > now else { continue }
                    let key = Key(recipient: recipient.reference.text, channel: channel, minutesAhead: minutes)
                    wanted[key] = Wanted(due: due, text: text)
                }
            }
        }
        return wanted
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

    private func recipients(of appointment: StoredResource) async throws -> [StoredResource] {
        let references = (appointment.node["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) }
        let type = try store.resourceType("Patient")
        var found: [StoredResource] = []
        for reference in Set(references).sorted() where reference.typeName == "Patient" {
            guard let version = try await transaction.read(type, id: reference.id),
                let patient = try StoredResource(version, in: store), ReminderRecipient.mayBeReminded(patient.node)
            else { continue }
            found.append(patient)
        }
        return found
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
            edit.set("payload", items: [Self.payload(plan.text)])
        }
    }

    private func revoke(_ row: Row, _ batch: inout WriteBatch) async throws {
        var parameters = SQLParameters()
        parameters.append(text: row.id)
        _ = try await transaction.session.query(Self.drop, parameters)
        try await batch.edit(LocalReference("CommunicationRequest", row.id)) { $0.set("status", "revoked") }
    }

    private func request(_ key: Key, _ plan: Wanted, _ appointment: LocalReference) -> [UInt8] {
        let recipient = LocalReference(key.recipient)?.json ?? Array("{}".utf8)
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "CommunicationRequest")
            writer.member("status", "active")
            writer.key("category")
            writer.raw(
                Self.coded("http://terminology.hl7.org/CodeSystem/communication-category", "reminder", list: true))
            writer.key("medium")
            let code = key.channel == "email" ? "EMAILWRIT" : key.channel == "sms" ? "SMSWRIT" : key.channel
            writer.raw(Self.coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationMode", code, list: true))
            writer.key("subject")
            writer.raw(recipient)
            writer.key("about")
            writer.beginArray()
            writer.raw(appointment.json)
            writer.endArray()
            writer.key("payload")
            writer.beginArray()
            writer.raw(Self.payload(plan.text))
            writer.endArray()
            writer.member("occurrenceDateTime", plan.due.text)
            writer.member("authoredOn", store.clock().text)
            writer.key("recipient")
            writer.beginArray()
            writer.raw(recipient)
            writer.endArray()
            writer.endObject()
        }
    }

    static func payload(_ text: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("contentString", text)
            writer.endObject()
        }
    }

    private static func coded(_ system: String, _ code: String, list: Bool) -> [UInt8] {
        ResourceEdit.json { writer in
            if list { writer.beginArray() }
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", system)
            writer.member("code", code)
            writer.endObject()
            writer.endArray()
            writer.endObject()
            if list { writer.endArray() }
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
    private static let select = SQLStatement(
        """
        SELECT id, recipient, channel, minutes_ahead::bigint, (extract(epoch FROM starts) * 1000000)::bigint,
          (extract(epoch FROM due) * 1000000)::bigint, state
        FROM appointment_reminder WHERE appointment = $1::text ORDER BY id FOR UPDATE
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
