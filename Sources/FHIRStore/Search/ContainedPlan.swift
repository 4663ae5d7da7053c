import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// A page of a search that finds contained resources (R4 search.html#contained), as one statement that tells where the
/// matches are.
///
///     SELECT kind, owner_type, owner, place, s1::text, srid FROM (
///       (SELECT 0 AS kind, … FROM "medication" t WHERE … ORDER BY s1, srid LIMIT $1)
///       UNION ALL
///       (SELECT 1, c.owner_type, c.owner, c.place, … FROM contained_resource c WHERE … LIMIT $1)
///     ) page ORDER BY s1, kind, srid LIMIT $1
///
/// Among equals those that stand for themselves come first. A container counts once, with the first of its matches in
/// the order asked for.
struct ContainedPlan {
    /// Where a match is.
    enum Kind: Int64 {
        /// A row of the type searched.
        case own = 0
        /// Within the row of a type.
        case contained = 1
    }

    let text: String
    let parameters: SQLParameters
    /// Where the sort keys begin in a row; `srid` follows them.
    static let firstKeyColumn = 4

    /// - Parameters:
    ///   - own: the predicate of the type's own rows; nil where they are not asked for.
    ///   - contained: that of contained resources.
    ///   - cursor: its values end with the kind of the match next to the page.
    init(
        _ request: SearchRequest, own: SearchPredicate?, contained: SearchPredicate, cursor: SearchCursor?, limit: Int,
        index: TypeIndex, tables: TableCatalog
    ) {
        var writer = PredicateWriter(tables: tables)
        let count = writer.bind(int64: Int64(limit))
        let sources = Sources(request, own: own, contained: contained, tables: tables)
        let bound = cursor?.walk.bound.map { writer.bind(time: $0) }
        let isBackward = cursor?.walk.isBackward ?? false
        var orderBy = ""
        var branches: [String] = []
        for source in sources.all {
            let order = SearchOrder(
                request.sort, source.predicate, index: index, table: source.table, alias: "t", isBackward: isBackward,
                writer: &writer)
            let keys = order.keys.indices.map { ", s\($0 + 1)" }.joined()
            var conditions: [String] = []
            if let bound { conditions.append(source.existed(at: bound)) }
            let rows = source.rows(
                keys: order.selectList, conditions, first: order.orderBy(isBackward: false), writer: &writer)
            let after = cursor.map { cursor in
                let last = cursor.values.last.flatMap { $0 }.flatMap { Int64($0) }.flatMap(Kind.init(rawValue:)) ?? .own
                return " WHERE "
                    + order.after(cursor, tie: Self.tie(source.kind, last, isBackward: isBackward), writer: &writer) {
                        $0 < order.keys.count ? "s\($0 + 1)" : "srid"
                    }
            }
            orderBy = order.orderBy(then: ["kind\(isBackward ? " DESC" : "")"], isBackward: isBackward)
            branches.append(
                """
                (SELECT \(source.kind.rawValue) AS kind, owner_type, owner, place\(keys), srid
                FROM (\(rows)) m\(after ?? "")
                ORDER BY \(orderBy) LIMIT \(count))
                """)
        }
        let keys = request.sort.indices.map { ", s\($0 + 1)::text" }.joined()
        text = """
            SELECT kind, owner_type, owner, place\(keys), srid
            FROM (\(branches.joined(separator: "\nUNION ALL\n"))) page
            ORDER BY \(orderBy) LIMIT \(count)
            """
        parameters = writer.parameters
    }

    /// What decides between equals of different kinds; nil where row numbers do.
    private static func tie(_ kind: Kind, _ last: Kind, isBackward: Bool) -> String? {
        if kind == last { return nil }
        return (kind.rawValue > last.rawValue) != isBackward ? "true" : "false"
    }

    /// A query for the number of matches, of which at most `limit` are counted.
    static func count(
        _ request: SearchRequest, own: SearchPredicate?, contained: SearchPredicate, limit: Int?, tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters) {
        let (rows, parameters) = rows(request, own: own, contained: contained, limit: limit, tables: tables)
        return ("SELECT count(*) FROM (\(rows)) probe", parameters)
    }

    /// A query for all matches, to be counted or explained.
    static func rows(
        _ request: SearchRequest, own: SearchPredicate?, contained: SearchPredicate, limit: Int?, tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters) {
        var writer = PredicateWriter(tables: tables)
        let branches = Sources(request, own: own, contained: contained, tables: tables).all.map { source in
            "SELECT owner FROM (\(source.rows(keys: ", t.rid AS srid", [], first: "srid", writer: &writer))) m"
        }
        let bound = limit.map { " LIMIT \(writer.bind(int64: Int64($0)))" }
        return (branches.joined(separator: " UNION ALL ") + (bound ?? ""), writer.parameters)
    }

    // MARK: - Rows

    private struct Sources {
        var all: [Source] = []

        init(_ request: SearchRequest, own: SearchPredicate?, contained: SearchPredicate, tables: TableCatalog) {
            let table = tables.table(request.type)
            if let own { all.append(Source(kind: .own, table: table, predicate: own)) }
            var source = Source(kind: .contained, table: table.contained, predicate: contained)
            source.answersContainer = request.containment?.answersContainer ?? true
            // A container that matches by itself is told once.
            if source.answersContainer, let own { source.others = (table, own) }
            all.append(source)
        }
    }

    private struct Source {
        let kind: Kind
        let table: ResourceTable
        let predicate: SearchPredicate
        var answersContainer = false
        var others: (table: ResourceTable, predicate: SearchPredicate)?

        /// Only what was there at the first page. Contained resources are written anew with what contains them.
        func existed(at bound: String) -> String {
            kind == .own ? "(t.version > 1 OR t.updated <= \(bound))" : "t.updated <= \(bound)"
        }

        /// - Parameter first: the order that says which match of a container counts.
        func rows(keys: String, _ more: [String], first: String, writer: inout PredicateWriter) -> String {
            var conditions = more + writer.conditions(predicate, table, alias: "t")
            if let others {
                let matching = writer.conditions(others.predicate, others.table, alias: "o")
                let all = ["o.rid = t.owner"] + matching
                conditions.append(
                    """
                    NOT (t.owner_type = '\(others.table.typeName)' AND EXISTS (
                      SELECT FROM \(others.table.current) o WHERE \(all.joined(separator: " AND "))))
                    """)
            }
            let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
            if kind == .own {
                return """
                    SELECT '\(table.typeName)'::text AS owner_type, t.rid AS owner, 0 AS place\(keys)
                    FROM \(table.current) t\(rest)
                    """
            }
            let rows = "t.owner_type, t.owner, t.place\(keys) FROM \(table.current) t\(rest)"
            guard answersContainer else { return "SELECT \(rows)" }
            return "SELECT DISTINCT ON (t.owner_type, t.owner) \(rows) ORDER BY t.owner_type, t.owner, \(first)"
        }
    }
}
