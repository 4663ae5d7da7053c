import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// The statements of `$everything`. Their text depends on the kind of focus and filters alone, values are bound, so
/// that they can be prepared.
struct EverythingSQL {
    private let request: EverythingRequest
    private let scope: EverythingScope
    private(set) var parameters = SQLParameters()

    init(_ request: EverythingRequest, _ scope: EverythingScope) {
        self.request = request
        self.scope = scope
    }

    // MARK: - The compartment

    /// Number of a branch and row number of what belongs to the page: one statement over all types of the compartment.
    ///
    ///     SELECT * FROM (
    ///       (SELECT 0 AS k, rid FROM (SELECT t.rid FROM "patient" t WHERE …) u ORDER BY rid LIMIT $2)
    ///       UNION ALL (SELECT 1 AS k, rid FROM (… UNION …) u ORDER BY rid LIMIT $2) UNION ALL …
    ///     ) page ORDER BY k, rid LIMIT $2
    ///
    /// A type's rows are found by `subj` and by `keys` apart, so that each part has its index.
    mutating func page(of numbers: [Int], after position: (number: Int, rid: Int64)?, limit: Int) -> String {
        let limit = bind(int64: Int64(limit))
        let first = bind(int64: Int64(position?.number ?? 0))
        let rid = bind(int64: position?.rid ?? 0)
        let filters = filters()
        let parts = numbers.map { number in
            // The first condition speaks of no row, so types before the page cost nothing.
            let gate = "\(first) <= \(number) AND t.rid > CASE WHEN \(first) = \(number) THEN \(rid) ELSE 0 END"
            let rows = sources(scope.branches[number], select: "t.rid", filters, [gate]).joined(separator: " UNION ")
            return "(SELECT \(number) AS k, rid FROM (\(rows)) u ORDER BY rid LIMIT \(limit))"
        }
        return "SELECT * FROM (\(parts.joined(separator: " UNION ALL "))) page ORDER BY k, rid LIMIT \(limit)"
    }

    /// What the rows of the compartment refer to, as distinct texts: one pass over the compartment.
    mutating func references(limit: Int) -> String {
        let limit = bind(int64: Int64(limit))
        let filters = filters()
        let rows = scope.branches.indices.flatMap { number in
            sources(scope.branches[number], select: "t.content", filters, [])
        }
        return """
            SELECT DISTINCT r #>> '{}' FROM (\(rows.joined(separator: " UNION ALL "))) c,
              jsonb_array_elements(\(Self.references("c.content"))) r LIMIT \(limit)
            """
    }

    /// The texts of all references in a resource, and the addresses of attachments that are Binaries, as JSON array.
    static func references(_ content: String) -> String {
        """
        jsonb_path_query_array(\(content), 'strict $.**.reference')
          || jsonb_path_query_array(\(content), 'strict $.**.url ? (@ like_regex "(^|/)Binary/")')
        """
    }

    private struct Filters {
        var since: String?
        var care: (low: String, high: String)?
    }

    private mutating func filters() -> Filters {
        Filters(
            since: request.since.map { bind(time: $0) },
            care: request.care.map { (bind(time: $0.low), bind(time: $0.high)) })
    }

    /// One SELECT for each way into the compartment.
    private mutating func sources(
        _ branch: EverythingScope.Branch, select: String, _ filters: Filters, _ more: [String]
    ) -> [String] {
        var conditions = more
        if let since = filters.since { conditions.append("t.updated >= \(since)") }
        if let care = filters.care, branch.hasCareDate {
            conditions.append("(t.date_lo IS NULL OR t.date_hi > \(care.low) AND t.date_lo < \(care.high))")
        }
        let rest = conditions.map { " AND \($0)" }.joined()
        return ways(branch.membership).map { way in
            "SELECT \(select) FROM \(branch.table.current) t WHERE \(way)\(rest)"
        }
    }

    /// Conditions of which any one puts a row into the compartment.
    private mutating func ways(_ membership: EverythingScope.Membership) -> [String] {
        if membership.coversAll { return [membership.hasSubject ? "t.subj IS NOT NULL" : "true"] }
        var ways: [String] = []
        if !membership.ids.isEmpty { ways.append("t.id = ANY(\(bind(ids: membership.ids)))") }
        if !membership.selves.isEmpty { ways.append("t.self = ANY(\(bind(membership.selves)))") }
        if !membership.subjects.isEmpty { ways.append("t.subj = ANY(\(bind(membership.subjects)))") }
        if !membership.keys.isEmpty { ways.append("t.keys && \(bind(membership.keys))") }
        return ways
    }

    // MARK: - Supporting resources

    /// Id and references of those of `ids` that are in nobody's compartment, or in that of a patient in scope without
    /// having been returned already. Whatever a resource refers to, nothing of other patients is told.
    mutating func supporting(_ type: TypeID, _ table: ResourceTable, ids: [String]) -> String {
        var conditions = ["t.id = ANY(\(bind(ids: ids)))"]
        if let branch = scope.branch(of: type) {
            let ways = ways(branch.membership).map { "coalesce(\($0), false)" }
            conditions.append("NOT (\(ways.joined(separator: " OR ")))")
        }
        if let membership = scope.patientMembership(of: type) {
            var ways = ways(membership).map { "coalesce(\($0), false)" }
            if membership.hasSubject { ways.append("t.subj IS NULL") }
            conditions.append(ways.isEmpty ? "false" : "(\(ways.joined(separator: " OR ")))")
        }
        return """
            SELECT t.id, (\(Self.references("t.content")))::text FROM \(table.current) t
            WHERE \(conditions.joined(separator: " AND "))
            """
    }

    // MARK: - Values

    private mutating func bind(_ values: [Int64]) -> String {
        parameters.append(int64Array: values)
        return "$\(parameters.count)::bigint[]"
    }

    private mutating func bind(int64 value: Int64) -> String {
        parameters.append(int64: value)
        return "$\(parameters.count)::bigint"
    }

    private mutating func bind(time: Int64) -> String {
        parameters.append(timestamp: time)
        return "$\(parameters.count)::timestamptz"
    }

    private mutating func bind(ids: [String]) -> String {
        parameters.append(textArray: ids)
        return "$\(parameters.count)::text[]"
    }
}
