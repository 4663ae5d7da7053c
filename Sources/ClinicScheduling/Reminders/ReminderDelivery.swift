package import Clinic
import FHIRFormats
package import FHIRStore
import JSONTape
import PostgreSQL

/// How a reminder leaves the house.
package protocol ReminderCarrier: Sendable {
    /// Hands a text over, once. Throws where the other side did not take it.
    ///
    /// - Parameter key: the same whenever this reminder is sent again, by which the other side tells it from a new one.
    func send(_ text: String, to address: String, key: String) async throws
}

/// Sends the reminders that are due. Any number of servers may do so at once: each leases what it sends, looks at the
/// appointment again, sends, and then records that it did. If it ends in between, the lease runs out and the next one
/// sends it again under the same key.
package struct ReminderDelivery: ClinicJob {
    package let name = "reminder-delivery"
    package let interval = Duration.seconds(10)
    private let carriers: [String: any ReminderCarrier]
    private static let mostAttempts = 5
    private static let leaseMinutes = 2

    /// - Parameter carriers: by channel, `email` or `sms`; reminders of other channels wait.
    package init(carriers: [String: any ReminderCarrier]) { self.carriers = carriers }

    private struct Leased: Sendable {
        var id, appointment, recipient, channel: String
        var starts: Instant
        var attempts: Int
        var address = ""
        var text = ""
    }

    package func run(_ store: FHIRStore) async throws -> Int {
        let leased = try await store.transaction { try await lease($0) }
        for reminder in leased.sendable {
            guard let carrier = carriers[reminder.channel] else { continue }
            var isSent = true
            do {
                try await carrier.send(reminder.text, to: reminder.address, key: "reminder-\(reminder.id)")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                isSent = false
            }
            let outcome = isSent
            try await store.transaction { try await record(reminder, isSent: outcome, $0) }
        }
        return leased.count
    }

    /// Takes what is due, and gives up what is no longer to be said.
    private func lease(_ transaction: StoreTransaction) async throws -> (sendable: [Leased], count: Int) {
        let store = transaction.store
        let now = store.clock()
        var parameters = SQLParameters()
        parameters.append(timestamp: now.microsecondsSince1970)
        parameters.append(timestamp: now.adding(minutes: Self.leaseMinutes).microsecondsSince1970)
        parameters.append(textArray: carriers.keys.sorted())
        let result = try await transaction.session.query(Self.take, parameters)
        var sendable: [Leased] = []
        for row in 0..<result.rowCount {
            var reminder = Leased(
                id: result.string(row, 0) ?? "", appointment: result.string(row, 1) ?? "",
                recipient: result.string(row, 2) ?? "", channel: result.string(row, 3) ?? "",
                starts: Instant(microsecondsSince1970: result.int64(row, 4) ?? 0),
                attempts: Int(result.int64(row, 5) ?? 0))
            if try await complete(&reminder, now, transaction) {
                sendable.append(reminder)
            } else {
                try await drop(reminder, transaction)
            }
        }
        return (sendable, result.rowCount)
    }

    /// Looks at everything again: the appointment is still booked for that time, the request stands, and the patient
    /// may be reminded.
    private func complete(
        _ reminder: inout Leased, _ now: Instant, _ transaction: StoreTransaction
    ) async throws -> Bool {
        guard let appointment = try await read(LocalReference("Appointment", reminder.appointment), transaction),
            appointment.status == "booked",
            appointment.node["start"]?.string.flatMap({ BookingTime($0) })?.instant == reminder.starts,
            reminder.starts > now,
            let request = try await read(LocalReference("CommunicationRequest", reminder.id), transaction),
            request.status == "active", let recipient = LocalReference(reminder.recipient),
            let patient = try await read(recipient, transaction), ReminderRecipient.mayBeReminded(patient.node),
            let address = ReminderRecipient.address(of: patient.node, reminder.channel)
        else { return false }
        reminder.address = address
        reminder.text = request.node["payload"]?.items.first?["contentString"]?.string ?? ""
        return true
    }

    private func read(_ reference: LocalReference, _ transaction: StoreTransaction) async throws -> StoredResource? {
        let type = try transaction.store.resourceType(reference.typeName)
        return try await transaction.read(type, id: reference.id).flatMap {
            try StoredResource($0, in: transaction.store)
        }
    }

    private func drop(_ reminder: Leased, _ transaction: StoreTransaction) async throws {
        try await set(reminder, "dropped", transaction)
        var batch = WriteBatch(transaction)
        try await batch.edit(LocalReference("CommunicationRequest", reminder.id)) { edit in
            edit.set("status", "revoked")
        }
        try await batch.apply()
    }

    private func record(_ reminder: Leased, isSent: Bool, _ transaction: StoreTransaction) async throws {
        guard isSent || reminder.attempts >= Self.mostAttempts else {
            var parameters = SQLParameters()
            parameters.append(text: reminder.id)
            let next = transaction.store.clock().adding(minutes: 1 << reminder.attempts)
            parameters.append(timestamp: next.microsecondsSince1970)
            _ = try await transaction.session.query(Self.again, parameters)
            return
        }
        try await set(reminder, isSent ? "sent" : "failed", transaction)
        var batch = WriteBatch(transaction)
        let request = LocalReference("CommunicationRequest", reminder.id)
        if isSent { try await batch.edit(request) { $0.set("status", "completed") } }
        let json = communication(reminder, request, isSent: isSent, now: transaction.store.clock())
        batch.write(LocalReference("Communication", transaction.store.makeID()), json: json, isNew: true)
        try await batch.apply()
        var parameters = SQLParameters()
        parameters.append(text: isSent ? "reminder.sent" : "reminder.failed")
        parameters.append(text: "Appointment/" + reminder.appointment)
        _ = try await transaction.session.query(Self.event, parameters)
    }

    private func communication(
        _ reminder: Leased, _ request: LocalReference, isSent: Bool, now: Instant
    ) -> [UInt8] {
        let recipient = LocalReference(reminder.recipient)?.json ?? Array("{}".utf8)
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Communication")
            writer.key("basedOn")
            writer.beginArray()
            writer.raw(request.json)
            writer.endArray()
            writer.member("status", isSent ? "completed" : "not-done")
            writer.key("subject")
            writer.raw(recipient)
            writer.key("about")
            writer.beginArray()
            writer.raw(LocalReference("Appointment", reminder.appointment).json)
            writer.endArray()
            writer.member("sent", now.text)
            writer.key("recipient")
            writer.beginArray()
            writer.raw(recipient)
            writer.endArray()
            writer.key("payload")
            writer.beginArray()
            writer.raw(ReminderPlan.payload(reminder.text))
            writer.endArray()
            writer.endObject()
        }
    }

    private func set(_ reminder: Leased, _ state: String, _ transaction: StoreTransaction) async throws {
        var parameters = SQLParameters()
        parameters.append(text: reminder.id)
        parameters.append(text: state)
        _ = try await transaction.session.query(Self.change, parameters)
    }

    private static let take = SQLStatement(
        """
        UPDATE appointment_reminder r
        SET state = 'sending', attempts = attempts + 1, leased_until = $2::timestamptz
        WHERE r.id IN (
          SELECT id FROM appointment_reminder
          WHERE due <= $1::timestamptz AND channel = ANY ($3::text[])
            AND (state = 'planned' OR state = 'sending' AND leased_until < $1::timestamptz)
          ORDER BY due, id FOR UPDATE SKIP LOCKED LIMIT 20)
        RETURNING r.id, r.appointment, r.recipient, r.channel, (extract(epoch FROM r.starts) * 1000000)::bigint,
          r.attempts::bigint
        """)
    private static let change = SQLStatement(
        "UPDATE appointment_reminder SET state = $2::text, leased_until = NULL WHERE id = $1::text")
    private static let again = SQLStatement(
        """
        UPDATE appointment_reminder SET state = 'planned', due = $2::timestamptz, leased_until = NULL
        WHERE id = $1::text AND state = 'sending'
        """)
    private static let event = SQLStatement("INSERT INTO clinic_event (name, focus) VALUES ($1::text, $2::text)")
}
