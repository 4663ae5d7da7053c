import FHIRDefinitions
package import FHIRSearch
import PostgreSQL

/// The most recent observations of each code (R4 observation-operation-lastn.html).
extension SearchService {
    /// All observations that are among the `max` most recent ones of their code, newest first; those that tie with the
    /// last of them too.
    ///
    /// The database ranks within each code as it is written; codes that share a coding are one group, which is decided
    /// here, over the few rows left. Then the contents of what is returned are read: two round trips, and never the
    /// content of any other observation.
    ///
    /// - Throws: `StoreError` with `.tooLarge` beyond ``LastN/greatestRowCount``.
    package func lastN(_ request: SearchRequest, max: Int, now: Int64) async throws -> SearchResultPage {
        let predicate = try await predicate(for: request, session, now: now)
        var page = SearchResultPage(total: 0)
        if predicate == .never { return page }
        let table = tables.table(request.type)
        let query = LastN.query(predicate, table, tables: tables, max: max)
        do {
            try await onSession(session) { session in
                let result = try await session.query(statements.statement(query.text), query.parameters)
                let rids = try LastN.rows(of: result, max: max)
                if rids.isEmpty { return }
                var parameters = SQLParameters()
                parameters.append(int64Array: rids)
                let contents = try await session.query(statements.statement(LastN.contents(table)), parameters)
                page.matches = (0..<contents.rowCount).map { StoredVersion(type: request.type, row: $0, of: contents) }
                page.total = page.matches.count
                try await include(request.includes, request.revIncludes, into: &page, session)
            }
            try await requireUnchanged([request], in: session)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
        return page
    }
}

/// The statements of `$lastn` and the grouping of codes.
enum LastN {
    /// Most observations that are ranked here.
    static let greatestRowCount = 10_000

    /// Row number, code and age of the candidates: the `max` most recent ones of each code as it is written. The age
    /// counts distinct times, 1 for the most recent; observations without a time are the oldest and tie with nobody.
    static func query(
        _ predicate: SearchPredicate, _ table: ResourceTable, tables: TableCatalog, max: Int
    ) -> (text: String, parameters: SQLParameters) {
        var writer = PredicateWriter(tables: tables)
        let conditions = writer.conditions(predicate, table, alias: "t")
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let order = "date_lo DESC NULLS LAST, CASE WHEN date_lo IS NULL THEN rid END DESC"
        let text = """
            SELECT rid, code::text, dense_rank() OVER (ORDER BY \(order)) AS age FROM (
              SELECT rid, code, date_lo, rank() OVER (PARTITION BY code ORDER BY \(order)) AS place
              FROM (SELECT t.rid, t.date_lo, t.content->'code' AS code FROM \(table.current) t\(rest)) found) ranked
            WHERE place <= \(writer.bind(int64: Int64(max)))
            ORDER BY age, rid DESC LIMIT \(greatestRowCount + 1)
            """
        return (text, writer.parameters)
    }

    static func contents(_ table: ResourceTable) -> String {
        """
        SELECT \(ReadStatements.columns) FROM unnest($1::bigint[]) WITH ORDINALITY wanted (rid, place)
        JOIN \(table.current) t USING (rid) ORDER BY place
        """
    }

    /// The rows to return, newest first.
    static func rows(of result: QueryResult, max: Int) throws -> [Int64] {
        guard result.rowCount <= greatestRowCount else {
            throw StoreError(
                .tooLarge, "more than \(greatestRowCount) observations; ask for a smaller max or for fewer codes")
        }
        var groups = CodeGroups()
        let members = (0..<result.rowCount).map { groups.insert(code: result.bytes($0, 1)) }
        var taken: [Int: (count: Int, age: Int64)] = [:]
        var rids: [Int64] = []
        for row in 0..<result.rowCount {
            let age = result.int64(row, 2) ?? 0
            let group = groups.root(of: members[row])
            let state = taken[group] ?? (0, -1)
            guard state.count < max || state.age == age else { continue }
            taken[group] = (state.count + 1, age)
            rids.append(result.int64(row, 0) ?? 0)
        }
        return rids
    }
}
