import FHIRStore
import HL7Mapping
import PostgreSQL

/// The stamps of stored results, which decide whether a delivery is newer (see `ResultDecision`).
struct ResultGuards: Sendable {
    let store: FHIRStore

    /// A result about to be written, with the stamp that the decision was based on.
    struct Change: Sendable {
        var id: String
        var old: ResultStamp?
        var new: ResultStamp
    }

    /// Stamps by `Type/id` of those resources that a message has written, and whether links may wait for reports with
    /// these numbers; one round trip.
    func stamps(
        of ids: [String], waitingFor numbers: [String]
    ) async throws -> (stamps: [String: ResultStamp], isAwaited: Bool) {
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        parameters.append(textArray: numbers)
        let rows = try await store.database.read(Self.findWithLinks, parameters)
        var stamps: [String: ResultStamp] = [:]
        var isAwaited = false
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let seconds = rows.int64(row, 1), let rank = rows.int64(row, 2) else {
                continue
            }
            if rank < 0 { isAwaited = true } else { stamps[id] = ResultStamp(seconds: Int(seconds), rank: Int(rank)) }
        }
        return (stamps, isAwaited)
    }

    /// Stamps by `Type/id` of those resources that a message has written.
    /// - Parameter session: of an open transaction; nil reads outside of any.
    func stamps(of ids: [String], in session: Session? = nil) async throws -> [String: ResultStamp] {
        guard !ids.isEmpty else { return [:] }
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        let rows =
            if let session { try await session.query(Self.find, parameters) } else {
                try await store.database.read(Self.find, parameters)
            }
        var stamps: [String: ResultStamp] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let seconds = rows.int64(row, 1), let rank = rows.int64(row, 2) else {
                continue
            }
            stamps[id] = ResultStamp(seconds: Int(seconds), rank: Int(rank))
        }
        return stamps
    }

    /// The statement that stores the new stamps, and fails the job if one of the old ones has changed.
    func statement(_ changes: [Change]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(textArray: changes.map(\.id))
        parameters.append(int64Array: changes.map { Int64($0.new.seconds) })
        parameters.append(int32Array: changes.map { Int32($0.new.rank) })
        parameters.append(int64Array: changes.map { $0.old.map { Int64($0.seconds) } })
        parameters.append(int32Array: changes.map { $0.old.map { Int32($0.rank) } })
        parameters.append(int64: Int64(changes.count { $0.old != nil }))
        return (Self.store, parameters)
    }

    /// A row of rank -1 stands for a link that waits.
    private static let findWithLinks = SQLStatement(
        """
        SELECT id, stamp, rank FROM hl7_result WHERE id = ANY ($1::text[])
        UNION ALL SELECT '', 0, -1 FROM hl7_pending_link WHERE parent_filler = ANY ($2::text[])
        UNION ALL SELECT '', 0, -1 FROM hl7_pending_link WHERE parent_filler = '' AND parent_placer = ANY ($2::text[])
        """)
    private static let find = SQLStatement("SELECT id, stamp, rank FROM hl7_result WHERE id = ANY ($1::text[])")
    private static let store = SQLStatement(
        """
        WITH a AS (
          SELECT * FROM unnest($1::text[], $2::int8[], $3::int4[], $4::int8[], $5::int4[])
            a (id, stamp, rank, old_stamp, old_rank)),
        i AS (
          INSERT INTO hl7_result (id, stamp, rank) SELECT id, stamp, rank FROM a WHERE old_rank IS NULL),
        u AS (
          UPDATE hl7_result r SET stamp = a.stamp, rank = a.rank FROM a
          WHERE r.id = a.id AND a.old_rank IS NOT NULL AND r.stamp = a.old_stamp AND r.rank = a.old_rank
          RETURNING 1)
        SELECT martlet_require((SELECT count(*) FROM u) = $6::int8, 'a result has changed')
        """)
}
