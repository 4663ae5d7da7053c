/// The pieces of a page's SQL, put together by the way in which the rows are read.
struct PageQuery {
    let table: ResourceTable
    let order: SearchOrder
    let conditions: [String]
    /// The placeholder of the greatest number of rows.
    let limit: String
    /// Whether no page came before.
    let isFirst: Bool
    /// The numbers of all rows that can match, if they are worth asking for first.
    let lists: RowLists?

    /// Finds all rows and sorts them.
    func sorted(_ cursor: SearchCursor?, writer: inout PredicateWriter) -> String {
        let from = "\(table.current) t"
        guard let cursor else {
            return rows(from: from, [], keys: order.selectList)
        }
        guard order.keys.contains(where: \.isComputed) else {
            let after = order.after(cursor, writer: &writer)
            guard order.keys.isEmpty, lists?.sideRows != nil else {
                return rows(from: from, [after], keys: order.selectList)
            }
            let sideAfter = order.after(cursor, writer: &writer) { _ in "w.rid" }
            return rows(from: from, [after], keys: order.selectList, sideAfter: sideAfter)
        }
        // Keys that cost something are computed once for a row, not wherever they stand: a limit keeps the planner
        // from writing them out again.
        let keyCount = order.keys.count
        let values = order.keys.enumerated().map { "\($1.expression) AS v\($0 + 1)" }.joined(separator: ", ")
        let after = order.after(cursor, writer: &writer) { $0 < keyCount ? "k.v\($0 + 1)" : order.rid }
        let keys = order.keys.indices.map { ", k.v\($0 + 1) AS s\($0 + 1)" }.joined() + ", \(order.rid) AS srid"
        let source = "\(from) CROSS JOIN LATERAL (SELECT \(values) LIMIT 1) k"
        return rows(from: source, [after], keys: keys)
    }

    /// The rows in order; where there are lists, by these if they end soon.
    ///
    /// - Parameter sideAfter: `more` where a side table's rows `w` are walked.
    private func rows(from: String, _ more: [String], keys: String, sideAfter: String? = nil) -> String {
        guard let lists else {
            return outer("(\(select(from: from, more + conditions, keys: keys, orderBy: order.orderBy))) page")
        }
        // In the order of rows, a list is sorted without reading them; by any other order all of them are read.
        let isInRowOrder = order.keys.isEmpty
        let greatest =
            lists.greatest ?? (isInRowOrder ? PredicateWriter.greatestList : PredicateWriter.greatestReading)
        let listed =
            isInRowOrder ? "SELECT DISTINCT rid FROM few ORDER BY \(order.listOrderBy)" : "SELECT DISTINCT rid FROM few"
        let short = select(
            from: "(\(listed)) f JOIN \(from) ON t.rid = f.rid",
            more + ["(SELECT n FROM size) <= \(greatest)"] + conditions, keys: keys, orderBy: order.orderBy)
        let isLong = "(SELECT n FROM size) > \(greatest)"
        // Told that conditions hold more often than not, the planner walks; it would take them for rare together.
        let trusting = isInRowOrder ? conditions.map { "coalesce(\($0), false)" } : conditions
        let long: String
        if let rest = lists.rest {
            long = select(from: from, more + [isLong] + rest, keys: keys, orderBy: order.orderBy)
        } else if isInRowOrder, let side = lists.sideRows {
            // IS TRUE: in order of row numbers, not by values. The last of a resource's rows that match stands for it.
            let rows = "(SELECT s.rid, s.ctid AS place FROM \(side.table) s WHERE (\(side.condition)) IS TRUE) w"
            let isLast = """
                NOT coalesce((SELECT true FROM \(side.table) s
                  WHERE s.rid = w.rid AND s.ctid > w.place AND (\(side.condition)) LIMIT 1), false)
                """
            long = select(
                from: "\(rows) JOIN \(from) ON t.rid = w.rid",
                [isLong, isLast] + (sideAfter.map { [$0] } ?? []) + trusting,
                keys: ", w.rid AS srid", orderBy: order.orderBy)
        } else {
            long = select(from: from, more + [isLong] + trusting, keys: keys, orderBy: order.orderBy)
        }
        return """
            WITH hits AS MATERIALIZED (\(lists.queries.joined(separator: " UNION ALL "))),
            few AS MATERIALIZED (SELECT rid FROM hits LIMIT \(greatest + 1)),
            size AS MATERIALIZED (SELECT count(*) AS n FROM few)
            \(outer("((\(short)) UNION ALL (\(long))) page"))
            """
    }

    /// Stretches of an index one after the other. The executor begins the second where the first leaves room.
    func byDate(_ stretches: [[String]]) -> String {
        let parts = stretches.map { stretch in
            select(from: "\(table.current) t", stretch + conditions, keys: order.selectList, orderBy: order.dateOrderBy)
        }
        let all =
            parts.count == 1
            ? parts[0] : parts.map { "(\($0))" }.joined(separator: " UNION ALL ") + " LIMIT \(limit)"
        return outer("(\(all)) page")
    }

    /// The rows that have the key in its index's order, and those without it; the second part only if the first
    /// leaves room.
    func apart(_ present: SearchOrder.Present, _ cursor: SearchCursor?, writer: inout PredicateWriter) -> String {
        guard let cursor else { return outer([presentRows(present, []), missingRows(present, [])]) }
        guard let value = cursor.values[0] else {
            let rest = missingRows(present, [order.afterMissing(rid: cursor.rid, writer: &writer)])
            return outer(order.isBackward ? [rest, presentRows(present, [])] : [rest])
        }
        let after = order.afterPresent(value, rid: cursor.rid, present, writer: &writer)
        let rest = presentRows(present, [after])
        return outer(order.isBackward ? [rest] : [rest, missingRows(present, [])])
    }

    private typealias Part = ([String]) -> String

    private func presentRows(_ present: SearchOrder.Present, _ more: [String]) -> Part {
        { room in
            select(
                from: present.from, present.conditions + more + room + conditions,
                keys: ", \(present.expression) AS s1, \(present.rid) AS srid", orderBy: present.orderBy)
        }
    }

    private func missingRows(_ present: SearchOrder.Present, _ more: [String]) -> Part {
        { room in
            select(
                from: "\(table.current) t", [present.missing] + more + room + conditions,
                keys: ", NULL::text AS s1, \(order.rid) AS srid", orderBy: present.missingOrderBy)
        }
    }

    private func outer(_ parts: [Part]) -> String {
        guard parts.count == 2 else { return outer("(\(parts[0]([]))) page") }
        return """
            WITH first AS MATERIALIZED (\(parts[0]([]))),
            second AS MATERIALIZED (\(parts[1](["(SELECT count(*) FROM first) < \(limit)"])))
            \(outer("first")) UNION ALL \(outer("second"))
            """
    }

    // MARK: - Selects

    private func select(from: String, _ all: [String], keys: String, orderBy: String) -> String {
        let rest = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
        return """
            SELECT t.id, t.version, t.method, t.updated, t.content, t.exact\(keys)
              FROM \(from)\(rest)
              ORDER BY \(orderBy) LIMIT \(limit)
            """
    }

    /// The page's rows with their keys. The first page of a walk also tells the newest row there is, unless its order
    /// keeps newer ones out anyway.
    private func outer(_ source: String) -> String {
        let keys = order.keys.indices.map { ", s\($0 + 1)::text" }.joined()
        let bound = isFirst && !order.isNewestFirst ? ", (SELECT max(rid) FROM \(table.all))" : ""
        return "SELECT \(ReadStatements.columns)\(keys), srid\(bound) FROM \(source)"
    }
}
