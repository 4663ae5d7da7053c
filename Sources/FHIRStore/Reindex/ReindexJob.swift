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
    /// The same for rows of `contained_resource`.
    var containedHorizon: Int64
    var containedPosition: Int64

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
            position: rows.int64(0, 6) ?? 0, containedHorizon: rows.int64(0, 7) ?? 0,
            containedPosition: rows.int64(0, 8) ?? 0)
    }

    private static let claimStatement = SQLStatement(
        """
        SELECT type, number, generation, is_full, waits_for IS NOT NULL, horizon, position, contained_horizon,
          contained_position
        FROM search_index_job
        WHERE state <> 'finished' AND ($1::text[] IS NULL OR type = ANY ($1::text[]))
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
        """)

    // MARK: - Before the first row

    /// Notes which transactions have the table, or that of contained resources, open for writing: they may store rows
    /// by an earlier generation.
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
              horizon = coalesce((SELECT max(rid) FROM \(table.current)), 0),
              contained_horizon = coalesce((SELECT max(rid) FROM \(ContainedTable.name)), 0)
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
          WHERE locktype = 'relation' AND granted
            AND relation IN ($2::text::regclass, '\(ContainedTable.name)'::regclass)
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            AND pid <> pg_backend_pid())
        WHERE type = $1::text
        """)

    // MARK: - Rows

    /// A stored row to be indexed.
    struct Row: Sendable {
        var type: TypeID
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
        return Self.rows(result, of: type)
    }

    /// Greatest sum of stored sizes in one chunk.
    private static let chunkByteCount: Int64 = 8 << 20

    /// The next resources that contain ones of the type, and the position behind them; nil if there are no more.
    ///
    /// A contained resource is indexed with the one around it, which gives it a new row number behind the horizon.
    func containers(
        limit: Int, in session: Session, definitions: FHIRDefinitions, tables: TableCatalog
    ) async throws -> (rows: [Row], position: Int64)? {
        guard containedPosition < containedHorizon else { return nil }
        var parameters = SQLParameters()
        parameters.append(text: definitions.name(of: type))
        parameters.append(int64: containedPosition)
        parameters.append(int64: containedHorizon)
        parameters.append(int64: Int64(limit))
        let places = try await session.query(Self.containedStatement, parameters)
        guard places.rowCount > 0, let position = places.int64(places.rowCount - 1, 0) else { return nil }
        var owners: [TypeID: Set<Int64>] = [:]
        for place in 0..<places.rowCount {
            guard let name = places.string(place, 1), let owner = definitions.resourceType(named: name),
                tables.contains(owner), let rid = places.int64(place, 2)
            else { continue }
            owners[owner, default: []].insert(rid)
        }
        let statements = owners.sorted { $0.key < $1.key }.map { owner, rids in
            var parameters = SQLParameters()
            parameters.append(int64Array: rids.sorted())
            let text = """
                SELECT rid, id, version, coalesce(exact, content::text) FROM \(tables.table(owner).current)
                WHERE rid = ANY ($1::int8[]) ORDER BY rid
                """
            return (type: owner, statement: (SQLStatement(text, isPrepared: false), parameters))
        }
        let results = try await session.queries(statements.map(\.statement))
        return (zip(statements, results).flatMap { Self.rows($1, of: $0.type) }, position)
    }

    private static let containedStatement = SQLStatement(
        """
        SELECT rid, owner_type, owner FROM \(ContainedTable.name)
        WHERE type = $1::text AND rid > $2::int8 AND rid <= $3::int8 ORDER BY rid LIMIT $4::int8
        """)

    private static func rows(_ result: QueryResult, of type: TypeID) -> [Row] {
        (0..<result.rowCount).compactMap { row in
            guard let rid = result.int64(row, 0), let id = result.string(row, 1), let version = result.int64(row, 2),
                let content = result.bytes(row, 3)
            else { return nil }
            return Row(type: type, rid: rid, id: id, version: version, content: content)
        }
    }

    /// Commits with the containers before `position`.
    func advanceContained(to position: Int64, _ typeName: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: typeName)
        parameters.append(int64: position)
        return (Self.advanceContained, parameters)
    }

    private static let advanceContained = SQLStatement(
        "UPDATE search_index_job SET contained_position = $2::int8 WHERE type = $1::text")

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
