import FHIRFormats
import PostgreSQL

/// The statements for one page of history over any number of types, and for its total.
///
/// Every table gives its first `count + 1` rows behind the cursor by its index on (updated, id); the union keeps the
/// first of those. Column 0 is the position of the type, the rest is `ReadStatements.columns`.
struct HistoryQuery {
    /// A statement with its values.
    typealias Command = (text: String, parameters: SQLParameters)

    private let request: HistoryRequest
    private let tables: [ResourceTable]
    private var parameters = SQLParameters()
    private var parameterCount = 0

    private init(_ request: HistoryRequest, _ tables: [ResourceTable]) {
        self.request = request
        self.tables = tables
    }

    /// The versions of the page in the order of the request, one more than asked for if there are more; backward
    /// pages in reverse.
    static func page(_ request: HistoryRequest, tables: [ResourceTable]) -> Command {
        var query = HistoryQuery(request, tables)
        return query.page()
    }

    /// The number of versions, of which each table counts `limit` at most, and the time of the youngest where the
    /// order does not tell it: null for histories that begin with it.
    static func total(_ request: HistoryRequest, tables: [ResourceTable], limit: Int?) -> Command {
        var query = HistoryQuery(request, tables)
        return query.total(limit: limit)
    }

    // MARK: - Page

    private mutating func page() -> Command {
        let walksUp = request.isAscending != (request.cursor?.isBackward ?? false)
        let direction = walksUp ? "ASC" : "DESC"
        let conditions = makeConditions()
        let cursorValues = request.cursor.map { cursor in
            (
                time: bind(cursor.updated), id: bind(text: cursor.id), version: bind(int64: Int64(cursor.version)),
                bound: bind(cursor.bound)
            )
        }
        let limit = bind(int64: Int64(request.count + 1))
        var branches: [String] = []
        for (position, table) in tables.enumerated() {
            var behind: [String] = []
            if let values = cursorValues {
                behind.append("updated <= \(values.bound)")
                behind.append(cursorCondition(table, values.time, values.id, values.version, walksUp: walksUp))
            }
            for name in [table.current, table.history] {
                let all = conditions(table, name) + behind
                branches.append(
                    """
                    (SELECT \(position) AS type, '\(table.typeName)' AS type_name, id, version, method, updated,
                       content, exact
                     FROM \(name) x WHERE \(Self.joined(all))
                     ORDER BY updated \(direction), id \(direction), version \(direction) LIMIT \(limit))
                    """)
            }
        }
        let text = """
            SELECT type, \(ReadStatements.columns) FROM (
            \(branches.joined(separator: "\nUNION ALL\n"))
            ) versions
            ORDER BY updated \(direction), type_name COLLATE "C" \(direction), id \(direction), version \(direction)
            LIMIT \(limit)
            """
        return (text, parameters)
    }

    /// Rows behind the cursor, whose place among types of the same instant depends on the type's name.
    private func cursorCondition(
        _ table: ResourceTable, _ time: String, _ id: String, _ version: String, walksUp: Bool
    ) -> String {
        let sign = walksUp ? ">" : "<"
        let typeName = request.cursor?.typeName ?? ""
        if table.typeName == typeName {
            return "(updated, id, version) \(sign) (\(time), \(id)::text, \(version))"
        }
        let isBehind = table.typeName.utf8.lexicographicallyPrecedes(typeName.utf8) != walksUp
        return "updated \(sign)\(isBehind ? "=" : "") \(time)"
    }

    // MARK: - Total

    private mutating func total(limit: Int?) -> Command {
        let conditions = makeConditions()
        let bound = limit.map { "LIMIT \(bind(int64: Int64($0)))" } ?? ""
        let branches = tables.flatMap { table in
            [table.current, table.history].map { name in
                let all = Self.joined(conditions(table, name))
                let youngest = request.isAscending ? "(SELECT max(updated) FROM \(name) x WHERE \(all))" : "NULL"
                return """
                    SELECT (SELECT count(*) FROM (SELECT FROM \(name) x WHERE \(all) \(bound)) p) AS number,
                      \(youngest)::timestamptz AS youngest
                    """
            }
        }
        let text = """
            SELECT sum(number)::bigint, \(WriteStatements.micros("max(youngest)")) FROM (
            \(branches.joined(separator: "\nUNION ALL\n"))
            ) tables
            """
        return (text, parameters)
    }

    // MARK: - Conditions

    private static func joined(_ conditions: [String]) -> String {
        conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
    }

    /// Conditions on the rows of one of a type's two tables.
    private mutating func makeConditions() -> (_ table: ResourceTable, _ name: String) -> [String] {
        var shared: [String] = []
        if case .instance(_, let id) = request.scope { shared.append("id = \(bind(text: id))::text") }
        if let since = request.since { shared.append("updated >= \(bind(since))") }
        guard let at = request.at else { return { [shared] _, _ in shared } }
        let low = bind(at.lowerBound)
        let high = bind(at.upperBound)
        // Current at some moment of the span: made before its end, and not replaced before its beginning.
        return { [shared] table, name in
            // Nothing replaced what is current; not to ask spares the planner most of its work over all types.
            let places = name == table.current ? [] : [table.all, table.allHistory]
            let successors = places.map { name in
                """
                NOT EXISTS (SELECT FROM \(name) s WHERE s.id = x.id AND s.version = x.version + 1
                  AND s.updated <= \(low))
                """
            }
            return shared + ["updated < \(high)", "method <> 'D'"] + successors
        }
    }

    private mutating func bind(_ instant: Instant) -> String {
        parameters.append(timestamp: instant.microsecondsSince1970)
        return placeholder() + "::timestamptz"
    }

    private mutating func bind(text: String) -> String {
        parameters.append(text: text)
        return placeholder()
    }

    private mutating func bind(int64 value: Int64) -> String {
        parameters.append(int64: value)
        return placeholder() + "::bigint"
    }

    private mutating func placeholder() -> String {
        parameterCount += 1
        return "$\(parameterCount)"
    }
}
