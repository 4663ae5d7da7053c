/// The pieces of a page's SQL, put together by the way in which the rows are read.
struct PageQuery {
    let table: ResourceTable
    let order: SearchOrder
    let conditions: [String]
    /// The placeholder of the greatest number of rows.
    let limit: String
    /// Whether no page came before.
    let isFirst: Bool
    /// Queries of the numbers of all rows that can match, if there are any worth asking first.
    let lists: [String]

    /// Finds all rows and sorts them.
    func sorted(_ cursor: SearchCursor?, writer: inout PredicateWriter) -> String {
        let from = "\(table.current) t"
        guard let cursor else {
            return rows(from: from, [], keys: order.selectList)
        }
        guard order.keys.contains(where: \.isComputed) else {
            let after = [order.after(cursor, writer: &writer)]
            return rows(from: from, after, keys: order.selectList)
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
    private func rows(from: String, _ more: [String], keys: String) -> String {
        func part(_ source: String, _ conditions: [String]) -> String {
            select(from: source, more + conditions, keys: keys, orderBy: order.orderBy)
        }
        guard !lists.isEmpty else { return outer("(\(part(from, []))) page") }
        // In the order of rows, a list is sorted without reading them; by any other order all of them are read.
        let isInRowOrder = order.keys.isEmpty
        let greatest = isInRowOrder ? PredicateWriter.greatestList : PredicateWriter.greatestReading
        let listed =
            isInRowOrder ? "SELECT DISTINCT rid FROM few ORDER BY \(order.listOrderBy)" : "SELECT DISTINCT rid FROM few"
        let short = part("(\(listed)) f JOIN \(from) ON t.rid = f.rid", ["(SELECT count(*) FROM few) <= \(greatest)"])
        let long = part(from, ["(SELECT count(*) FROM few) > \(greatest)"])
        return """
            WITH hits AS MATERIALIZED (\(lists.joined(separator: " UNION ALL "))),
            few AS MATERIALIZED (SELECT rid FROM hits LIMIT \(greatest + 1))
            \(outer("((\(short)) UNION ALL (\(long))) page"))
            """
    }

    /// Stretches of an index one after the other. The executor begins the second where the first leaves room.
    func byDate(_ stretches: [[String]]) -> String {
        let parts = stretches.map { stretch in
            select(from: "\(table.current) t", stretch, keys: order.selectList, orderBy: order.dateOrderBy)
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
                from: present.from, present.conditions + more + room,
                keys: ", \(present.expression) AS s1, \(present.rid) AS srid", orderBy: present.orderBy)
        }
    }

    private func missingRows(_ present: SearchOrder.Present, _ more: [String]) -> Part {
        { room in
            select(
                from: "\(table.current) t", [present.missing] + more + room,
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

    private func select(from: String, _ more: [String], keys: String, orderBy: String) -> String {
        "\(unordered(from: from, more, keys: keys)) ORDER BY \(orderBy) LIMIT \(limit)"
    }

    private func unordered(from: String, _ more: [String], keys: String) -> String {
        let all = more + conditions
        let rest = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
        return """
            SELECT t.id, t.version, t.method, t.updated, t.content, t.exact\(keys)
              FROM \(from)\(rest)
            """
    }

    /// The page's rows with their keys. The first page of a walk also tells the newest row there is, unless its order
    /// keeps newer ones out anyway.
    private func outer(_ source: String) -> String {
        let keys = order.keys.indices.map { ", s\($0 + 1)::text" }.joined()
        let bound = isFirst && !order.isNewestFirst ? ", (SELECT max(rid) FROM \(table.current))" : ""
        return "SELECT \(ReadStatements.columns)\(keys), srid\(bound) FROM \(source)"
    }
}
