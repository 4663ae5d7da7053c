import FHIRFormats
package import FHIRStore
import PostgreSQL
import Synchronization

/// The log of received messages: every byte, what became of it, and its acknowledgement.
package struct MessageLog: Sendable {
    let store: FHIRStore
    private let numbers = MessageNumbers()

    package init(store: FHIRStore) {
        self.store = store
    }

    /// Where a message is logged.
    enum Slot: Sendable {
        /// A line of its own under a number that was taken for it.
        case new(Int64)
        /// The line that it has; refused with `.stale` if that has changed.
        case stored(Int64, revision: Int)

        var number: Int64 {
            switch self {
            case .new(let number), .stored(let number, _): number
            }
        }
    }

    /// One line of the log, to be written.
    struct Entry: Sendable {
        var message: ReceivedMessage
        var state: MessageState
        /// MSA-1 as answered; empty if there was no answer.
        var code: String
        /// Why it is not applied, or what was noticed; quotes no content.
        var reason: String?
        /// `Type/id` of what was written.
        var resources: [String] = []
        /// `Type/id` of results left alone because a newer delivery is stored.
        var superseded: [String] = []
        var acknowledgement: [UInt8]
        /// What it is looked for by; see `MessageKeys`.
        var keys: [String] = []
        /// How often it was tried.
        var attempts = 1
        /// When the next attempt is due.
        var due: Instant?
    }

    /// An earlier delivery under the same control id.
    struct Earlier: Sendable {
        let id: Int64
        let isSameBody: Bool
        let acknowledgement: [UInt8]
        let state: MessageState
        let revision: Int
        let attempts: Int
        /// MSA-1 of the answer.
        let code: String
    }

    /// A place for a new message.
    func newSlot() async throws -> Slot {
        if let number = numbers.next() { return .new(number) }
        let rows = try await store.database.read(Self.numbers, SQLParameters())
        return .new(numbers.put((0..<rows.rowCount).compactMap { rows.int64($0, 0) }))
    }

    /// The statement that logs a message; refused by the unique index if the same delivery is logged already.
    func statement(_ entry: Entry, in slot: Slot) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(int64: slot.number)
        parameters.append(text: entry.state.rawValue)
        parameters.append(text: entry.code)
        parameters.append(text: entry.reason)
        parameters.append(textArray: entry.resources)
        parameters.append(textArray: entry.superseded)
        parameters.append(bytes: entry.acknowledgement)
        parameters.append(textArray: entry.keys)
        parameters.append(int32: Int32(entry.attempts))
        parameters.append(timestamp: entry.due?.microsecondsSince1970)
        numbers.noteWrite()
        switch slot {
        case .new:
            parameters.append(timestamp: entry.message.received.microsecondsSince1970)
            appendKey(entry.message, to: &parameters)
            parameters.append(bytes: entry.message.hash)
            parameters.append(text: entry.message.type)
            parameters.append(bytes: entry.message.bytes)
            parameters.append(text: entry.message.listener)
            return (Self.insert, parameters)
        case .stored(_, let revision):
            parameters.append(timestamp: store.clock().microsecondsSince1970)
            parameters.append(int32: Int32(revision))
            return (Self.update, parameters)
        }
    }

    /// Logs a message on its own; `.stale` if the same delivery is logged already.
    func write(_ entry: Entry, in slot: Slot) async throws {
        try await run(statement(entry, in: slot))
    }

    /// The earlier delivery that this one repeats, if its body is the same, else one that used its control id.
    func earlier(_ message: ReceivedMessage) async throws -> Earlier? {
        var parameters = SQLParameters()
        appendKey(message, to: &parameters)
        parameters.append(bytes: message.hash)
        let rows = try await store.database.lookUp(Self.find, parameters)
        guard rows.rowCount > 0 else { return nil }
        return Earlier(
            id: rows.int64(0, 0) ?? 0, isSameBody: rows.bool(0, 1) ?? false, acknowledgement: rows.bytea(0, 2) ?? [],
            state: rows.string(0, 3).flatMap { MessageState(rawValue: $0) } ?? .failed,
            revision: Int(rows.int64(0, 4) ?? 0), attempts: Int(rows.int64(0, 5) ?? 0),
            code: rows.string(0, 6) ?? "")
    }

    /// The line as it is now, where an attempt found that it has changed.
    func refreshed(_ slot: Slot?) async throws -> Slot? {
        guard case .stored(let number, _) = slot else { return slot }
        var parameters = SQLParameters()
        parameters.append(int64: number)
        let rows = try await store.database.read(Self.revision, parameters)
        return .stored(number, revision: Int(rows.rowCount > 0 ? rows.int64(0, 0) ?? 0 : 0))
    }

    /// Takes a message out of the queue; `.stale` if it has changed.
    func discard(_ message: StoredMessage, reason: String) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: message.id)
        parameters.append(int32: Int32(message.revision))
        parameters.append(text: reason.storable)
        parameters.append(timestamp: store.clock().microsecondsSince1970)
        try await run((Self.discard, parameters))
    }

    /// Puts off the next attempt, where even the failure could not be written down.
    func postpone(_ message: StoredMessage, seconds: Int) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: message.id)
        parameters.append(
            timestamp: store.clock().microsecondsSince1970 + Int64(seconds) * 1_000_000)
        try await run((Self.postpone, parameters))
    }

    /// Sorts in what new messages are looked for by, which PostgreSQL gathers in a list: else the message that fills
    /// the list waits for all of it, and every look-up reads it.
    func flushKeys() async throws {
        guard numbers.takeIsWritten() else { return }
        _ = try await store.database.query(Self.cleanPendingList)
    }

    /// Counts a repeated delivery.
    func countRepeat(of earlier: Earlier) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: earlier.id)
        parameters.append(timestamp: store.clock().microsecondsSince1970)
        try await run((Self.count, parameters))
    }

    /// Adds something that was noticed about messages as a group.
    func flag(_ numbers: [Int64], _ reason: String) async throws {
        var parameters = SQLParameters()
        parameters.append(int64Array: numbers)
        parameters.append(text: reason)
        try await run((Self.note, parameters))
    }

    func run(_ statement: (SQLStatement, SQLParameters)) async throws {
        var job = StoreJob()
        job.statements = [statement]
        _ = try await store.run(job)
    }

    private func appendKey(_ message: ReceivedMessage, to parameters: inout SQLParameters) {
        parameters.append(text: message.source)
        parameters.append(text: message.application)
        parameters.append(text: message.facility)
        parameters.append(text: message.controlID)
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO hl7_message (id, state, code, reason, resources, superseded, acknowledgement, keys, attempts, due,
          received, source, application, facility, control_id, body_hash, type, body, listener)
        OVERRIDING SYSTEM VALUE
        VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text[], $6::text[], $7::bytea, $8::text[], $9::int,
          $10::timestamptz, $11::timestamptz, $12::text, $13::text, $14::text, $15::text, $16::bytea, $17::text,
          $18::bytea, $19::text)
        """)
    private static let update = SQLStatement(
        """
        WITH u AS (
          UPDATE hl7_message SET state = $2::text, code = $3::text, reason = $4::text,
            resources = ARRAY(SELECT DISTINCT unnest(resources || $5::text[])), superseded = $6::text[],
            acknowledgement = $7::bytea, keys = $8::text[], attempts = $9::int, due = $10::timestamptz,
            changed = $11::timestamptz, revision = revision + 1
          WHERE id = $1::bigint AND revision = $12::int RETURNING 1)
        SELECT martlet_require((SELECT count(*) FROM u) = 1, 'the message has changed')
        """)
    private static let find = SQLStatement(
        """
        SELECT id, body_hash = $5::bytea AS same, acknowledgement, state, revision, attempts, code FROM hl7_message
        WHERE source = $1::text AND application = $2::text AND facility = $3::text AND control_id = $4::text
        ORDER BY same DESC, id DESC LIMIT 1
        """)
    private static let count = SQLStatement(
        "UPDATE hl7_message SET repeats = repeats + 1, repeated = $2::timestamptz WHERE id = $1::bigint")
    private static let revision = SQLStatement("SELECT revision FROM hl7_message WHERE id = $1::bigint")
    private static let discard = SQLStatement(
        """
        WITH u AS (
          UPDATE hl7_message SET state = 'discarded', note = $3::text, due = NULL, changed = $4::timestamptz,
            revision = revision + 1
          WHERE id = $1::bigint AND revision = $2::int RETURNING 1)
        SELECT martlet_require((SELECT count(*) FROM u) = 1, 'the message has changed')
        """)
    private static let postpone = SQLStatement(
        "UPDATE hl7_message SET due = $2::timestamptz WHERE id = $1::bigint AND due IS NOT NULL")
    private static let note = SQLStatement(
        "UPDATE hl7_message SET reason = concat_ws('; ', reason, $2::text) WHERE id = ANY ($1::bigint[])")
    private static let cleanPendingList = SQLStatement(
        "SELECT gin_clean_pending_list('hl7_message_keys_idx'::regclass)")
    private static let numbers = SQLStatement(
        "SELECT nextval(pg_get_serial_sequence('hl7_message', 'id')) FROM generate_series(1, 64)")
}

/// Numbers of messages that were taken from the database and not yet used. Taken in advance because the Provenance,
/// written in the same round trip, names the message.
private final class MessageNumbers: Sendable {
    private let rest = Mutex<[Int64]>([])
    /// Whether one was written since the keys were last sorted in.
    private let isWritten = Atomic(false)

    func noteWrite() {
        if !isWritten.load(ordering: .relaxed) { isWritten.store(true, ordering: .relaxed) }
    }

    func takeIsWritten() -> Bool { isWritten.exchange(false, ordering: .relaxed) }

    func next() -> Int64? { rest.withLock { $0.popLast() } }

    /// Keeps all but the first, which it returns. What another one fetched at the same time goes unused: the order of
    /// numbers is that of arrival.
    func put(_ numbers: [Int64]) -> Int64 {
        rest.withLock { rest in
            rest = numbers.dropFirst().reversed()
            return numbers.first ?? 0
        }
    }
}
