package import FHIRSearch
import PostgreSQL

/// Look-ups by keys of which each belongs to few resources, such as identifiers.
///
/// Planning such a search costs PostgreSQL twice what executing it does, most of it for statistics of keys that say
/// nothing of these. So they go through the lane of look-ups, which plans them once.
extension SearchService {
    /// What the request finds, newest first, `limit` at most; nil where it asks for anything else than keys, or
    /// has to be run within a transaction.
    package func keyed(_ request: SearchRequest, limit: Int, now: Int64) async throws -> [StoredVersion]? {
        guard session == nil, request.containment == nil, request.customRevision == nil, request.cursor == nil,
            request.sort.isEmpty, request.includes.isEmpty, request.revIncludes.isEmpty,
            case .keys(let keys, isSelective: true) = try await predicate(for: request, nil, now: now)
        else { return nil }
        // A limit within would have the planner walk all rows in their order until it finds some.
        let statement = statements.statement(
            """
            SELECT \(ReadStatements.columns) FROM (
              SELECT id, rid, version, updated, method, content, exact FROM \(tables.table(request.type).current) r
              WHERE keys && $1::bigint[] OFFSET 0) t
            ORDER BY rid DESC LIMIT $2::bigint
            """)
        var parameters = SQLParameters()
        parameters.append(int64Array: keys)
        parameters.append(int64: Int64(limit))
        do {
            let result = try await database.lookUp(statement, parameters)
            return (0..<result.rowCount).map { StoredVersion(type: request.type, row: $0, of: result) }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}
