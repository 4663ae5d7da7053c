import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// One page of a search as a single SQL statement.
///
///     SELECT id, version, …, s1, srid FROM (
///       SELECT t.id, …, t.date_lo AS s1, t.rid AS srid FROM "observation" t
///       WHERE t.subj = $1 AND coalesce(t.keys @> $2, false)
///       ORDER BY s1 DESC NULLS LAST, srid DESC LIMIT $3) page
///
/// The inner query finds and orders, the outer one turns only the page's content into text. One row more than the
/// page holds tells whether there is a next one. Never OFFSET: pages begin behind the last row of the one before.
struct SearchPlan {
    let text: String
    let parameters: SQLParameters
    /// Whether the driver is good for any value: the statement may be prepared and run in the shared read lane.
    /// Otherwise the planner has to see the values.
    let isSelective: Bool

    /// Where the sort keys begin in a row; `rid` follows them.
    static let firstKeyColumn = 5

    /// - Parameter limit: greatest number of rows to read.
    init(
        _ predicate: SearchPredicate, request: SearchRequest, cursor: SearchCursor?, limit: Int, index: TypeIndex,
        tables: TableCatalog
    ) {
        let table = tables.table(request.type)
        var writer = PredicateWriter(tables: tables)
        let driver = PredicateWriter.driver(of: PredicateWriter.conjuncts(predicate))
        let order = SearchOrder(
            request.sort, index: index, table: table, alias: "t", driver: driver, writer: &writer)
        let conditions = writer.conditions(
            predicate, table, alias: "t", ordersByDate: order.keys.first?.isMainDate ?? false)
        let count = writer.bind(int64: Int64(limit))
        let query = Query(table: table, order: order, conditions: conditions, limit: count)
        if order.isByDate {
            text = query.byDate(order.dateStretches(cursor, writer: &writer))
        } else if let present = order.present(in: table) {
            text = query.apart(present, cursor, writer: &writer)
        } else {
            let after = cursor.map { [order.after($0, writer: &writer)] } ?? []
            text = query.outer("(\(query.inner(after))) page", keyCount: order.keys.count)
        }
        parameters = writer.parameters
        isSelective = driver == .ids || driver == .selectiveKeys || driver == .subject
    }

    /// The number of matches; at most `limit` are counted.
    static func count(
        _ predicate: SearchPredicate, type: TypeID, limit: Int?, tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters) {
        let table = tables.table(type)
        var writer = PredicateWriter(tables: tables)
        let conditions = writer.conditions(predicate, table, alias: "t")
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        guard let limit else {
            return ("SELECT count(*) FROM \(table.current) t\(rest)", writer.parameters)
        }
        let bound = writer.bind(int64: Int64(limit))
        return (
            "SELECT count(*) FROM (SELECT FROM \(table.current) t\(rest) LIMIT \(bound)) probe", writer.parameters
        )
    }

    /// The rows themselves in no order.
    static func rows(
        _ predicate: SearchPredicate, type: TypeID, tables: TableCatalog, limit: Int? = nil
    ) -> (text: String, parameters: SQLParameters) {
        let table = tables.table(type)
        var writer = PredicateWriter(tables: tables)
        let conditions = writer.conditions(predicate, table, alias: "t")
        var text = "SELECT \(ReadStatements.columns) FROM \(table.current) t"
        if !conditions.isEmpty { text += " WHERE " + conditions.joined(separator: " AND ") }
        if let limit { text += " LIMIT \(writer.bind(int64: Int64(limit)))" }
        return (text, writer.parameters)
    }

    /// At most `limit` matches in no order, with the columns of `ReadStatements`: what conditional interactions need.
    ///
    /// - Returns: also whether the statement may be prepared, as `isSelective` says.
    static func matching(
        _ predicate: SearchPredicate, type: TypeID, hasContent: Bool, limit: Int, tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters, isSelective: Bool) {
        let table = tables.table(type)
        var writer = PredicateWriter(tables: tables)
        let driver = PredicateWriter.driver(of: PredicateWriter.conjuncts(predicate))
        let conditions = writer.conditions(predicate, table, alias: "t")
        let columns = hasContent ? ReadStatements.columns : ReadStatements.columnsWithoutContent
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let text = "SELECT \(columns) FROM \(table.current) t\(rest) LIMIT \(writer.bind(int64: Int64(limit)))"
        let isSelective = driver == .ids || driver == .selectiveKeys || driver == .subject
        return (text, writer.parameters, isSelective)
    }

    /// The pieces of the page's query.
    private struct Query {
        let table: ResourceTable
        let order: SearchOrder
        let conditions: [String]
        let limit: String

        func inner(_ more: [String]) -> String {
            select(from: "\(table.current) t", more, keys: order.selectList, orderBy: order.orderBy)
        }

        private func select(from: String, _ more: [String], keys: String, orderBy: String) -> String {
            let all = more + conditions
            let rest = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
            return """
                SELECT t.id, t.version, t.method, t.updated, t.content, t.exact\(keys)
                  FROM \(from)\(rest)
                  ORDER BY \(orderBy) LIMIT \(limit)
                """
        }

        func outer(_ source: String, keyCount: Int) -> String {
            let keys = (0..<keyCount).map { ", s\($0 + 1)::text" }.joined()
            return "SELECT \(ReadStatements.columns)\(keys), srid FROM \(source)"
        }

        /// The stretches one after the other. The executor begins the second where the first leaves room.
        func byDate(_ stretches: [[String]]) -> String {
            let parts = stretches.map { stretch in
                select(from: "\(table.current) t", stretch, keys: order.selectList, orderBy: order.dateOrderBy)
            }
            let all =
                parts.count == 1
                ? parts[0] : parts.map { "(\($0))" }.joined(separator: " UNION ALL ") + " LIMIT \(limit)"
            return outer("(\(all)) page", keyCount: 1)
        }

        /// First the rows that have the key, in its index's order; those without only if the page is not full.
        func apart(_ present: SearchOrder.Present, _ cursor: SearchCursor?, writer: inout PredicateWriter) -> String {
            let type = order.keys[0].type
            if let cursor, cursor.values[0] == nil {
                let sign = order.isRIDDescending ? "<" : ">"
                let after = "\(order.rid) \(sign) \(writer.bind(int64: cursor.rid))"
                return outer("(\(missing([present.missing, after], type))) page", keyCount: 1)
            }
            var first = present.conditions
            if let cursor { first.append(order.afterPresent(cursor, present, writer: &writer)) }
            let rows = select(
                from: present.from, first, keys: ", \(present.expression) AS s1, \(present.rid) AS srid",
                orderBy: present.orderBy)
            let rest = missing([present.missing, "(SELECT count(*) FROM present) < \(limit)"], type)
            return """
                WITH present AS MATERIALIZED (\(rows)),
                missing AS MATERIALIZED (\(rest))
                \(outer("present", keyCount: 1)) UNION ALL \(outer("missing", keyCount: 1))
                """
        }

        private func missing(_ more: [String], _ type: String) -> String {
            select(
                from: "\(table.current) t", more, keys: ", NULL::\(type) AS s1, \(order.rid) AS srid",
                orderBy: "srid\(order.isRIDDescending ? " DESC" : "")")
        }
    }
}
