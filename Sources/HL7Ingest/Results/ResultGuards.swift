import FHIRDefinitions
import FHIRSearch
import FHIRStore
import HL7Mapping
import PostgreSQL
import Synchronization

/// The stamps of stored results, which decide whether a delivery is newer (see `ResultDecision`).
struct ResultGuards: Sendable {
    let store: FHIRStore
    private let statements = LookUpStatements()

    init(store: FHIRStore) { self.store = store }

    /// A result about to be written, with the stamp that the decision was based on.
    struct Change: Sendable {
        var id: String
        var old: ResultStamp?
        var new: ResultStamp
    }

    /// What is stored of a message's resources.
    struct Known: Sendable {
        /// Stamps by `Type/id` of those resources that a message has written.
        var stamps: [String: ResultStamp] = [:]
        /// `Type/id` of those that are there, of resources without a stamp.
        var present: Set<String> = []
        /// `Type/id` of those that were deleted.
        var gone: Set<String> = []
        /// Links may wait for reports of the message.
        var isAwaited = false
    }

    /// What is stored of these, in one round trip.
    /// - Parameters:
    ///   - ids: of resources with a stamp.
    ///   - mentioned: resources without one.
    ///   - numbers: of the reports that links may wait for.
    func known(
        _ ids: [String], mentioned: [SearchIndexer.LocalReference], waitingFor numbers: [String]
    ) async throws -> Known {
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        parameters.append(textArray: numbers)
        let types = Set(mentioned.map(\.type)).sorted()
        for type in types { parameters.append(textArray: mentioned.filter { $0.type == type }.map(\.id)) }
        let rows = try await store.database.lookUp(statements.find(types, in: store), parameters)
        var known = Known()
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let seconds = rows.int64(row, 1), let rank = rows.int64(row, 2) else {
                continue
            }
            switch rank {
            case LookUpStatements.waits: known.isAwaited = true
            case LookUpStatements.isPresent: known.present.insert(id)
            case LookUpStatements.isGone: known.gone.insert(id)
            default: known.stamps[id] = ResultStamp(seconds: Int(seconds), rank: Int(rank))
            }
        }
        return known
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
        // Nothing is stored of most messages: if there is by now, the primary key refuses it.
        if changes.allSatisfy({ $0.old == nil }) { return (Self.add, parameters) }
        parameters.append(int64Array: changes.map { $0.old.map { Int64($0.seconds) } })
        parameters.append(int32Array: changes.map { $0.old.map { Int32($0.rank) } })
        parameters.append(int64: Int64(changes.count { $0.old != nil }))
        return (Self.store, parameters)
    }

    private static let find = SQLStatement("SELECT id, stamp, rank FROM hl7_result WHERE id = ANY ($1::text[])")
    private static let add = SQLStatement(
        "INSERT INTO hl7_result (id, stamp, rank) SELECT * FROM unnest($1::text[], $2::int8[], $3::int4[])")
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

/// The statements that look up what is stored of a message, one for each set of types that messages mention.
private final class LookUpStatements: Sendable {
    /// Ranks that stand for no stamp.
    static let waits: Int64 = -1
    static let isPresent: Int64 = -2
    static let isGone: Int64 = -3

    private let known: Mutex<[[TypeID]: SQLStatement]> = Mutex([:])

    /// `$1` ids with stamps, `$2` numbers of reports, then the ids of each type.
    func find(_ types: [TypeID], in store: FHIRStore) -> SQLStatement {
        known.withLock { known in
            if let statement = known[types] { return statement }
            let statement = SQLStatement(Self.text(types.map { store.tables.table($0) }))
            known[types] = statement
            return statement
        }
    }

    private static func text(_ tables: [ResourceTable]) -> String {
        var text = """
            SELECT id, stamp, rank FROM hl7_result WHERE id = ANY ($1::text[])
            UNION ALL SELECT '', 0, \(waits) FROM hl7_pending_link WHERE parent_filler = ANY ($2::text[])
            UNION ALL SELECT '', 0, \(waits) FROM hl7_pending_link
              WHERE parent_filler = '' AND parent_placer = ANY ($2::text[])
            """
        for (index, table) in tables.enumerated() {
            let condition = "WHERE id = ANY ($\(index + 3)::text[])"
            text += """

                UNION ALL SELECT '\(table.typeName)/' || id, 0, \(isPresent) FROM \(table.current) \(condition)
                UNION ALL SELECT '\(table.typeName)/' || id, 0, \(isGone) FROM \(table.history) \(condition)
                """
        }
        return text
    }
}
