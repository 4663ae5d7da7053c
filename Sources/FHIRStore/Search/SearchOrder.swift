import FHIRDefinitions
import FHIRSearch

/// The order of matches as SQL: one expression per sort key, then `rid`, which is unique and grows with creation.
///
/// Missing values come last in either direction (R4 search.html#sort leaves it open). Without `_sort` the newest
/// resources come first; of one patient's, those with the newest main date, because an index has them in that order.
struct SearchOrder {
    struct Key {
        /// Over the row's alias; of type `type`.
        var expression: String
        var type: String
        var isDescending: Bool
        var isNullable: Bool
        /// Whether an index gives this order.
        var isIndexed: Bool
        /// For strings: the parameter's number, whose rows in `_str` stand in this order.
        var stringParameter: Int32?
        /// Whether it is the type's main date.
        var isMainDate = false
        /// Whether it is a query of its own, to be run once for a row.
        var isComputed = false
    }

    var keys: [Key]
    /// The order of row numbers among equals.
    let isRIDDescending: Bool
    /// Whether rows are read from the end towards the beginning, to be turned round afterwards.
    let isBackward: Bool
    let alias: String
    private let isRIDFenced: Bool
    /// Whether the main date alone gives the order, all of which stands in an index.
    let isByDate: Bool

    /// - Parameter driver: what finds the rows. Where that is an index for few rows, no sort index may tempt the
    ///   planner away from it.
    init(
        _ request: SearchRequest, _ predicate: SearchPredicate, index: TypeIndex, table: ResourceTable, alias: String,
        isBackward: Bool, writer: inout PredicateWriter
    ) {
        let driver = PredicateWriter.driver(of: PredicateWriter.conjuncts(predicate))
        self.alias = alias
        self.isBackward = isBackward
        let isFenced = driver == .ids || driver == .selectiveKeys || driver == .alternatives
        if Self.isByPatientsDate(request, predicate) {
            let expression = SortKeyExpression(index: index, table: table, alias: alias, isDescending: true)
            keys = [expression.mainDate()]
        } else {
            keys = request.sort.map { sort in
                SortKeyExpression(index: index, table: table, alias: alias, isDescending: sort.isDescending)
                    .key(sort, predicate, writer: &writer)
            }
        }
        isRIDDescending = keys.first?.isDescending ?? true
        isByDate = !isFenced && keys.count == 1 && keys[0].isMainDate
        isRIDFenced = isFenced || !isByDate && (driver == .subject || !keys.isEmpty)
        let walksRows = driver == .none || driver == .keys
        for position in keys.indices where isFenced || keys[position].stringParameter != nil && !walksRows {
            keys[position].isIndexed = false
        }
    }

    /// The order of matches among which are contained resources: the keys asked for and no others, by no index.
    init(
        _ sort: [SearchRequest.SortKey], _ predicate: SearchPredicate, index: TypeIndex, table: ResourceTable,
        alias: String, isBackward: Bool, writer: inout PredicateWriter
    ) {
        self.alias = alias
        self.isBackward = isBackward
        keys = sort.map { sort in
            SortKeyExpression(index: index, table: table, alias: alias, isDescending: sort.isDescending)
                .key(sort, predicate, writer: &writer)
        }
        isRIDDescending = keys.first?.isDescending ?? true
        isByDate = false
        isRIDFenced = true
    }

    /// Whether the order is that of one patient's rows in their index, since nothing else was asked for. To sort by row
    /// number would be to fetch all that the patient has.
    private static func isByPatientsDate(_ request: SearchRequest, _ predicate: SearchPredicate) -> Bool {
        let conjuncts = PredicateWriter.conjuncts(predicate)
        guard request.sort.isEmpty, PredicateWriter.driver(of: conjuncts) == .subject else { return false }
        return conjuncts.contains { if case .subject(let subjects) = $0 { subjects.count == 1 } else { false } }
    }

    /// How many sort values a cursor of the search has.
    static func keyCount(_ request: SearchRequest, _ predicate: SearchPredicate) -> Int {
        isByPatientsDate(request, predicate) ? 1 : request.sort.count
    }

    /// Whether rows with small numbers are read last.
    private var readsDown: Bool { isRIDDescending != isBackward }

    /// The tie-break, written so that its index cannot be used where it should not.
    var rid: String { isRIDFenced ? "(\(alias).rid + 0)" : "\(alias).rid" }

    /// Whether the order itself keeps rows that are made later out of the pages to come.
    var isNewestFirst: Bool { keys.isEmpty }

    /// `ORDER BY` of the inner query, whose select list names the keys `s1`, `s2`…
    var orderBy: String { orderBy(isBackward: isBackward) }

    /// As above, in either direction, with more between the keys and the row numbers.
    func orderBy(then more: [String] = [], isBackward: Bool) -> String {
        var terms: [String] = []
        for (position, key) in keys.enumerated() {
            let nulls = key.isNullable ? " NULLS \(isBackward ? "FIRST" : "LAST")" : ""
            terms.append("s\(position + 1)\(key.isDescending != isBackward ? " DESC" : "")\(nulls)")
        }
        terms += more
        terms.append("srid\(isRIDDescending != isBackward ? " DESC" : "")")
        return terms.joined(separator: ", ")
    }

    /// The order of bare row numbers, where no key stands before them.
    var listOrderBy: String { "rid\(readsDown ? " DESC" : "")" }

    /// The keys in a select list.
    var selectList: String {
        let columns = keys.enumerated().map { ", \($1.expression) AS s\($0 + 1)" }.joined()
        return columns + ", \(rid) AS srid"
    }

    /// The sign that stands between a row's number and the cursor's.
    private var ridSign: String { readsDown ? "<" : ">" }

    /// The condition that a row is read after the cursor's.
    ///
    /// Lexicographic over the keys, written out, because directions differ and missing values come last.
    ///
    /// - Parameter name: of the key at a position, and of the row number behind the last, as they are called where the
    ///   condition stands.
    /// - Parameter tie: decides between equals instead of row numbers.
    func after(
        _ cursor: SearchCursor, tie: String? = nil, writer: inout PredicateWriter, name: (Int) -> String
    ) -> String {
        var condition = tie ?? "\(name(keys.count)) \(ridSign) \(writer.bind(int64: cursor.rid))"
        for (position, key) in keys.enumerated().reversed() {
            let column = name(position)
            guard let value = cursor.values[position] else {
                // Towards the end only other rows without value are left; backwards all that have one.
                condition =
                    isBackward ? "(\(column) IS NOT NULL OR \(condition))" : "(\(column) IS NULL AND \(condition))"
                continue
            }
            let bound = "\(writer.bind(text: value))::\(key.type)"
            let sign = key.isDescending != isBackward ? "<" : ">"
            let missing = key.isNullable && !isBackward ? " OR \(column) IS NULL" : ""
            condition = "(\(column) \(sign) \(bound) OR (\(column) = \(bound) AND \(condition))\(missing))"
            // Says nothing new, but the index can begin there.
            if position == 0, !key.isNullable { condition = "\(column) \(sign)= \(bound) AND \(condition)" }
        }
        return condition
    }

    /// As above, over the row itself.
    func after(_ cursor: SearchCursor, writer: inout PredicateWriter) -> String {
        after(cursor, writer: &writer) { $0 < keys.count ? keys[$0].expression : rid }
    }

    // MARK: - By the main date

    /// Stretches of the index on the main date that hold a page, in the order in which to read them; each one a list
    /// of conditions. Read the one after only if the page is not full.
    func dateStretches(_ cursor: SearchCursor?, writer: inout PredicateWriter) -> [[String]] {
        let column = "\(alias).date_lo"
        let missing = "\(column) IS NULL"
        let present = "\(column) IS NOT NULL"
        guard let cursor else {
            // Downwards the index has the missing ones last itself.
            return isRIDDescending ? [[]] : [[present], [missing]]
        }
        guard let value = cursor.values[0] else {
            let rest = [missing, "\(rid) \(ridSign) \(writer.bind(int64: cursor.rid))"]
            return isBackward ? [rest, [present]] : [rest]
        }
        let bound = "\(writer.bind(text: value))::timestamptz, \(writer.bind(int64: cursor.rid))"
        let rest = ["(\(column), \(rid)) \(ridSign) (\(bound))"]
        return isBackward ? [rest] : [rest, [missing]]
    }

    /// The order of the index on the main date, whichever way it is walked.
    var dateOrderBy: String { readsDown ? "s1 DESC NULLS LAST, srid DESC" : "s1 NULLS FIRST, srid" }

    // MARK: - By a string

    /// How to read the rows that have the only key, where they are read apart from those without.
    struct Present {
        var from: String
        var conditions: [String]
        var expression: String
        var rid: String
        var orderBy: String
        /// What the other rows fulfil.
        var missing: String
        /// The order of the other rows.
        var missingOrderBy: String
    }

    /// Nil unless rows with and without a value are read apart, so that the index over strings gives the order.
    func present(in table: ResourceTable) -> Present? {
        guard keys.count == 1, let key = keys.first, key.isIndexed, let number = key.stringParameter else { return nil }
        let direction = readsDown ? " DESC" : ""
        // Walks the index over strings; of a resource's several values only the first in the direction counts.
        let sign = key.isDescending ? ">" : "<"
        let earlier = """
            NOT EXISTS (SELECT FROM \(table.strings) x
              WHERE x.rid = s.rid AND x.param = s.param AND (x.norm, x.ctid) \(sign) (s.norm, s.ctid))
            """
        return Present(
            from: "\(table.strings) s JOIN \(table.current) \(alias) ON \(alias).rid = s.rid",
            conditions: ["s.param = \(number)", earlier], expression: "s.norm", rid: "s.rid",
            orderBy: "s1 USING ~\(readsDown ? ">" : "<")~, srid\(direction)",
            missing: "NOT EXISTS (SELECT FROM \(table.strings) x WHERE x.rid = \(alias).rid AND x.param = \(number))",
            missingOrderBy: "srid\(direction)")
    }

    /// As `after`, for the rows that have the only key: a bound that its index serves.
    func afterPresent(
        _ value: String, rid last: Int64, _ present: Present, writer: inout PredicateWriter
    ) -> String {
        let bound = "\(writer.bind(text: value))::text"
        return """
            \(present.expression) ~\(ridSign)=~ \(bound) AND (\(present.expression) ~\(ridSign)~ \(bound)
              OR \(present.rid) \(ridSign) \(writer.bind(int64: last)))
            """
    }

    /// As `after`, for the rows without the only key.
    func afterMissing(rid last: Int64, writer: inout PredicateWriter) -> String {
        "\(rid) \(ridSign) \(writer.bind(int64: last))"
    }
}
