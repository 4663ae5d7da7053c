package import FHIRFormats
import FHIRStore
import HL7Syntax
import JSONTape
import PostgreSQL

/// A message of the log.
package struct StoredMessage: Sendable {
    package let id: Int64
    package let received: Instant
    package let listener: String
    package let source: String
    package let application: String
    package let facility: String
    package let controlID: String
    package let type: String
    package let state: MessageState
    /// MSA-1 as answered; empty if there was no answer.
    package let code: String
    package let reason: String?
    /// `Type/id` of what it wrote.
    package let resources: [String]
    package let superseded: [String]
    /// How often the same bytes came again.
    package let repeats: Int
    package let repeated: Instant?
    package let attempts: Int
    /// When it is tried again.
    package let due: Instant?
    package let changed: Instant?
    package let note: String?
    /// Nil once the retention time of its source is over.
    package let byteCount: Int?
    /// Nil unless asked for.
    package var body: [UInt8]?
    package var acknowledgement: [UInt8]?
    let revision: Int

    /// System of the numbers of messages, in the entities of Provenance.
    package static let system = MessageProvenance.messageSystem

    /// `Type/id` of the Provenance that names this message and what it wrote.
    package var provenance: String { "Provenance/\(MessageProvenance.id(id))" }

    /// The body as text, in whatever character set it came.
    package var text: String? {
        guard let body else { return nil }
        guard let message = try? RawMessage(parsing: body) else { return String(decoding: body, as: UTF8.self) }
        return String(decoding: message.text, as: UTF8.self)
    }

    static let columns = """
        id, (extract(epoch FROM received) * 1000000)::bigint, coalesce(listener, source), source, application, facility,
        control_id, type, state, code, reason, to_json(resources), to_json(superseded), repeats,
        (extract(epoch FROM repeated) * 1000000)::bigint, attempts, (extract(epoch FROM due) * 1000000)::bigint,
        (extract(epoch FROM changed) * 1000000)::bigint, note, octet_length(body), revision
        """
    private static let columnCount = 21

    /// From a row of `columns`, with body and acknowledgement behind them where `hasBody`.
    init(_ rows: QueryResult, _ row: Int, hasBody: Bool) {
        func time(_ column: Int) -> Instant? {
            rows.int64(row, column).map { Instant(microsecondsSince1970: $0) }
        }
        func texts(_ column: Int) -> [String] {
            guard let bytes = rows.bytes(row, column), let document = try? Document.parse(bytes) else { return [] }
            return JSONNode(document).elements.compactMap(\.string)
        }
        id = rows.int64(row, 0) ?? 0
        received = time(1) ?? Instant(microsecondsSince1970: 0)
        listener = rows.string(row, 2) ?? ""
        source = rows.string(row, 3) ?? ""
        application = rows.string(row, 4) ?? ""
        facility = rows.string(row, 5) ?? ""
        controlID = rows.string(row, 6) ?? ""
        type = rows.string(row, 7) ?? ""
        state = rows.string(row, 8).flatMap { MessageState(rawValue: $0) } ?? .failed
        code = rows.string(row, 9) ?? ""
        reason = rows.string(row, 10)
        resources = texts(11)
        superseded = texts(12)
        repeats = Int(rows.int64(row, 13) ?? 0)
        repeated = time(14)
        attempts = Int(rows.int64(row, 15) ?? 0)
        due = time(16)
        changed = time(17)
        note = rows.string(row, 18)
        byteCount = rows.int64(row, 19).map { Int($0) }
        revision = Int(rows.int64(row, 20) ?? 0)
        if hasBody {
            body = rows.bytea(row, Self.columnCount)
            acknowledgement = rows.bytea(row, Self.columnCount + 1)
        }
    }
}
