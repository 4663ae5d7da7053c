import Clinic
import FHIRFormats
import FHIRStore
import PostgreSQL

/// A reminder or a notice that is due, leased to whoever took it.
struct DueMessage: Sendable {
    /// Id of its CommunicationRequest, or of its Communication.
    var id: String
    var appointment: LocalReference
    var recipient: String
    var channel: String
    /// When the appointment begins that it reminds of, or when that happened which it tells of.
    var time: Instant
    /// How often it was tried, with this time.
    var attempts: Int
    var isReminder: Bool
    var address = ""
    var text = ""

    /// The resource that says what is to be sent.
    var source: LocalReference { LocalReference(isReminder ? "CommunicationRequest" : "Communication", id) }

    /// Behind this it is of no use.
    var end: Instant { isReminder ? time : time.adding(minutes: NoticePlan.longestMinutes) }
}

/// What became of the sending of a message.
enum MessageOutcome: Sendable {
    case sent
    /// To be tried again then.
    case again(at: Instant)
    /// Nothing will come of it; the reason tells nothing of the message.
    case failed(String)
    /// Nobody is to be told any more.
    case dropped(String)

    /// The state that the message is in then; nil if it waits again.
    fileprivate var state: String {
        switch self {
        case .sent: "sent"
        case .again: "planned"
        case .failed: "failed"
        case .dropped: "dropped"
        }
    }
}

/// The messages that wait. Any number of servers may take from it at once: each leases what it sends, by the
/// database's clock.
struct MessageQueue {
    let transaction: StoreTransaction

    /// Takes some that are due. Of the notices of one appointment to one person the oldest goes first.
    func lease(_ channels: [String]) async throws -> [DueMessage] {
        var parameters = SQLParameters()
        parameters.append(timestamp: transaction.store.clock().microsecondsSince1970)
        parameters.append(textArray: channels)
        let result = try await transaction.session.query(Self.take, parameters)
        return (0..<result.rowCount).map { row in
            DueMessage(
                id: result.string(row, 0) ?? "",
                appointment: LocalReference("Appointment", result.string(row, 1) ?? ""),
                recipient: result.string(row, 2) ?? "", channel: result.string(row, 3) ?? "",
                time: Instant(microsecondsSince1970: result.int64(row, 4) ?? 0),
                attempts: Int(result.int64(row, 5) ?? 0), isReminder: result.bool(row, 6) ?? false)
        }
    }

    /// Puts down what became of messages; those that still were this server's to decide, or were sent.
    func settle(_ outcomes: [(message: DueMessage, outcome: MessageOutcome)]) async throws -> Set<String> {
        var parameters = SQLParameters()
        parameters.append(textArray: outcomes.map(\.message.id))
        parameters.append(textArray: outcomes.map(\.outcome.state))
        parameters.append(
            timestampArray: outcomes.map { item in
                if case .again(let time) = item.outcome { time.microsecondsSince1970 } else { nil }
            })
        parameters.append(int32Array: outcomes.map { Int32($0.message.attempts) })
        let result = try await transaction.session.query(Self.change, parameters)
        return Set((0..<result.rowCount).compactMap { result.string($0, 0) })
    }

    private static let take = SQLStatement(
        """
        UPDATE appointment_reminder m
        SET state = 'sending', attempts = attempts + 1, leased_until = clock_timestamp() + interval '2 minutes'
        WHERE m.id IN (
          SELECT c.id FROM appointment_reminder c
          WHERE c.due <= $1::timestamptz AND c.channel = ANY ($2::text[])
            AND (c.state = 'planned' OR c.state = 'sending' AND c.leased_until < clock_timestamp())
            AND (c.event IS NULL OR NOT EXISTS (
              SELECT FROM appointment_reminder e
              WHERE e.appointment = c.appointment AND e.event < c.event AND e.recipient = c.recipient
                AND e.channel = c.channel AND e.state IN ('planned', 'sending')))
          ORDER BY c.due, c.id FOR UPDATE OF c SKIP LOCKED LIMIT 16)
        RETURNING m.id, m.appointment, m.recipient, m.channel, (extract(epoch FROM m.starts) * 1000000)::bigint,
          m.attempts::bigint, m.event IS NULL
        """)
    /// What was sent is sent, even where somebody else has taken it meanwhile.
    private static let change = SQLStatement(
        """
        UPDATE appointment_reminder m
        SET state = n.state, due = coalesce(n.due, m.due), leased_until = NULL
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[]) n (id, state, due, attempts)
        WHERE m.id = n.id AND m.state = 'sending' AND (n.state = 'sent' OR m.attempts = n.attempts)
        RETURNING m.id
        """)
}
