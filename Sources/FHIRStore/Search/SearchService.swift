import FHIRDefinitions
import FHIRFormats
package import FHIRSearch
package import PostgreSQL

/// Runs searches: criteria to SQL, pages, totals and includes (R4 search.html).
package final class SearchService: Sendable {
    let database: Database
    let tables: TableCatalog
    package let indexer: SearchIndexer
    package let configuration: SearchConfiguration
    let statements = SearchStatements()

    package init(
        database: Database, tables: TableCatalog, indexer: SearchIndexer,
        configuration: SearchConfiguration = SearchConfiguration()
    ) {
        self.database = database
        self.tables = tables
        self.indexer = indexer
        self.configuration = configuration
    }

    /// One page of matches with what they include.
    ///
    /// - Parameters:
    ///   - session: within a transaction, so that its own writes are seen; nil for the shared lanes.
    ///   - now: microseconds since 1970, for the tolerance of `ap`.
    /// - Throws: `SearchError` for a page link that is none of ours, `StoreError` for what the database says.
    package func search(
        _ request: SearchRequest, in session: Session? = nil, now: Int64
    ) async throws -> SearchResultPage {
        let predicate = PredicateBuilder(indexer: indexer, now: now).predicate(for: request)
        do {
            if request.isCountOnly {
                let page = try await countOnly(request, predicate, session)
                try await requireUnchanged(request, in: session)
                return page
            }
            var page = try await matches(request, predicate, session)
            if !request.includes.isEmpty || !request.revIncludes.isEmpty {
                try await include(for: request, into: &page, session)
            }
            try await requireUnchanged(request, in: session)
            return page
        } catch let error as PostgreSQLError {
            // Only a forged page link brings a value that has not been read before.
            if request.cursor != nil, error.sqlState?.hasPrefix("22") == true {
                throw SearchError(.invalidCursor, "The page link does not belong to this search.")
            }
            throw StoreError(error)
        }
    }

    /// Ids of at most `limit` matches, in no order: what conditional interactions ask for (R4 http#cond-update).
    package func ids(
        _ request: SearchRequest, limit: Int, in session: Session? = nil, now: Int64
    ) async throws -> [String] {
        let predicate = PredicateBuilder(indexer: indexer, now: now).predicate(for: request)
        if predicate == .never { return [] }
        var unsorted = request
        unsorted.sort = []
        let plan = SearchPlan(
            predicate, request: unsorted, cursor: nil, limit: limit, index: indexer.index(of: request.type),
            tables: tables)
        do {
            let result = try await run(plan, session)
            return (0..<result.rowCount).compactMap { result.string($0, 0) }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    // MARK: - Matches

    private func matches(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ session: Session?
    ) async throws -> SearchResultPage {
        var page = SearchResultPage()
        let cursor: SearchCursor?
        if let text = request.cursor { cursor = try SearchCursor(text: text, request: request) } else { cursor = nil }
        if predicate == .never {
            page.total = request.total == SearchRequest.Total.none ? nil : 0
            return page
        }
        let count = min(request.count ?? configuration.defaultCount, configuration.maximumCount)
        let result = try await rows(request, predicate, cursor, limit: count + 1, session)
        for row in 0..<min(result.rowCount, count) {
            page.matches.append(StoredVersion(type: request.type, row: row, of: result))
        }
        let hasMore = result.rowCount > count
        if hasMore, count > 0 { page.next = next(after: count - 1, of: result, request) }
        try await addTotal(to: &page, request, predicate, isComplete: cursor == nil && !hasMore, session)
        return page
    }

    private func next(after row: Int, of result: QueryResult, _ request: SearchRequest) -> String {
        let first = SearchPlan.firstKeyColumn
        let values = request.sort.indices.map { result.string(row, first + $0) }
        let rid = result.int64(row, first + request.sort.count) ?? 0
        return SearchCursor(values: values, rid: rid).text(for: request)
    }

    private func rows(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ cursor: SearchCursor?, limit: Int,
        _ session: Session?
    ) async throws -> QueryResult {
        let index = indexer.index(of: request.type)
        func plan() -> SearchPlan {
            SearchPlan(predicate, request: request, cursor: cursor, limit: limit, index: index, tables: tables)
        }
        guard let shape = SearchShape(predicate, request: request, cursor: cursor, index: index) else {
            return try await run(plan(), session)
        }
        let statement = statements.statement(shape, plan)
        let parameters = shape.parameters(limit: limit)
        if let session { return try await session.query(statement, parameters) }
        return try await database.read(statement, parameters)
    }

    /// Runs a plan where it does no harm: good drivers in the shared lane, everything else on a connection of its own.
    private func run(_ plan: SearchPlan, _ session: Session?) async throws -> QueryResult {
        let statement =
            plan.isSelective ? statements.statement(plan.text) : SQLStatement(plan.text, isPrepared: false)
        if let session { return try await session.query(statement, plan.parameters) }
        if plan.isSelective { return try await database.read(statement, plan.parameters) }
        return try await database.withSession { try await $0.query(statement, plan.parameters) }
    }

    // MARK: - Totals

    private func countOnly(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ session: Session?
    ) async throws -> SearchResultPage {
        var page = SearchResultPage()
        page.total = try await count(predicate, request.type, limit: nil, session)
        return page
    }

    private func addTotal(
        to page: inout SearchResultPage, _ request: SearchRequest, _ predicate: SearchPredicate, isComplete: Bool,
        _ session: Session?
    ) async throws {
        if request.total == SearchRequest.Total.none { return }
        if isComplete {
            page.total = page.matches.count
        } else if request.total == .accurate {
            page.total = try await count(predicate, request.type, limit: nil, session)
        } else if request.total == .estimate {
            let limit = configuration.countingLimit
            let counted = try await count(predicate, request.type, limit: limit + 1, session)
            page.isTotalEstimated = counted > limit
            page.total =
                counted > limit ? try await estimate(predicate, request.type, atLeast: counted, session) : counted
        }
    }

    private func count(
        _ predicate: SearchPredicate, _ type: TypeID, limit: Int?, _ session: Session?
    ) async throws -> Int {
        if predicate == .never { return 0 }
        let query = SearchPlan.count(predicate, type: type, limit: limit, tables: tables)
        let result = try await onSession(session) {
            try await $0.query(SQLStatement(query.text, isPrepared: false), query.parameters)
        }
        return Int(result.int64(0, 0) ?? 0)
    }

    /// What the planner expects.
    private func estimate(
        _ predicate: SearchPredicate, _ type: TypeID, atLeast: Int, _ session: Session?
    ) async throws -> Int {
        let query = SearchPlan.rows(predicate, type: type, tables: tables)
        let result = try await onSession(session) {
            try await $0.query(SQLStatement("EXPLAIN " + query.text, isPrepared: false), query.parameters)
        }
        // The first line ends in (cost=… rows=123 width=8).
        let line = result.string(0, 0) ?? ""
        guard let range = line.firstRange(of: "rows=") else { return atLeast }
        return max(atLeast, Int(line[range.upperBound...].prefix { $0.isNumber }) ?? atLeast)
    }

    func onSession<Result>(_ session: Session?, _ body: (Session) async throws -> Result) async throws -> Result {
        if let session { return try await body(session) }
        return try await database.withSession { try await body($0) }
    }
}
