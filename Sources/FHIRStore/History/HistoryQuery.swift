import FHIRFormats
import PostgreSQL

/// The statement for one page of history over any number of types.
///
/// Every table gives its newest `count + 1` rows behind the cursor by its index on (updated, id); the union keeps the
/// newest of those. Column 0 is the position of the type, the rest is `ReadStatements.columns`.
struct HistoryQuery {
    private(set) var text = ""
    private(set) var parameters = SQLParameters()

    private let request: HistoryRequest
    private var parameterCount = 0

    init(request: HistoryRequest, tables: [ResourceTable]) {
        self.request = request
        let conditions = makeConditions()
        let cursorValues = request.cursor.map { cursor in
            (time: bind(cursor.updated), id: bind(text: cursor.id), version: bind(int64: Int64(cursor.version)))
        }
        let limit = bind(int64: Int64(request.count + 1))
        var branches: [String] = []
        for (position, table) in tables.enumerated() {
            for name in [table.current, table.history] {
                let cursor = cursorValues.flatMap { cursorCondition(table, $0) }
                let all = (conditions(table) + (cursor.map { [$0] } ?? [])).joined(separator: " AND ")
                branches.append(
                    """
                    (SELECT \(position) AS type, '\(table.typeName)' AS type_name, id, version, method, updated,
                       content, exact
                     FROM \(name) x WHERE \(all.isEmpty ? "true" : all)
                     ORDER BY updated DESC, id DESC, version DESC LIMIT \(limit))
                    """)
            }
        }
        text = """
            SELECT type, \(ReadStatements.columns) FROM (
            \(branches.joined(separator: "\nUNION ALL\n"))
            ) versions
            ORDER BY updated DESC, type_name COLLATE "C" DESC, id DESC, version DESC LIMIT \(limit)
            """
    }

    private mutating func makeConditions() -> (ResourceTable) -> [String] {
        var shared: [String] = []
        if case .instance(_, let id) = request.scope { shared.append("id = \(bind(text: id))::text") }
        if let since = request.since { shared.append("updated >= \(bind(since))") }
        guard let at = request.at else { return { _ in shared } }
        let low = bind(at.lowerBound)
        let high = bind(at.upperBound)
        // Current at some moment of the span: made before its end, and not replaced before its beginning.
        return { table in
            let successors = [table.current, table.history].map { name in
                """
                NOT EXISTS (SELECT FROM \(name) s WHERE s.id = x.id AND s.version = x.version + 1
                  AND s.updated <= \(low))
                """
            }
            return shared + ["updated < \(high)", "method <> 'D'"] + successors
        }
    }

    /// Rows behind the cursor, whose place among types of the same instant depends on the type's name.
    private func cursorCondition(
        _ table: ResourceTable, _ values: (time: String, id: String, version: String)
    ) -> String? {
        guard let cursor = request.cursor else { return nil }
        if table.typeName == cursor.typeName {
            return "(updated, id, version) < (\(values.time), \(values.id)::text, \(values.version))"
        }
        return table.typeName.utf8.lexicographicallyPrecedes(cursor.typeName.utf8)
            ? "updated <= \(values.time)" : "updated < \(values.time)"
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
