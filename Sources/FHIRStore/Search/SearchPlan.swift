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
    /// Whether lists of row numbers come first and one plan is good for any values, but may take its time.
    let hasLists: Bool

    /// Where the sort keys begin in a row; `rid` follows them, then the bound of the walk where the order needs one.
    static let firstKeyColumn = 5

    /// - Parameters:
    ///   - cursor: where the page begins, or ends if it says so: rows then come in reverse order.
    ///   - limit: greatest number of rows to read.
    init(
        _ predicate: SearchPredicate, request: SearchRequest, cursor: SearchCursor?, limit: Int, index: TypeIndex,
        tables: TableCatalog
    ) {
        let table = tables.table(request.type)
        var writer = PredicateWriter(tables: tables)
        let driver = PredicateWriter.driver(of: PredicateWriter.conjuncts(predicate))
        let order = SearchOrder(
            request, predicate, index: index, table: table, alias: "t",
            isBackward: cursor?.walk.isBackward ?? false, writer: &writer)
        let present = order.present(in: table)
        let sortsByDate = order.keys.first?.isMainDate ?? false
        var lists: RowLists?
        if !order.isByDate, present == nil {
            lists = writer.lists(predicate, table, isInRowOrder: order.keys.isEmpty)
        }
        if lists?.greatest != nil {
            lists?.rest = writer.conditions(predicate, table, alias: "t", ordersByDate: sortsByDate)
        }
        writer.probedAlias = lists == nil ? nil : "t"
        writer.walksProbed = order.keys.isEmpty
        var conditions = writer.conditions(predicate, table, alias: "t", ordersByDate: sortsByDate)
        // No index on row numbers shall serve this: it keeps out the few that are new.
        if let bound = cursor?.walk.bound {
            let isOld = "(t.rid + 0) <= \(writer.bind(int64: bound))"
            conditions.append(isOld)
            lists?.rest?.append(isOld)
        }
        let count = writer.bind(int64: Int64(limit))
        let query = PageQuery(
            table: table, order: order, conditions: conditions, limit: count, isFirst: cursor == nil,
            lists: lists)
        if order.isByDate {
            text = query.byDate(order.dateStretches(cursor, writer: &writer))
        } else if let present {
            text = query.apart(present, cursor, writer: &writer)
        } else {
            text = query.sorted(cursor, writer: &writer)
        }
        parameters = writer.parameters
        hasLists = lists != nil && lists?.rest == nil
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
}
