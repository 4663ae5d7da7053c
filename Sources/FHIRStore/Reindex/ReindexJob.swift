import FHIRDefinitions
import FHIRSearch
import JSONTape
import PostgreSQL

/// One resource type's job as the database has it.
struct ReindexJob: Sendable {
    var type: TypeID
    var number: Int64
    var generation: Int64
    var isFull: Bool
    var hasWaits: Bool
    var horizon: Int64?
    var position: Int64

    /// Claims the oldest unfinished job that nobody works at, until the transaction ends; nil if there is none.
    ///
    /// The row's lock is what keeps processes apart: one that is killed leaves nothing behind, and the next goes on at
    /// the position that was committed last.
    static func claim(
        _ types: [TypeID]?, in session: Session, definitions: FHIRDefinitions
    ) async throws -> ReindexJob? {
        var parameters = SQLParameters()
        if let types {
            parameters.append(textArray: types.map { definitions.name(of: $0) })
        } else {
            parameters.appendNull()
        }
        let rows = try await session.query(claimStatement, parameters)
        guard rows.rowCount > 0, let name = rows.string(0, 0), let type = definitions.resourceType(named: name)
        else { return nil }
        return ReindexJob(
            type: type, number: rows.int64(0, 1) ?? 0, generation: rows.int64(0, 2) ?? 0,
            isFull: rows.bool(0, 3) ?? true, hasWaits: rows.bool(0, 4) ?? false, horizon: rows.int64(0, 5),
            position: rows.int64(0, 6) ?? 0)
    }

    private static let claimStatement = SQLStatement(
        """
        SELECT type, number, generation, is_full, waits_for IS NOT NULL, horizon, position FROM search_index_job
        WHERE state <> 'finished' AND ($1::text[] IS NULL OR type = ANY ($1::text[]))
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
        """)

    // MARK: - Before the first row

    /// Notes which transactions have the table open for writing: they may store rows by an earlier generation.
    ///
    /// A transaction takes this lock before the snapshot of its first write to the table. Whoever does not show up here
    /// therefore has a snapshot in which the new generation is committed, and is refused if it does not know it.
    func noteWriters(_ table: ResourceTable, _ typeName: String, in session: Session) async throws {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        parameters.append(text: table.current)
        _ = try await session.query(Self.noteWriters, parameters)
    }

    /// Once those transactions have ended, notes the last row there is; false while one is still open.
    func begin(_ table: ResourceTable, _ typeName: String, in session: Session) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        let statement = SQLStatement(
            """
            UPDATE search_index_job SET state = 'running',
              horizon = coalesce((SELECT max(rid) FROM \(table.current)), 0)
            WHERE type = $1::text AND NOT EXISTS (
              SELECT FROM pg_locks WHERE virtualtransaction = ANY (waits_for)
                AND locktype = 'relation' AND pid <> pg_backend_pid())
            RETURNING horizon
            """, isPrepared: false)
        return try await session.query(statement, parameters).rowCount > 0
    }

    private static let noteWriters = SQLStatement(
        """
        UPDATE search_index_job SET waits_for = ARRAY(
          SELECT DISTINCT virtualtransaction FROM pg_locks
          WHERE locktype = 'relation' AND granted AND relation = $2::text::regclass
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            AND pid <> pg_backend_pid())
        WHERE type = $1::text
        """)

    // MARK: - Rows

    /// A stored row to be indexed.
    struct Row: Sendable {
        var rid: Int64
        var id: String
        var version: Int64
        var content: [UInt8]
    }

    /// The next rows, in order; fewer than `limit` where they are large.
    func rows(_ table: ResourceTable, limit: Int, in session: Session) async throws -> [Row] {
        var parameters = SQLParameters()
        parameters.append(int64: position)
        parameters.append(int64: horizon ?? 0)
        parameters.append(int64: Int64(limit))
        parameters.append(int64: Self.chunkByteCount)
        let statement = SQLStatement(
            """
            SELECT t.rid, t.id, t.version, coalesce(t.exact, t.content::text) FROM (
              SELECT rid, sum(pg_column_size(content)) OVER (ORDER BY rid) - pg_column_size(content) AS before
              FROM (SELECT rid, content FROM \(table.current) WHERE rid > $1::int8 AND rid <= $2::int8
                ORDER BY rid LIMIT $3::int8) n) s
            JOIN \(table.current) t ON t.rid = s.rid WHERE s.before <= $4::int8 ORDER BY t.rid
            """, isPrepared: false)
        let result = try await session.query(statement, parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let rid = result.int64(row, 0), let id = result.string(row, 1),
                let version = result.int64(row, 2), let content = result.bytes(row, 3)
            else { return nil }
            return Row(rid: rid, id: id, version: version, content: content)
        }
    }

    /// Greatest sum of stored sizes in one chunk.
    private static let chunkByteCount: Int64 = 8 << 20

    /// Commits with the chunk that ends at `position`.
    func advance(to position: Int64, count: Int, _ typeName: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        parameters.append(int64: position)
        parameters.append(int64: Int64(count))
        return (Self.advance, parameters)
    }

    private static let advance = SQLStatement(
        """
        UPDATE search_index_job SET position = $2::int8, done = done + $3::int8 WHERE type = $1::text
        """)

    /// Ends the job: its parameters can be searched from now on.
    func finish(_ typeName: String, in session: Session) async throws {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        var both = parameters
        both.append(int64: generation)
        // Counters before parameters, as `SearchParameterCatalog.apply` locks them; but that one takes the job last.
        _ = try await session.queries([
            (Self.limitWaiting, SQLParameters()), (Self.countRevision, SQLParameters()), (Self.activate, both),
            (Self.finish, parameters),
        ])
    }

    /// Shorter than PostgreSQL's wait for deadlocks, so that of two who block each other it is never the client who
    /// fails.
    static let limitWaiting = SQLStatement("SELECT set_config('lock_timeout', '250ms', true)")
    private static let countRevision = SQLStatement("UPDATE search_index SET revision = revision + 1")
    private static let activate = SQLStatement(
        """
        UPDATE search_parameter SET state = 'active'
        WHERE base = $1::text AND state = 'indexing' AND generation <= $2::int8
        """)
    private static let finish = SQLStatement(
        "UPDATE search_index_job SET state = 'finished', finished = now(), waits_for = NULL WHERE type = $1::text")
}
