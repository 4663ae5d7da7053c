import FHIRDefinitions
import FHIRSearch
import JSONTape
import PostgreSQL

/// A page of a search over several types as one SQL statement.
///
///     SELECT type_name, id, version, … FROM (
///       (SELECT 'Patient' AS type_name, … FROM "patient" t WHERE … ORDER BY t.updated DESC, t.id DESC LIMIT $1)
///       UNION ALL
///       (SELECT … FROM "task" t …)
///     ) page ORDER BY updated DESC, type_name DESC, id DESC LIMIT $1
///
/// Every type gives its own next rows by its index, the union keeps the first of those.
struct SystemSearchPlan {
    private(set) var text = ""
    private(set) var parameters = SQLParameters()
    private let tables: TableCatalog
    private let request: SystemSearchRequest
    private let cursor: SystemSearchCursor?
    private let isBackward: Bool

    /// - Parameters:
    ///   - predicates: one for each of the requests' types.
    ///   - limit: greatest number of rows; they come in reverse order if the cursor's page ends before it.
    init(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], cursor: SystemSearchCursor?, limit: Int,
        tables: TableCatalog
    ) {
        self.tables = tables
        self.request = request
        self.cursor = cursor
        isBackward = cursor?.walk.isBackward ?? false
        var writer = PredicateWriter(tables: tables)
        let count = writer.bind(int64: Int64(limit))
        let bound = cursor?.walk.bound.map { writer.bind(time: $0) }
        let position = cursor.map { Position($0, &writer) }
        var branches: [String] = []
        for (own, predicate) in zip(request.requests, predicates) where predicate != .never {
            let table = tables.table(own.type)
            var conditions = writer.conditions(predicate, table, alias: "t")
            if let bound, let existed = existed(at: bound) { conditions.append(existed) }
            if let position { conditions.append(after(position, table.typeName)) }
            let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
            branches.append(
                """
                (SELECT '\(table.typeName)'::text AS type_name, t.id, t.version, t.method, t.updated, t.content, t.exact
                 FROM \(table.current) t\(rest) ORDER BY \(branchOrder(predicate)) LIMIT \(count))
                """)
        }
        if branches.isEmpty { return }
        let order = request.sort.map { name($0) + direction($0) } + ["type_name COLLATE \"C\"\(tie)", "id\(tie)"]
        text = """
            SELECT type_name, \(ReadStatements.columns) FROM (
            \(branches.joined(separator: "\nUNION ALL\n"))
            ) page ORDER BY \(order.joined(separator: ", ")) LIMIT \(count)
            """
        parameters = writer.parameters
    }

    // MARK: - Order

    private func name(_ key: SystemSearchRequest.SortKey) -> String { key.column == .id ? "id" : "updated" }

    private func direction(_ key: SystemSearchRequest.SortKey) -> String {
        key.isDescending != isBackward ? " DESC" : ""
    }

    /// Among equals the types follow each other by name, in the direction of the first key, and then the ids.
    private var tie: String { direction(request.sort[0]) }

    /// No index that gives the order may tempt the planner away from one that finds few rows.
    private func branchOrder(_ predicate: SearchPredicate) -> String {
        let driver = PredicateWriter.driver(of: PredicateWriter.conjuncts(predicate))
        let isFenced = driver != .none && driver != .keys && driver != .joined
        let keys = request.sort.map { key in
            let column =
                key.column == .id
                ? (isFenced ? "(t.id || '')" : "t.id")
                : isFenced ? "(t.updated + interval '0')" : "t.updated"
            return column + direction(key)
        }
        return (keys + ["t.id\(tie)"]).joined(separator: ", ")
    }

    // MARK: - The cursor

    /// The cursor's place with its values bound.
    private struct Position {
        let typeName: String
        let id: String
        let updated: String

        init(_ cursor: SystemSearchCursor, _ writer: inout PredicateWriter) {
            typeName = cursor.typeName
            id = writer.bind(text: cursor.id) + "::text"
            updated = writer.bind(time: cursor.updated)
        }
    }

    /// Rows made after the walk began stay out; in the order of their change changed ones do too, or the walk could
    /// go on as long as somebody writes.
    private func existed(at bound: String) -> String? {
        guard request.sort[0].column == .updated else { return "(t.version > 1 OR t.updated <= \(bound))" }
        return request.sort[0].isDescending != isBackward ? nil : "t.updated <= \(bound)"
    }

    /// The condition that a type's row is read after the cursor's.
    private func after(_ position: Position, _ typeName: String) -> String {
        let readsDown = request.sort[0].isDescending != isBackward
        let isLater = position.typeName.utf8.lexicographicallyPrecedes(typeName.utf8) != readsDown
        var condition =
            typeName == position.typeName ? "t.id \(readsDown ? "<" : ">") \(position.id)" : isLater ? "true" : "false"
        for (number, key) in request.sort.enumerated().reversed() {
            let (column, value) = key.column == .id ? ("t.id", position.id) : ("t.updated", position.updated)
            let sign = key.isDescending != isBackward ? "<" : ">"
            condition = "(\(column) \(sign) \(value) OR (\(column) = \(value) AND \(condition)))"
            // Says nothing new, but the index can begin there.
            if number == 0 { condition = "\(column) \(sign)= \(value) AND \(condition)" }
        }
        return condition
    }

    // MARK: - Counting

    /// A query for the number of matches of all types; at most `limit` are counted.
    static func count(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], limit: Int?, tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters)? {
        var writer = PredicateWriter(tables: tables)
        let bound = limit.map { writer.bind(int64: Int64($0)) }
        let branches = sources(request, predicates, &writer, tables).map { source in
            if let bound { return "(SELECT FROM \(source) LIMIT \(bound))" }
            return "SELECT count(*) AS n FROM \(source)"
        }
        if branches.isEmpty { return nil }
        let all = branches.joined(separator: " UNION ALL ")
        guard let bound else { return ("SELECT sum(n)::bigint FROM (\(all)) counts", writer.parameters) }
        // SQL takes no second LIMIT around a single part, nor is one needed.
        let limited = branches.count == 1 ? all : "\(all) LIMIT \(bound)"
        return ("SELECT count(*) FROM (\(limited)) probe", writer.parameters)
    }

    /// A query for all matches of all types, to be explained.
    static func rows(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], tables: TableCatalog
    ) -> (text: String, parameters: SQLParameters)? {
        var writer = PredicateWriter(tables: tables)
        let branches = sources(request, predicates, &writer, tables).map { "SELECT t.id FROM \($0)" }
        return branches.isEmpty ? nil : (branches.joined(separator: " UNION ALL "), writer.parameters)
    }

    private static func sources(
        _ request: SystemSearchRequest, _ predicates: [SearchPredicate], _ writer: inout PredicateWriter,
        _ tables: TableCatalog
    ) -> [String] {
        var sources: [String] = []
        for (own, predicate) in zip(request.requests, predicates) where predicate != .never {
            let table = tables.table(own.type)
            let conditions = writer.conditions(predicate, table, alias: "t")
            let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
            sources.append("\(table.current) t\(rest)")
        }
        return sources
    }
}

/// Where a page begins in a search over several types; see `SearchCursor`.
struct SystemSearchCursor: Hashable {
    /// Microseconds since 1970.
    var updated: Int64
    var typeName: String
    var id: String
    var walk: SearchWalk

    init(updated: Int64, typeName: String, id: String, walk: SearchWalk) {
        self.updated = updated
        self.typeName = typeName
        self.id = id
        self.walk = walk
    }

    /// Reads what `payload` wrote; nil for a cursor of another search.
    init?(payload: [UInt8], request: SystemSearchRequest) {
        guard let document = try? Document.parse(payload) else { return nil }
        let fields = JSONNode(document).items
        guard fields.count == 5, fields[0].string == Self.fingerprint(request), let walk = SearchWalk(fields[1]),
            let updated = fields[2].integer, let typeName = fields[3].string, let id = fields[4].string
        else { return nil }
        self.init(updated: Int64(updated), typeName: typeName, id: id, walk: walk)
    }

    /// `[fingerprint, [walk], updated, type, id]`
    func payload(for request: SystemSearchRequest) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 128)
        writer.beginArray()
        writer.string(Self.fingerprint(request))
        walk.write(to: &writer)
        writer.number(Int(updated))
        writer.string(typeName)
        writer.string(id)
        writer.endArray()
        return writer.bytes
    }

    private static func fingerprint(_ request: SystemSearchRequest) -> String {
        SearchWalk.fingerprint(path: request.path, understood: request.understood)
    }
}
