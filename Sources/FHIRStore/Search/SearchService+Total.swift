import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// How many matches there are on all pages (R4 search.html#total).
extension SearchService {
    /// Tells the page its total, and the walk, so that every further page says the same.
    ///
    /// - Parameters:
    ///   - isComplete: whether the page holds all matches.
    ///   - count: counts matches, up to a limit if there is one.
    ///   - estimate: what the planner expects.
    func addTotal(
        to page: inout SearchResultPage, _ walk: inout SearchWalk, _ wanted: SearchRequest.Total?, isComplete: Bool,
        count: (_ limit: Int?) async throws -> Int, estimate: () async throws -> Int
    ) async throws {
        if wanted == SearchRequest.Total.none { return }
        if walk.total == nil {
            if isComplete {
                walk.total = page.matches.count
            } else if wanted == .accurate || tables.isLimited && wanted == .estimate {
                // The planner's estimate tells of rows that are not there for the caller.
                walk.total = try await count(nil)
            } else if wanted == .estimate {
                let limit = configuration.countingLimit
                let counted = try await count(limit + 1)
                walk.isTotalEstimated = counted > limit
                walk.total = counted > limit ? max(counted, try await estimate()) : counted
            }
        }
        page.total = walk.total
        page.isTotalEstimated = walk.isTotalEstimated
    }

    func count(
        _ predicate: SearchPredicate, _ type: TypeID, limit: Int?, _ session: Session?
    ) async throws -> Int {
        if predicate == .never { return 0 }
        let query = SearchPlan.count(predicate, type: type, limit: limit, tables: tables)
        return try await number(query.text, query.parameters, session)
    }

    /// The number that a query tells in its first column.
    func number(_ text: String, _ parameters: SQLParameters, _ session: Session?) async throws -> Int {
        let result = try await onSession(session) {
            try await $0.query(SQLStatement(text, isPrepared: false), parameters)
        }
        return Int(result.int64(0, 0) ?? 0)
    }

    /// The number of rows that the planner expects of a query; 0 if it does not say.
    func expectedCount(_ text: String, _ parameters: SQLParameters, _ session: Session?) async throws -> Int {
        let result = try await onSession(session) {
            try await $0.query(SQLStatement("EXPLAIN " + text, isPrepared: false), parameters)
        }
        // The first line ends in (cost=… rows=123 width=8).
        let line = result.string(0, 0) ?? ""
        guard let range = line.firstRange(of: "rows=") else { return 0 }
        return Int(line[range.upperBound...].prefix { $0.isNumber }) ?? 0
    }
}
