import FHIRDefinitions
package import FHIRSearch
import PostgreSQL

/// Custom search parameters, kept the same in every process that shares the database.
///
/// What guarantees that no row misses a parameter, whatever the processes know:
/// 1. A write carries the generation of the parameters by which it was indexed, and the statement that stores it
///    compares that with `search_index` in its own snapshot. A process that has not heard of a new parameter is
///    refused (`MT002`), learns of it and indexes anew; so no statement that begins behind the change stores a row
///    without its entries.
/// 2. Statements that began before the change hold a lock on the table that they write. The job notes those
///    transactions and waits until they have ended (see `ReindexJob`).
/// 3. Only then it notes the last row there is, and indexes all rows up to it.
///
/// And that no search is answered in part: a search that used a custom parameter compares, behind its statements, the
/// revision that it was read by with the database's. If they differ it is thrown away and begun anew.
extension FHIRStore {
    /// What is known of the search parameters in this process.
    package var indexer: SearchIndexer { preparer.indexer }

    /// Parameters are everybody's, whoever asks.
    private var catalog: SearchParameterCatalog {
        SearchParameterCatalog(definitions: definitions, tables: accessKinds.tables)
    }

    /// Learns what other processes changed, and makes SearchParameter resources take effect that were written since
    /// the last time; true if this process knows something new. One short read where nothing has changed.
    @discardableResult
    package func refreshSearchParameters() async throws -> Bool {
        try await translating {
            let counters = try await database.read(Self.readCounters)
            guard counters.rowCount > 0 else { return false }
            let isApplied = counters.bool(0, 1) ?? true
            guard !isApplied || counters.int64(0, 0) != indexer.customRevision else {
                try await noteProgress()
                return false
            }
            let catalog = self.catalog
            let set = try await database.transaction { session in
                if !isApplied { _ = try await catalog.apply(in: session) }
                return try await catalog.load(in: session)
            }
            return indexer.adopt(set)
        }
    }

    /// Learns how far the jobs are, if a parameter of this process waits for one.
    private func noteProgress() async throws {
        guard indexer.customParameters.members.contains(where: { !$0.isActive }) else { return }
        for job in try await reindexStatus() where job.state != .finished {
            if let type = definitions.resourceType(named: job.typeName) { indexer.noteProgress(job.percent, of: type) }
        }
    }

    /// Why custom parameters take no effect, by the ids of their resources; those that do are left out.
    func failedSearchParameters(of ids: [String]) async throws -> [String: String] {
        try await translating {
            var parameters = SQLParameters()
            parameters.append(textArray: ids)
            let rows = try await query(Self.readFailures, parameters)
            var failures: [String: String] = [:]
            for row in 0..<rows.rowCount { failures[rows.string(row, 0) ?? ""] = rows.string(row, 1) }
            return failures
        }
    }

    private static let readFailures = SQLStatement(
        "SELECT resource, error FROM search_parameter WHERE state = 'failed' AND resource = ANY($1::text[])")
    private static let readCounters = SQLStatement("SELECT revision, applied = written FROM search_index")
}

extension SearchService {
    /// Throws `.parametersChanged` if the custom parameters that searches were read by are no longer those in force.
    /// Called behind the searches: then every row that they could see was written under the same or a later set.
    /// Costs nothing where none of them uses one.
    func requireUnchanged(_ requests: some Sequence<SearchRequest>, in session: Session?) async throws {
        let revisions = Set(requests.lazy.compactMap(\.customRevision))
        guard !revisions.isEmpty else { return }
        // Within a transaction a SearchParameter of its own cannot have taken effect yet.
        let counters =
            if let session {
                try await session.query(Self.readRevision)
            } else {
                try await database.read(Self.readAppliedRevision)
            }
        guard counters.rowCount > 0, let current = counters.int64(0, 0), revisions == [current] else {
            throw SearchError(.parametersChanged, "The search parameters changed; try again.")
        }
    }

    private static let readRevision = SQLStatement("SELECT revision FROM search_index")
    private static let readAppliedRevision = SQLStatement(
        "SELECT revision FROM search_index WHERE applied = written")
}

extension StoreError {
    /// SQLSTATE of writes that were indexed by an earlier generation of search parameters.
    package static let searchIndexMovedState = "MT002"
    /// `details` of the `.stale` error that this leads to.
    static let searchIndexMoved = "search-index-moved"
}
