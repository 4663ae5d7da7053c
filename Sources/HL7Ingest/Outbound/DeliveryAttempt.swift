import FHIRStore
import HL7Syntax
import PostgreSQL

/// One try to deliver a message: taken from the queue, sent by somebody, and written down.
struct DeliveryAttempt: Sendable {
    let id: Int64
    let body: [UInt8]
    /// What it tells of: `Observation/1`.
    let resource: String
    let controlID: String
    let tries: Int
    let refusals: Int
    /// Seconds since the message was made.
    let age: Int64

    /// What the receiver said, or that it said nothing.
    enum Outcome {
        case answered([UInt8])
        case silent(String)
    }

    /// Takes the oldest message of the destination that is due and that nobody else sends now, of which no earlier
    /// one of the same key waits. Nil if there is none.
    static func next(_ destination: DestinationSettings, in store: FHIRStore) async throws -> DeliveryAttempt? {
        var parameters = SQLParameters()
        parameters.append(text: destination.name)
        // Twice the time for the answer: whoever took it is gone by then.
        parameters.append(int64: Int64(2 * (destination.answerTimeoutSeconds ?? 30) + 30))
        let rows = try await store.database.write(WriteJob([(take, parameters)]))[0]
        guard rows.rowCount > 0 else { return nil }
        return DeliveryAttempt(
            id: rows.int64(0, 0) ?? 0, body: rows.bytea(0, 1) ?? [], resource: rows.string(0, 5) ?? "",
            controlID: rows.string(0, 6) ?? "", tries: Int(rows.int64(0, 2) ?? 1),
            refusals: Int(rows.int64(0, 3) ?? 0), age: rows.int64(0, 4) ?? 0)
    }

    /// Writes down what came of it; true if the message is through.
    func finish(_ outcome: Outcome, _ destination: DestinationSettings, in store: FHIRStore) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(int64: id)
        let isExpired = age > Int64(destination.days ?? 7) * 86_400
        let state: DeliveryQueue.State
        var code: String?
        var reason: String?
        var answer: [UInt8]?
        var isRefused = false
        switch outcome {
        case .silent(let words):
            reason = words
            state = isExpired ? .dead : .waiting
        case .answered(let bytes):
            answer = bytes
            let message = try? RawMessage(parsing: bytes)
            code = message?["MSA", field: 1].value
            let refusal = Self.refusal(code, destination)
            isRefused = refusal != nil
            if isRefused { reason = Self.reason(message) }
            let isLast = refusal == .dead || refusals + 1 >= destination.refusals ?? 5 || isExpired
            state = refusal == nil ? .sent : isLast ? .dead : .waiting
        }
        parameters.append(text: state.rawValue)
        parameters.append(text: code)
        parameters.append(text: reason)
        if let answer { parameters.append(bytes: answer) } else { parameters.appendNull() }
        parameters.append(int64: isRefused ? 1 : 0)
        parameters.append(int64: Self.delay(afterTry: tries, destination))
        _ = try await store.database.write(WriteJob([(Self.note, parameters)]))
        return state == .sent
    }

    /// What becomes of a message that was answered so; nil if it was taken. HL7 table 0008.
    private static func refusal(_ code: String?, _ destination: DestinationSettings) -> DestinationSettings.Refusal? {
        switch code {
        case "AA", "CA": nil
        case "AE", "CE": destination.onError
        case "AR", "CR": destination.onReject
        // An answer that says neither yes nor no may mean that the message was not taken.
        default: .retry
        }
    }

    /// Codes of ERR, which say nothing of a patient. Words of others could.
    private static func reason(_ message: RawMessage?) -> String {
        guard let message else { return "the answer cannot be read" }
        let code = message["ERR", field: 3][component: 1].value ?? ""
        return code.isEmpty ? "refused" : "refused: \(code.prefix(20))"
    }

    /// Seconds until the next try: each takes twice as long as the one before, and a fifth more or less, so that
    /// many do not come back at once.
    static func delay(afterTry tries: Int, _ destination: DestinationSettings) -> Int64 {
        let first = destination.firstRetrySeconds ?? 1
        let greatest = destination.greatestRetrySeconds ?? 300
        let seconds = min(greatest, first << min(max(tries - 1, 0), 16))
        return Int64(Double(seconds * 1000) * Double.random(in: 0.8...1.2))
    }

    private static let take = SQLStatement(
        """
        UPDATE hl7_delivery SET lease = now() + make_interval(secs => $2::bigint), tries = tries + 1
        WHERE id = (
          SELECT id FROM hl7_delivery d
          WHERE destination = $1::text AND state = 'waiting' AND due <= now() AND (lease IS NULL OR lease < now())
            AND NOT EXISTS (
              SELECT FROM hl7_delivery e
              WHERE e.destination = d.destination AND e.key = d.key AND e.state = 'waiting' AND e.id < d.id)
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, body, tries::bigint, refusals::bigint, extract(epoch FROM now() - created)::bigint,
          resource, control_id
        """)
    private static let note = SQLStatement(
        """
        UPDATE hl7_delivery SET state = $2::text, code = $3::text, reason = $4::text,
          answer = coalesce($5::bytea, answer), refusals = refusals + $6::bigint::int,
          due = now() + $7::bigint * interval '1 millisecond', lease = NULL, changed = now()
        WHERE id = $1::bigint AND state = 'waiting'
        """)
}
