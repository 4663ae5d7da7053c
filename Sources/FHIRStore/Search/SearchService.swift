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
    let statements: SearchStatements
    let concepts: any ConceptResolver
    /// What codes mean, by what is stored here.
    package let terminology: TerminologyService
    let links: LinkSigner
    /// Where everything is searched, for a service bound to a transaction; nil for the shared lanes.
    package let session: Session?

    /// - Parameters:
    ///   - concepts: answers what codes mean; by default from what is stored here.
    ///   - terminology: that of the store, where there is one.
    package init(
        database: Database, tables: TableCatalog, indexer: SearchIndexer,
        configuration: SearchConfiguration = SearchConfiguration(), concepts: (any ConceptResolver)? = nil,
        terminology: TerminologyService? = nil
    ) {
        let terminology =
            terminology ?? TerminologyService(database: database, tables: tables, indexer: indexer)
        self.terminology = terminology
        self.concepts = concepts ?? StoredConceptResolver(service: terminology)
        self.database = database
        self.tables = tables
        self.indexer = indexer
        self.configuration = configuration
        links = LinkSigner(database: database)
        statements = SearchStatements()
        session = nil
    }

    /// The same service as it is for a caller with limits, see `FHIRStore.limited(to:)`.
    package init(_ service: SearchService, in store: FHIRStore) {
        database = store.database
        tables = store.tables
        indexer = service.indexer
        configuration = service.configuration
        statements = store.limitedSearches ?? service.statements
        concepts = service.concepts
        terminology = service.terminology
        links = service.links
        session = store.session
    }

    /// A service over the store's own database and indexes.
    package convenience init(_ store: FHIRStore) {
        self.init(
            database: store.database, tables: store.tables, indexer: store.preparer.indexer,
            terminology: store.terminology)
    }

    /// The same service as it looks from within an open transaction: it finds what the transaction has written.
    package init(_ service: SearchService, searchingIn session: Session) {
        database = service.database
        tables = service.tables
        indexer = service.indexer
        configuration = service.configuration
        statements = service.statements
        concepts = service.concepts
        terminology = service.terminology
        links = service.links
        self.session = session
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
        let session = session ?? self.session
        if let containment = request.containment {
            return try await searchContained(request, containment, session, now: now)
        }
        let predicate = try await predicate(for: request, session, now: now)
        do {
            let cursor = try await cursor(of: request, predicate)
            if request.isCountOnly {
                let total = try await count(predicate, request.type, limit: nil, session)
                try await requireUnchanged([request], in: session)
                return SearchResultPage(total: total)
            }
            var page = try await matches(request, predicate, cursor, session)
            try await include(request.includes, request.revIncludes, into: &page, session)
            try await requireUnchanged([request], in: session)
            return page
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// Ids of at most `limit` matches, in no order: what conditional interactions ask for (R4 http#cond-update).
    package func ids(
        _ request: SearchRequest, limit: Int, in session: Session? = nil, now: Int64
    ) async throws -> [String] {
        let predicate = try await predicate(for: request, session, now: now)
        if predicate == .never { return [] }
        var unsorted = request
        unsorted.sort = []
        let plan = SearchPlan(
            predicate, request: unsorted, cursor: nil, limit: limit, index: indexer.index(of: request.type),
            tables: tables)
        do {
            let result = try await run(query(plan, in: session), session)
            try await requireUnchanged([request], in: session)
            return (0..<result.rowCount).compactMap { result.string($0, 0) }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    // MARK: - Pages

    private static let purpose: StaticString = "search"

    private func cursor(of request: SearchRequest, _ predicate: SearchPredicate) async throws -> SearchCursor? {
        guard let text = request.cursor else { return nil }
        guard let payload = try await links.open(text, purpose: Self.purpose),
            let cursor = SearchCursor(payload: payload, request: request),
            cursor.values.count == SearchOrder.keyCount(request, predicate)
        else { throw SearchError.foreignCursor }
        return cursor
    }

    private func matches(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ cursor: SearchCursor?, _ session: Session?
    ) async throws -> SearchResultPage {
        if predicate == .never {
            return SearchResultPage(total: request.total == SearchRequest.Total.none ? nil : 0)
        }
        var page = SearchResultPage()
        let count = pageSize(of: request)
        let result = try await rows(request, predicate, cursor, limit: count + 1, session)
        let hasMore = result.rowCount > count
        let isBackward = cursor?.walk.isBackward ?? false
        let read = Array(0..<min(result.rowCount, count))
        let order = isBackward ? read.reversed() : read
        page.matches = order.map { StoredVersion(type: request.type, row: $0, of: result) }
        if let key = request.sort.firstIndex(where: \.isScore) {
            page.scores = order.map { result.string($0, SearchPlan.firstKeyColumn + key) ?? "0" }
        }
        let keyCount = SearchOrder.keyCount(request, predicate)
        var walk = cursor?.walk ?? SearchWalk(bound: bound(result, keyCount: keyCount))
        try await addTotal(to: &page, &walk, request.total, isComplete: cursor == nil && !hasMore) { limit in
            try await self.count(predicate, request.type, limit: limit, session)
        } estimate: {
            let query = SearchPlan.rows(predicate, type: request.type, tables: tables)
            return try await expectedCount(query.text, query.parameters, session)
        }
        func link(_ row: Int, isBackward: Bool) async throws -> String {
            let first = SearchPlan.firstKeyColumn
            let cursor = SearchCursor(
                values: (0..<keyCount).map { result.string(row, first + $0) },
                rid: result.int64(row, first + keyCount) ?? 0, walk: walk.turned(isBackward: isBackward))
            return try await links.sign(cursor.payload(for: request), purpose: Self.purpose)
        }
        if let last = order.last, hasMore || isBackward { page.next = try await link(last, isBackward: false) }
        if let first = order.first, isBackward ? hasMore : cursor != nil {
            page.previous = try await link(first, isBackward: true)
        }
        return page
    }

    /// The newest row at the time of the first page: told by the first match, if the newest come first.
    private func bound(_ result: QueryResult, keyCount: Int) -> Int64? {
        guard result.rowCount > 0 else { return nil }
        let rid = SearchPlan.firstKeyColumn + keyCount
        return result.int64(0, keyCount == 0 ? rid : rid + 1)
    }

    private func rows(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ cursor: SearchCursor?, limit: Int,
        _ session: Session?
    ) async throws -> QueryResult {
        try await run(query(request, predicate, cursor, limit: limit, in: session), session)
    }

    /// What is asked for the rows of a page.
    func query(
        _ request: SearchRequest, _ predicate: SearchPredicate, _ cursor: SearchCursor?, limit: Int,
        in session: Session?
    ) -> RowQuery {
        let index = indexer.index(of: request.type)
        func plan() -> SearchPlan {
            SearchPlan(predicate, request: request, cursor: cursor, limit: limit, index: index, tables: tables)
        }
        guard let shape = SearchShape(predicate, request: request, cursor: cursor, index: index) else {
            return query(plan(), in: session)
        }
        return RowQuery(
            statement: statements.statement(shape, plan), parameters: shape.parameters(limit: limit), isSelective: true)
    }

    private func query(_ plan: SearchPlan, in session: Session?) -> RowQuery {
        RowQuery(
            statement: statement(of: plan, in: session), parameters: plan.parameters, isSelective: plan.isSelective)
    }

    /// Runs a query where it does no harm: good drivers in the shared lane, everything else on a connection of its own.
    private func run(_ query: RowQuery, _ session: Session?) async throws -> QueryResult {
        if let session { return try await session.query(query.statement, query.parameters) }
        if query.isSelective { return try await database.read(query.statement, query.parameters) }
        return try await database.query(query.statement, query.parameters)
    }

    /// How many matches a page has at most.
    func pageSize(of request: SearchRequest) -> Int {
        min(request.count ?? configuration.defaultCount, configuration.maximumCount)
    }

    /// Prepared where one plan serves all values, or where the transaction says that it shall.
    private func statement(of plan: SearchPlan, in session: Session?) -> SQLStatement {
        plan.isSelective || plan.hasLists || session?.reusesPlans == true
            ? statements.statement(plan.text) : SQLStatement(plan.text, isPrepared: false)
    }

    func onSession<Result>(_ session: Session?, _ body: (Session) async throws -> Result) async throws -> Result {
        if let session { return try await body(session) }
        return try await database.withQuerySession { try await body($0) }
    }
}

extension SearchError {
    /// What a page link gets that this server did not write for this search.
    static var foreignCursor: SearchError {
        SearchError(.invalidCursor, "The page link does not belong to this search.", parameter: "_cursor")
    }
}

/// A statement that reads rows of a type.
struct RowQuery {
    var statement: SQLStatement
    var parameters: SQLParameters
    /// Whether few rows are looked at, so that the shared lane may run it.
    var isSelective: Bool
}
