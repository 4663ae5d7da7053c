package import FHIRDefinitions
import FHIRSearch
import JSONTape
import PostgreSQL

/// How far the index of a resource type is.
package struct ReindexStatus: Hashable, Sendable {
    package enum State: String, Sendable { case waiting, running, finished }

    package var typeName: String
    package var state: State
    /// Of the rows there were at the beginning, by their numbers; 100 when finished.
    package var percent: Int
    /// Rows looked at so far.
    package var done: Int64
    /// Codes of the custom parameters that wait for this.
    package var parameters: [String]
}

/// What one step of the jobs came to.
package enum ReindexStep: Hashable, Sendable {
    /// There is nothing to do, or others do it.
    case idle
    /// Transactions that began before have to end first.
    case blocked
    /// Some rows of the type were indexed, or its job was begun or ended.
    case worked(TypeID)
}

/// Indexing rows again: in the background, in small transactions, without new versions.
///
/// A row is written only if it still has the version that was read; another version was written in the meantime, by a
/// writer that knows all parameters, so it has its entries already. So a row is neither missed nor overwritten.
extension FHIRStore {
    /// Asks that all entries of the types be extracted afresh; a job that is under way begins anew.
    package func requestReindex(_ types: [TypeID]) async throws {
        try await translating {
            var parameters = SQLParameters()
            parameters.append(textArray: types.map { definitions.name(of: $0) })
            _ = try await database.withSession { try await $0.query(Self.request, parameters) }
        }
    }

    /// The jobs of all types, unfinished ones first.
    package func reindexStatus() async throws -> [ReindexStatus] {
        try await translating {
            let rows = try await database.read(Self.status)
            return (0..<rows.rowCount).map { row in
                ReindexStatus(
                    typeName: rows.string(row, 0) ?? "",
                    state: rows.string(row, 1).flatMap(ReindexStatus.State.init(rawValue:)) ?? .waiting,
                    percent: Int(rows.int64(row, 2) ?? 0), done: rows.int64(row, 3) ?? 0,
                    parameters: (rows.string(row, 4) ?? "").split(separator: " ").map(String.init))
            }
        }
    }

    /// Does the next piece of an unfinished job, of these types only if some are named.
    ///
    /// - Parameter limit: rows in one transaction.
    package func reindexStep(of types: [TypeID]? = nil, limit: Int = 500) async throws -> ReindexStep {
        do {
            return try await translating { try await step(types, limit) }
        } catch let error as StoreError where error.code == .conflict && limit > 1 {
            // A client holds rows of the chunk: one row at a time cannot stand in a circle with anybody.
            return try await translating { try await step(types, 1) }
        }
    }

    /// Works until every job is finished or the task is cancelled, then waits for the next; learns of other processes'
    /// parameters on the way.
    package func keepReindexed(every interval: Duration = .seconds(1)) async {
        while !Task.isCancelled {
            // What fails is tried again: nothing is lost but time.
            _ = try? await refreshSearchParameters()
            switch try? await reindexStep() {
            case .worked: await Task.yield()
            case .blocked: try? await Task.sleep(for: .milliseconds(50))
            case .idle, nil: try? await Task.sleep(for: interval)
            }
        }
    }

    // MARK: - Steps

    private func step(_ types: [TypeID]?, _ limit: Int) async throws -> ReindexStep {
        let result = try await database.transaction { session -> (step: ReindexStep, needsRefresh: Bool) in
            guard let job = try await ReindexJob.claim(types, in: session, definitions: definitions) else {
                return (.idle, false)
            }
            // This process has to know the parameters that it is to index.
            guard indexer.customGeneration >= job.generation else { return (.blocked, true) }
            return try await work(job, limit, session)
        }
        if result.needsRefresh { try await refreshSearchParameters() }
        return result.step
    }

    private func work(
        _ job: ReindexJob, _ limit: Int, _ session: Session
    ) async throws -> (step: ReindexStep, needsRefresh: Bool) {
        let table = tables.table(job.type)
        if !job.hasWaits {
            try await job.noteWriters(table, table.typeName, in: session)
            return (.worked(job.type), false)
        }
        guard let horizon = job.horizon else {
            let hasBegun = try await job.begin(table, table.typeName, in: session)
            return (hasBegun ? .worked(job.type) : .blocked, false)
        }
        let rows = try await job.rows(table, limit: limit, in: session)
        if let last = rows.last {
            let advance = job.advance(to: last.rid, count: rows.count, table.typeName)
            try await index(rows, job, advance, session)
            indexer.noteProgress(min(99, Int(last.rid * 100 / max(horizon, 1))), of: job.type)
            return (.worked(job.type), false)
        }
        let containers = try await job.containers(
            limit: min(limit, Self.containerLimit), in: session, definitions: definitions, tables: tables)
        if let containers {
            let advance = job.advanceContained(to: containers.position, table.typeName)
            try await index(containers.rows, job, advance, session)
            return (.worked(job.type), false)
        }
        try await job.finish(table.typeName, in: session)
        indexer.noteProgress(nil, of: job.type)
        return (.worked(job.type), true)
    }

    /// Their size is not known before they are read.
    private static let containerLimit = 100

    /// Writes the entries of the rows that need it, and with them how far the job is.
    private func index(
        _ rows: [ReindexJob.Row], _ job: ReindexJob, _ advance: (SQLStatement, SQLParameters), _ session: Session
    ) async throws {
        var statements: [(SQLStatement, SQLParameters)] = [(ReindexJob.limitWaiting, SQLParameters())]
        for row in rows {
            // What could not be read back would be no use to anybody, and must not stop the rest.
            guard let document = try? Document.parse(row.content) else { continue }
            let node = JSONNode(document)
            let entries = indexer.entries(for: node, type: row.type, id: row.id)
            guard job.isFull || indexer.hasCustomEntries(node, type: row.type, id: row.id, among: entries) else {
                continue
            }
            statements.append(commands.reindex(row.type, row.id, entries, version: row.version))
            pendingIndexEntries.note(row.type)
        }
        statements.append(advance)
        _ = try await session.queries(statements)
    }

    private static let request = SQLStatement(
        """
        INSERT INTO search_index_job (type, generation, is_full)
        SELECT t, (SELECT generation FROM search_index), true FROM unnest($1::text[]) t
        ON CONFLICT (type) DO UPDATE SET number = excluded.number, generation = excluded.generation,
          is_full = true, state = 'waiting', waits_for = NULL, horizon = NULL, position = 0,
          contained_horizon = NULL, contained_position = 0, done = 0,
          requested = now(), finished = NULL
        """)
    private static let status = SQLStatement(
        """
        SELECT j.type, j.state,
          CASE WHEN j.state = 'finished' THEN 100
            ELSE least(99, coalesce(100 * j.position / nullif(j.horizon, 0), 0)) END,
          j.done,
          (SELECT string_agg(p.code, ' ' ORDER BY p.code) FROM search_parameter p
            WHERE p.base = j.type AND p.state = 'indexing')
        FROM search_index_job j ORDER BY j.state = 'finished', j.number
        """)
}
