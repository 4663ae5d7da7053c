import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// Searches that find contained resources (R4 search.html#contained): which there are first, then what they are.
extension SearchService {
    /// One page of matches with what they include; as `search(_:in:now:)`.
    func searchContained(
        _ request: SearchRequest, _ containment: SearchRequest.Containment, _ session: Session?, now: Int64
    ) async throws -> SearchResultPage {
        // Whether the row around it is there for the caller, the index of contained resources does not tell.
        guard !tables.isLimited else {
            throw SearchError(
                .invalidValue, "Contained resources are searched with unlimited rights only.", parameter: "_contained")
        }
        let own = containment.includesOthers ? try await predicate(for: request, session, now: now) : nil
        let contained = try await predicate(for: request, isContained: true, session, now: now)
        let search = ContainedSearch(request: request, own: own, contained: contained)
        do {
            let cursor = try await cursor(of: request)
            if request.isCountOnly {
                let total = try await count(search, limit: nil, session)
                try await requireUnchanged([request], in: session)
                return SearchResultPage(total: total)
            }
            var page = try await matches(search, cursor, session, now: now)
            try await include(request.includes, request.revIncludes, into: &page, session)
            try await requireUnchanged([request], in: session)
            return page
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private struct ContainedSearch {
        var request: SearchRequest
        var own: SearchPredicate?
        var contained: SearchPredicate
    }

    private static let containedPurpose: StaticString = "search-contained"

    private func cursor(of request: SearchRequest) async throws -> SearchCursor? {
        guard let text = request.cursor else { return nil }
        guard let payload = try await links.open(text, purpose: Self.containedPurpose),
            let cursor = SearchCursor(payload: payload, request: request),
            cursor.values.count == request.sort.count + 1
        else { throw SearchError.foreignCursor }
        return cursor
    }

    private func count(_ search: ContainedSearch, limit: Int?, _ session: Session?) async throws -> Int {
        let query = ContainedPlan.count(
            search.request, own: search.own, contained: search.contained, limit: limit, tables: tables)
        return try await number(query.text, query.parameters, session)
    }

    private func matches(
        _ search: ContainedSearch, _ cursor: SearchCursor?, _ session: Session?, now: Int64
    ) async throws -> SearchResultPage {
        let request = search.request
        let count = min(request.count ?? configuration.defaultCount, configuration.maximumCount)
        let plan = ContainedPlan(
            request, own: search.own, contained: search.contained, cursor: cursor, limit: count + 1,
            index: indexer.index(of: request.type), tables: tables)
        let (result, found) = try await onSession(session) { session in
            let result = try await session.query(SQLStatement(plan.text, isPrepared: false), plan.parameters)
            let places = (0..<min(result.rowCount, count)).compactMap { place($0, of: result) }
            return (result, try await versions(at: places, search.request, in: session))
        }
        let hasMore = result.rowCount > count
        let isBackward = cursor?.walk.isBackward ?? false
        var page = SearchResultPage()
        page.matches = isBackward ? found.reversed() : found
        var walk = cursor?.walk ?? SearchWalk(bound: now + Self.greatestClockDifference)
        try await addTotal(to: &page, &walk, request.total, isComplete: cursor == nil && !hasMore) { limit in
            try await self.count(search, limit: limit, session)
        } estimate: {
            let query = ContainedPlan.rows(
                request, own: search.own, contained: search.contained, limit: nil, tables: tables)
            return try await expectedCount(query.text, query.parameters, session)
        }
        func link(_ row: Int, isBackward: Bool) async throws -> String {
            let (first, keyCount) = (ContainedPlan.firstKeyColumn, request.sort.count)
            let values = (0..<keyCount).map { result.string(row, first + $0) } + [result.string(row, 0)]
            let cursor = SearchCursor(
                values: values, rid: result.int64(row, first + keyCount) ?? 0,
                walk: walk.turned(isBackward: isBackward))
            return try await links.sign(cursor.payload(for: request), purpose: Self.containedPurpose)
        }
        let read = min(result.rowCount, count)
        guard read > 0 else { return page }
        let (first, last) = isBackward ? (read - 1, 0) : (0, read - 1)
        if hasMore || isBackward { page.next = try await link(last, isBackward: false) }
        if isBackward ? hasMore : cursor != nil { page.previous = try await link(first, isBackward: true) }
        return page
    }

    // MARK: - What the matches are

    private struct Place {
        var type: TypeID
        var rid: Int64
        /// Nil for the resource itself.
        var position: Int?
    }

    private func place(_ row: Int, of result: QueryResult) -> Place? {
        guard let type = indexer.definitions.resourceType(named: result.string(row, 1) ?? ""), tables.contains(type),
            let rid = result.int64(row, 2)
        else { return nil }
        let isContained = result.int64(row, 0) == ContainedPlan.Kind.contained.rawValue
        return Place(type: type, rid: rid, position: isContained ? result.int64(row, 3).map(Int.init) : nil)
    }

    /// The resources at these places, one round trip for all; what was deleted meanwhile is left out.
    private func versions(
        at places: [Place], _ request: SearchRequest, in session: Session
    ) async throws -> [StoredVersion] {
        let byType = Dictionary(grouping: places, by: \.type).sorted { $0.key < $1.key }
        if byType.isEmpty { return [] }
        let results = try await session.queries(
            byType.map { type, places in
                var parameters = SQLParameters()
                parameters.append(int64Array: places.map(\.rid))
                let text = """
                    SELECT \(ReadStatements.columns), rid FROM \(tables.table(type).current) t
                    WHERE rid = ANY($1::bigint[])
                    """
                return (statements.statement(text), parameters)
            })
        var found: [TypeID: [Int64: StoredVersion]] = [:]
        for ((type, _), result) in zip(byType, results) {
            for row in 0..<result.rowCount {
                found[type, default: [:]][result.int64(row, 5) ?? 0] = StoredVersion(type: type, row: row, of: result)
            }
        }
        return try places.compactMap { place in
            guard let version = found[place.type]?[place.rid] else { return nil }
            guard let position = place.position, request.containment?.answersContainer == false else { return version }
            return try contained(in: version, at: position, request.type)
        }
    }

    private func contained(in version: StoredVersion, at position: Int, _ type: TypeID) throws -> StoredVersion? {
        guard let content = version.content else { return nil }
        let items = JSONNode(try Document.parse(content))["contained"]?.items ?? []
        guard position < items.count, let id = items[position]["id"]?.string else { return nil }
        var inner = version
        inner.container = StoredVersion.Container(type: version.type, id: version.stamp.id)
        inner.type = type
        inner.stamp.id = id
        inner.content = Array(items[position].source)
        return inner
    }
}
