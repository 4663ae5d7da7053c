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
            let query = query(request, predicate, nil, limit: pageSize(of: request), in: session)
            statements.append((query.statement, query.parameters))
        }
        do {
            let results = try await session.queries(statements)
            try await requireUnchanged(requests, in: session)
            return zip(requests, places).map { request, place in
                guard let place else { return [] }
                return (0..<results[place].rowCount).map {
                    StoredVersion(type: request.type, row: $0, of: results[place])
                }
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}
