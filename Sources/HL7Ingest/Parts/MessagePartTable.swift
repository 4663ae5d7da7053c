import FHIRFormats
import FHIRStore
import HL7Syntax
import PostgreSQL

/// The parts of messages that came as messages of their own (`hl7_part`). HL7 v2.5.1 §2.10.2.
///
/// A part names the one before it (MSH-14) and the one behind it (DSC-1). Once the first, the last and all between are
/// there, in whatever order they came, they are joined: one of them stands for the whole message then.
struct MessagePartTable: Sendable {
    let store: FHIRStore

    /// How long a part waits for the rest.
    static let patienceSeconds = 3_600

    /// Most parts that are looked through for the rest of a message.
    private static let openLimit: Int64 = 1_000

    /// The statement that keeps a part; a repeated one is kept once.
    func statement(
        _ message: ReceivedMessage, _ pointers: (previous: String, next: String), number: Int64
    ) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        parameters.append(text: message.source)
        parameters.append(text: message.application)
        parameters.append(text: message.facility)
        parameters.append(text: pointers.previous.storable)
        parameters.append(text: pointers.next.storable)
        return (Self.insert, parameters)
    }

    /// Numbers of the parts that make a whole message with this one, in order; nil as long as one is missing.
    func chain(of number: Int64, _ message: ReceivedMessage) async throws -> [Int64]? {
        var parameters = SQLParameters()
        parameters.append(text: message.source)
        parameters.append(text: message.application)
        parameters.append(text: message.facility)
        parameters.append(int64: number)
        parameters.append(int64: Self.openLimit)
        let rows = try await read(Self.open, parameters)
        let parts = (0..<rows.rowCount).map { row in
            Part(
                number: rows.int64(row, 0) ?? 0, previous: rows.string(row, 1) ?? "", next: rows.string(row, 2) ?? "")
        }
        return Part.chain(of: number, in: parts)
    }

    private struct Part {
        let number: Int64
        let previous: String
        let next: String

        /// - Parameter parts: newest first: where a sender uses its pointers again, what it sent last is meant.
        static func chain(of number: Int64, in parts: [Part]) -> [Int64]? {
            guard var first = parts.first(where: { $0.number == number }) else { return nil }
            var last = first
            var chain = [number]
            while !first.previous.isEmpty {
                let pointer = first.previous
                guard let part = parts.first(where: { $0.next == pointer && !chain.contains($0.number) }) else {
                    return nil
                }
                chain.insert(part.number, at: 0)
                first = part
            }
            while !last.next.isEmpty {
                let pointer = last.next
                guard let part = parts.first(where: { $0.previous == pointer && !chain.contains($0.number) }) else {
                    return nil
                }
                chain.append(part.number)
                last = part
            }
            return chain
        }
    }

    /// Joins the parts: `number` stands for the whole message, and is due should nobody apply it right away.
    /// - Throws: `.stale` if one of them was joined elsewhere.
    func join(_ chain: [Int64], in number: Int64) async throws {
        let now = store.clock().microsecondsSince1970
        var parameters = SQLParameters()
        parameters.append(int64: number)
        parameters.append(int64Array: chain)
        parameters.append(int64: Int64(chain.count))
        parameters.append(timestamp: now)
        parameters.append(timestamp: now + 60_000_000)
        var job = StoreJob()
        job.statements = [(Self.join, parameters)]
        _ = try await store.run(job)
    }

    /// The number of the message that a part went into; nil if it waits, or is no part.
    func whole(of number: Int64) async throws -> Int64? {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        let rows = try await read(Self.whole, parameters)
        return rows.rowCount > 0 ? rows.int64(0, 0) : nil
    }

    /// The whole message that this number stands for.
    /// - Parameter charset: in which the source's settings have its messages read.
    /// - Throws: `HL7SyntaxError` where the parts make no message, or one that is too big.
    func assembled(_ number: Int64, charset: Charset?) async throws -> RawMessage {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        let rows = try await read(Self.bodies, parameters)
        var assembler = FragmentAssembler()
        for row in 0..<rows.rowCount {
            guard let body = rows.bytea(row, 0) else {
                throw HL7SyntaxError(.empty, message: "the text of a part was removed when its time was over")
            }
            let outcome = try assembler.take(RawMessage(parsing: body, override: charset))
            if case .assembled(let message, _) = outcome { return message }
        }
        throw HL7SyntaxError(.empty, message: "the parts make no message")
    }

    private func read(_ statement: SQLStatement, _ parameters: SQLParameters) async throws -> QueryResult {
        do {
            return try await store.database.query(statement, parameters)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO hl7_part (message, source, application, facility, previous, next)
        VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text)
        ON CONFLICT (message) DO NOTHING
        """)
    /// What a person gave up is none of them.
    private static let open = SQLStatement(
        """
        SELECT p.message, p.previous, p.next FROM hl7_part p JOIN hl7_message m ON m.id = p.message
        WHERE p.source = $1::text AND p.application = $2::text AND p.facility = $3::text AND p.whole IS NULL
          AND (m.state IN ('part', 'quarantined', 'retry', 'failed') OR p.message = $4::bigint)
        ORDER BY p.message DESC LIMIT $5::bigint
        """)
    private static let join = SQLStatement(
        """
        WITH c AS (SELECT * FROM unnest($2::bigint[]) WITH ORDINALITY c (message, place)),
        p AS (
          UPDATE hl7_part p SET whole = $1::bigint, place = c.place FROM c
          WHERE p.message = c.message AND p.whole IS NULL RETURNING 1),
        m AS (
          UPDATE hl7_message m SET
            state = CASE WHEN id = $1::bigint THEN 'received' ELSE 'part' END,
            reason = CASE WHEN id = $1::bigint THEN NULL ELSE 'joined into message ' || $1::bigint END,
            due = CASE WHEN id = $1::bigint THEN $5::timestamptz END,
            changed = $4::timestamptz, revision = revision + 1
          FROM c WHERE m.id = c.message AND m.state <> 'discarded' RETURNING 1)
        SELECT martlet_require(
          (SELECT count(*) FROM p) = $3::bigint AND (SELECT count(*) FROM m) = $3::bigint, 'a part has changed')
        """)
    private static let whole = SQLStatement("SELECT whole FROM hl7_part WHERE message = $1::bigint")
    private static let bodies = SQLStatement(
        """
        SELECT m.body FROM hl7_part p JOIN hl7_message m ON m.id = p.message
        WHERE p.whole = $1::bigint ORDER BY p.place
        """)
}
