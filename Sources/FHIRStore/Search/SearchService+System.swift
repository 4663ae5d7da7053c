package import FHIRSearch
package import PostgreSQL
package import FHIRDefinitions
import FHIRFormats

/// Searches over several types.
extension SearchService {
    /// One page of the matches of all types in one order, with what they include. Parameters and errors as for a
    /// search of one type.
    package func search(
        _ request: SystemSearchRequest, in session: Session? = nil, now: Int64
    ) async throws -> SearchResultPage {
        let session = session ?? self.session
        // One by one: value sets and lists are looked up before there is a predicate.
        var predicates: [SearchPredicate] = []
        for request in request.requests { predicates.append(try await predicate(for: request, session, now: now)) }
        do {
            let cursor = try await cursor(of: request)
            if request.common.isCountOnly {
                let total = try await count(request, predicates, limit: nil, session)
                try await requireUnchanged(request.requests, in: session)
                return SearchResultPage(total: total)
            }
            var page = try await matches(request, predicates, cursor, session, now: now)
            try await include(request.common.includes, request.common.revIncludes, into: &page, session)
            try await requireUnchanged(request.requests, in: session)
            return page
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// By how much the clocks of servers on one database may differ, in microseconds: a row that was there at the first
    /// page must not seem to have come later.
    static let greatestClockDifference: Int64 = 2_000_000

    /// The types that a search over all of them takes in, sorted by name.
    package var searchableTypes: [TypeID] { tables.types }

    private static let systemPurpose: StaticString = "search-system"

    private func cursor(of request: SystemSearchRequest) async throws -> SystemSearchCursor? {
        guard let text = request.common.cursor else { return nil }
        guard let payload = try await links.open(text, purpose: Self.systemPurpose),
            let cursor = SystemSearchCursor(payload: payload, request: request)
        else { throw SearchError.foreignCursor }
        return cursor
    }

    private func matches(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], _ cursor: SystemSearchCursor?,
        _ session: Session?, now: Int64
    ) async throws -> SearchResultPage {
        let count = min(request.common.count ?? configuration.defaultCount, configuration.maximumCount)
        let plan = SystemSearchPlan(request, predicates, cursor: cursor, limit: count + 1, tables: tables)
        if plan.text.isEmpty {
            return SearchResultPage(total: request.common.total == SearchRequest.Total.none ? nil : 0)
        }
        let result = try await onSession(session) {
            try await $0.query(SQLStatement(plan.text, isPrepared: false), plan.parameters)
        }
        var page = SearchResultPage()
        for row in 0..<min(result.rowCount, count) {
            guard let type = indexer.definitions.resourceType(named: result.string(row, 0) ?? "") else { continue }
            page.matches.append(StoredVersion(type: type, row: row, of: result, from: 1))
        }
        let hasMore = result.rowCount > count
        let isBackward = cursor?.walk.isBackward ?? false
        if isBackward { page.matches.reverse() }
        var walk = cursor?.walk ?? SearchWalk(bound: now + Self.greatestClockDifference)
        let isComplete = cursor == nil && !hasMore
        try await addTotal(to: &page, &walk, request.common.total, isComplete: isComplete) { limit in
            try await self.count(request, predicates, limit: limit, session)
        } estimate: {
            guard let query = SystemSearchPlan.rows(request, predicates, tables: tables) else { return 0 }
            return try await expectedCount(query.text, query.parameters, session)
        }
        if let last = page.matches.last, hasMore || isBackward {
            page.next = try await link(last, request, walk.turned(isBackward: false))
        }
        if let first = page.matches.first, isBackward ? hasMore : cursor != nil {
            page.previous = try await link(first, request, walk.turned(isBackward: true))
        }
        return page
    }

    private func link(
        _ version: StoredVersion, _ request: SystemSearchRequest, _ walk: SearchWalk
    ) async throws -> String {
        let cursor = SystemSearchCursor(
            updated: version.stamp.updated.microsecondsSince1970, typeName: indexer.definitions.name(of: version.type),
            id: version.stamp.id, walk: walk)
        return try await links.sign(cursor.payload(for: request), purpose: Self.systemPurpose)
    }

    private func count(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], limit: Int?, _ session: Session?
    ) async throws -> Int {
        guard let query = SystemSearchPlan.count(request, predicates, limit: limit, tables: tables) else { return 0 }
        return try await number(query.text, query.parameters, session)
    }
}
