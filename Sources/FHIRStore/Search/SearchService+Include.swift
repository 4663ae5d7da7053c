import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// `_include` and `_revinclude` (R4 search.html#include).
///
/// Every level takes one round trip: the references of the level before are read from its content, the resources they
/// lead to are fetched by primary key or canonical url, those that refer to it by their keys. Deleted resources and
/// those of other servers are not there to be found, and are left out in silence.
extension SearchService {
    func include(
        _ includes: [SearchRequest.Include], _ revIncludes: [SearchRequest.Include], into page: inout SearchResultPage,
        _ session: Session?
    ) async throws {
        // A contained resource has the id of no other.
        var known = Set(page.matches.filter { $0.container == nil }.map { ResourceKey($0) })
        var level = page.matches
        var round = 0
        while !level.isEmpty, round <= configuration.maximumIterationCount {
            let queries = IncludeQueries(service: self, level: level, known: known)
            let wanted =
                try queries.forward(includes.filter { round == 0 || $0.isIterated })
                + queries.reverse(revIncludes.filter { round == 0 || $0.isIterated })
            if wanted.isEmpty { return }
            let results = try await onSession(session) { session in
                try await session.queries(wanted.map { ($0.statement, $0.parameters) })
            }
            var next: [StoredVersion] = []
            for (query, result) in zip(wanted, results) {
                for row in 0..<result.rowCount {
                    guard let version = version(row, of: result, query.type) else { continue }
                    guard known.insert(ResourceKey(version)).inserted else { continue }
                    if page.included.count + next.count >= configuration.maximumIncludeCount {
                        page.isIncludeTruncated = true
                        break
                    }
                    next.append(version)
                }
            }
            page.included += next
            level = next
            round += 1
        }
    }

    private func version(_ row: Int, of result: QueryResult, _ type: TypeID?) -> StoredVersion? {
        if let type { return StoredVersion(type: type, row: row, of: result) }
        return indexer.definitions.resourceType(named: result.string(row, 0) ?? "")
            .map { StoredVersion(type: $0, row: row, of: result, from: 1) }
    }
}

/// What tells one resource from all others.
struct ResourceKey: Hashable {
    var type: TypeID
    var id: String

    init(_ version: StoredVersion) {
        type = version.type
        id = version.stamp.id
    }

    init(_ reference: SearchIndexer.LocalReference) {
        type = reference.type
        id = reference.id
    }
}
