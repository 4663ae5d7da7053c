import FHIRDefinitions
package import FHIRFormats
package import FHIRSearch
package import PostgreSQL

/// Several searches at once.
extension SearchService {
    /// The first matches of each search, in one round trip of a transaction: what a workflow wants to know together.
    /// Asks for matches alone, not for totals, pages or what is included.
    ///
    /// - Parameter now: microseconds since 1970, for the tolerance of `ap`.
    /// - Throws: `SearchError`, `StoreError` for what the database says.
    package func matches(
        _ requests: [SearchRequest], in session: Session, now: Int64
    ) async throws -> [[StoredVersion]] {
        var statements: [(SQLStatement, SQLParameters)] = []
        // Of each request its statement; nil for one that cannot have matches.
        var places: [Int?] = []
        for request in requests {
            let predicate = try await predicate(for: request, session, now: now)
            guard predicate != .never else {
                places.append(nil)
                continue
            }
            places.append(statements.count)
            statements.append(statement(request, predicate, in: session))
        }
        do {
            let results = try await session.queries(statements)
            try await requireUnchanged(requests, in: session)
            return zip(requests, places).map { request, place in
                guard let place else { return [] }
                let limit = count(of: request)
                return (0..<min(results[place].rowCount, limit)).map {
                    StoredVersion(type: request.type, row: $0, of: results[place])
                }
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private func count(of request: SearchRequest) -> Int {
        min(request.count ?? configuration.defaultCount, configuration.maximumCount)
    }

    private func statement(
        _ request: SearchRequest, _ predicate: SearchPredicate, in session: Session
    ) -> (SQLStatement, SQLParameters) {
        let index = indexer.index(of: request.type)
        let limit = count(of: request)
        func plan() -> SearchPlan {
            SearchPlan(predicate, request: request, cursor: nil, limit: limit, index: index, tables: tables)
        }
        if let shape = SearchShape(predicate, request: request, cursor: nil, index: index) {
            return (statements.statement(shape, plan), shape.parameters(limit: limit))
        }
        let plan = plan()
        return (statement(of: plan, in: session), plan.parameters)
    }
}
