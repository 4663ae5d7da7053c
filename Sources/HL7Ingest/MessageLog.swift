import FHIRFormats
package import FHIRStore
import PostgreSQL

/// The log of received messages: every byte, what became of it, and its acknowledgement.
package struct MessageLog: Sendable {
    private let store: FHIRStore

    package init(store: FHIRStore) {
        self.store = store
    }

    /// What became of a message.
    package enum State: String, Sendable {
        case applied, quarantined, rejected, failed
    }

    /// One line of the log, to be written.
    package struct Entry: Sendable {
        var message: ReceivedMessage
        var state: State
        /// MSA-1 as answered; empty if there was no answer.
        var code: String
        /// Why it is not applied, or what was noticed; quotes no content.
        var reason: String?
        /// `Type/id` of what was written.
        var resources: [String] = []
        /// `Type/id` of results left alone because a newer delivery is stored.
        var superseded: [String] = []
        var acknowledgement: [UInt8]
    }

    /// An earlier delivery under the same control id.
    package struct Earlier: Sendable {
        let id: Int64
        let isSameBody: Bool
        let acknowledgement: [UInt8]
    }

    /// The statement that logs a message; refused by the unique index if the same delivery is logged already.
    func statement(_ entry: Entry) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(timestamp: entry.message.received.microsecondsSince1970)
        appendKey(entry.message, to: &parameters)
        parameters.append(bytes: entry.message.hash)
        parameters.append(text: entry.message.type)
        parameters.append(text: entry.state.rawValue)
        parameters.append(text: entry.code)
        parameters.append(text: entry.reason)
        parameters.append(textArray: entry.resources)
        parameters.append(textArray: entry.superseded)
        parameters.append(bytes: entry.message.bytes)
        parameters.append(bytes: entry.acknowledgement)
        return (Self.insert, parameters)
    }

    /// Logs a message on its own; `.stale` if the same delivery is logged already.
    func write(_ entry: Entry) async throws {
        var job = StoreJob()
        job.statements = [statement(entry)]
        _ = try await store.run(job)
    }

    /// The earlier delivery that this one repeats, if its body is the same, else one that used its control id.
    func earlier(_ message: ReceivedMessage) async throws -> Earlier? {
        var parameters = SQLParameters()
        appendKey(message, to: &parameters)
        parameters.append(bytes: message.hash)
        let rows = try await store.database.read(Self.find, parameters)
        guard rows.rowCount > 0 else { return nil }
        return Earlier(
            id: rows.int64(0, 0) ?? 0, isSameBody: rows.bool(0, 1) ?? false,
            acknowledgement: rows.bytea(0, 2) ?? [])
    }

    /// Counts a repeated delivery.
    func countRepeat(of earlier: Earlier) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: earlier.id)
        var job = StoreJob()
        job.statements = [(Self.count, parameters)]
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
        INSERT INTO hl7_message (received, source, application, facility, control_id, body_hash, type, state, code,
          reason, resources, superseded, body, acknowledgement)
        VALUES ($1::timestamptz, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::text, $8::text, $9::text,
          $10::text, $11::text[], $12::text[], $13::bytea, $14::bytea)
        """)
    private static let find = SQLStatement(
        """
        SELECT id, body_hash = $5::bytea AS same, acknowledgement FROM hl7_message
        WHERE source = $1::text AND application = $2::text AND facility = $3::text AND control_id = $4::text
        ORDER BY same DESC, id DESC LIMIT 1
        """)
    private static let count = SQLStatement("UPDATE hl7_message SET repeats = repeats + 1 WHERE id = $1::bigint")
}
