import PostgreSQL

extension SearchService {
    /// Ids of the resources that meet each of the criteria, at most `limit`, as the transaction on `session` sees them.
    ///
    /// Takes no locks; many criteria share a round trip, equal ones a search.
    func ids(
        meeting criteria: [ConditionalCriteria], limit: Int, in session: Session, now: Int64
    ) async throws -> [[String]] {
        var positions: [String: Int] = [:]
        var searches: [(SQLStatement, SQLParameters)] = []
        for criterion in criteria where positions[criterion.normalForm] == nil {
            guard let search = try await search(criterion, hasContent: false, limit: limit, session, now: now) else {
                continue
            }
            positions[criterion.normalForm] = searches.count
            searches.append((search.statement, search.parameters))
        }
        var found: [[String]] = []
        while found.count < searches.count {
            let chunk = Array(searches[found.count..<min(found.count + 500, searches.count)])
            for result in try await session.queries(chunk) {
                found.append((0..<result.rowCount).compactMap { result.string($0, 0) })
            }
        }
        try await requireUnchanged(criteria.lazy.map(\.request), in: session)
        return criteria.map { positions[$0.normalForm].map { found[$0] } ?? [] }
    }
}
