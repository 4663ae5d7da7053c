import FHIRDefinitions
import FHIRSearch

/// The order of matches as SQL: one expression per sort key, then `rid`, which is unique and grows with creation.
///
/// Missing values come last in either direction (R4 search.html#sort leaves it open). Of several values the first in
/// the direction counts. Without `_sort` the newest resources come first.
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
    }

    var keys: [Key]
    var isRIDDescending: Bool
    let alias: String

    /// - Parameter driver: what finds the rows. Where that is an index for few rows, no sort index may tempt the
    ///   planner away from it.
    init(
        _ sort: [SearchRequest.SortKey], index: TypeIndex, table: ResourceTable, alias: String,
        driver: PredicateWriter.Driver, writer: inout PredicateWriter
    ) {
        self.alias = alias
        let isFenced = driver == .ids || driver == .selectiveKeys
        keys = sort.map { Self.key($0, index: index, table: table, alias: alias, writer: &writer) }
        isRIDDescending = keys.first?.isDescending ?? true
        isByDate = !isFenced && keys.count == 1 && keys[0].isMainDate
        isRIDFenced = isFenced || !isByDate && (driver == .subject || !keys.isEmpty)
        let walksRows = driver == .none || driver == .keys
        for position in keys.indices where isFenced || keys[position].stringParameter != nil && !walksRows {
            keys[position].isIndexed = false
        }
    }

    private let isRIDFenced: Bool
    /// Whether the main date alone gives the order, all of which stands in an index.
    let isByDate: Bool

    /// The tie-break, written so that its index cannot be used where it should not.
    var rid: String { isRIDFenced ? "(\(alias).rid + 0)" : "\(alias).rid" }

    /// Whether rows with and without a value are read apart, so that the index over strings gives the order.
    var readsMissingApart: Bool { keys.count == 1 && keys[0].isIndexed && keys[0].stringParameter != nil }

    /// How to read the rows that have the only key, where they are read apart.
    struct Present {
        var from: String
        var conditions: [String]
        var expression: String
        var rid: String
        var orderBy: String
        /// What the other rows fulfil.
        var missing: String
    }

    /// Nil unless `readsMissingApart`.
    func present(in table: ResourceTable) -> Present? {
        guard readsMissingApart, let key = keys.first, let number = key.stringParameter else { return nil }
        let direction = key.isDescending ? " DESC" : ""
        // Walks the index over strings; of a resource's several values only the first in the direction counts.
        let sign = key.isDescending ? ">" : "<"
        let earlier = """
            NOT EXISTS (SELECT FROM \(table.strings) x
              WHERE x.rid = s.rid AND x.param = s.param AND (x.norm, x.ctid) \(sign) (s.norm, s.ctid))
            """
        return Present(
            from: "\(table.strings) s JOIN \(table.current) \(alias) ON \(alias).rid = s.rid",
            conditions: ["s.param = \(number)", earlier], expression: "s.norm", rid: "s.rid",
            orderBy: "s1 USING ~\(sign)~, srid\(direction)",
            missing: "NOT EXISTS (SELECT FROM \(table.strings) x WHERE x.rid = \(alias).rid AND x.param = \(number))")
    }

    /// Stretches of the index on the main date that hold a page, in the order in which to read them; each one a list
    /// of conditions. Read the one after only if the page is not full.
    func dateStretches(_ cursor: SearchCursor?, writer: inout PredicateWriter) -> [[String]] {
        let column = "\(alias).date_lo"
        let missing = "\(column) IS NULL"
        let sign = isRIDDescending ? "<" : ">"
        guard let cursor else {
            // Downwards the index has the missing ones last itself.
            return isRIDDescending ? [[]] : [["\(column) IS NOT NULL"], [missing]]
        }
        guard let value = cursor.values[0] else {
            return [[missing, "\(rid) \(sign) \(writer.bind(int64: cursor.rid))"]]
        }
        let bound = "\(writer.bind(text: value))::timestamptz, \(writer.bind(int64: cursor.rid))"
        return [["(\(column), \(rid)) \(sign) (\(bound))"], [missing]]
    }

    /// The order of the index on the main date, whichever way it is walked.
    var dateOrderBy: String { isRIDDescending ? "s1 DESC NULLS LAST, srid DESC" : "s1 NULLS FIRST, srid" }

    /// `ORDER BY` of the inner query, whose select list names the keys `s1`, `s2`…
    var orderBy: String {
        var terms: [String] = []
        for (position, key) in keys.enumerated() {
            let nulls = key.isNullable ? " NULLS LAST" : ""
            terms.append("s\(position + 1)\(key.isDescending ? " DESC" : "")\(nulls)")
        }
        terms.append("srid\(isRIDDescending ? " DESC" : "")")
        return terms.joined(separator: ", ")
    }

    /// The keys in a select list.
    var selectList: String {
        let columns = keys.enumerated().map { ", \($1.expression) AS s\($0 + 1)" }.joined()
        return columns + ", \(rid) AS srid"
    }

    /// The condition that a row comes behind the cursor.
    ///
    /// Lexicographic over the keys, written out, because directions differ and missing values come last.
    func after(_ cursor: SearchCursor, writer: inout PredicateWriter) -> String {
        let last = writer.bind(int64: cursor.rid)
        var condition = "\(rid) \(isRIDDescending ? "<" : ">") \(last)"
        for (position, key) in keys.enumerated().reversed() {
            let column = key.expression
            guard let value = cursor.values[position] else {
                condition = "(\(column) IS NULL AND \(condition))"
                continue
            }
            let bound = "\(writer.bind(text: value))::\(key.type)"
            let sign = key.isDescending ? "<" : ">"
            let missing = key.isNullable ? " OR \(column) IS NULL" : ""
            condition = "(\(column) \(sign) \(bound) OR (\(column) = \(bound) AND \(condition))\(missing))"
            // Says nothing new, but the index can begin there.
            if position == 0, !key.isNullable { condition = "\(column) \(sign)= \(bound) AND \(condition)" }
        }
        return condition
    }

    /// As `after`, for the part of the rows that have the only key: a bound that its index serves.
    func afterPresent(_ cursor: SearchCursor, _ present: Present, writer: inout PredicateWriter) -> String {
        guard let key = keys.first, let value = cursor.values.first, let value else { return "true" }
        let bound = "\(writer.bind(text: value))::\(key.type)"
        let sign = key.isDescending ? "<" : ">"
        let last = writer.bind(int64: cursor.rid)
        return """
            \(present.expression) ~\(sign)=~ \(bound) AND (\(present.expression) ~\(sign)~ \(bound)
              OR \(present.rid) \(sign) \(last))
            """
    }

    // MARK: - Keys

    private static func key(
        _ sort: SearchRequest.SortKey, index: TypeIndex, table: ResourceTable, alias: String,
        writer: inout PredicateWriter
    ) -> Key {
        let slots = sort.parameter.slots.map { index.slots[$0] }
        let first = sort.isDescending ? "max" : "min"
        if slots.count == 1, let slot = slots.first {
            switch slot.storage {
            case .idColumn: return column("\(alias).id", "text", sort, isNullable: false, isIndexed: false)
            case .updatedColumn:
                return column("\(alias).updated", "timestamptz", sort, isNullable: false, isIndexed: true)
            case .dateColumns:
                var key = column("\(alias).date_lo", "timestamptz", sort, isIndexed: true)
                key.isMainDate = true
                return key
            case .quantityColumns: return column("\(alias).vq", "numeric", sort)
            default: break
            }
        }
        let numbers = slots.map { String($0.number) }.joined(separator: ", ")
        let from = "s WHERE s.rid = \(alias).rid AND s.param IN (\(numbers)) AND"
        let end = sort.isDescending ? "hi" : "lo"
        switch sort.parameter.kind {
        case .string:
            return string(slots, table: table, alias: alias, sort)
        case .date:
            let row = "(SELECT \(first)(s.\(end)) FROM \(table.ranges) \(from) s.ckey IS NULL)"
            let date = slots.contains { $0.storage == .dateColumns }
            return column(date ? Self.either(row, "\(alias).date_lo", sort) : row, "timestamptz", sort)
        case .number, .quantity:
            let row = "(SELECT \(first)(s.\(end)) FROM \(table.numbers) \(from) s.ckey IS NULL)"
            let quantity = slots.contains { $0.storage == .quantityColumns }
            return column(quantity ? Self.either(row, "\(alias).vq", sort) : row, "numeric", sort)
        default:
            return content(sort, slots, alias: alias, writer: &writer)
        }
    }

    /// Names are sorted by family name, if they have one as a parameter; every other string by any of its parts.
    private static func string(
        _ slots: [IndexSlot], table: ResourceTable, alias: String, _ sort: SearchRequest.SortKey
    ) -> Key {
        let family = slots.first { $0.paths.allSatisfy { $0.steps.last?.property == "family" } }
        let relevant = family.map { [$0] } ?? slots
        let numbers = relevant.map { String($0.number) }.joined(separator: ", ")
        let first = sort.isDescending ? "max" : "min"
        let rows = "\(table.strings) s WHERE s.rid = \(alias).rid AND s.param IN (\(numbers))"
        var key = column("(SELECT \(first)(s.norm) FROM \(rows))", "text", sort)
        if relevant.count == 1 {
            key.stringParameter = relevant[0].number
            key.isIndexed = true
        }
        return key
    }

    private static func either(_ left: String, _ right: String, _ sort: SearchRequest.SortKey) -> String {
        "\(sort.isDescending ? "greatest" : "least")(\(left), \(right))"
    }

    private static func column(
        _ expression: String, _ type: String, _ sort: SearchRequest.SortKey, isNullable: Bool = true,
        isIndexed: Bool = false
    ) -> Key {
        Key(
            expression: expression, type: type, isDescending: sort.isDescending, isNullable: isNullable,
            isIndexed: isIndexed)
    }

    /// Tokens, references and uris are hashed in the index, so the content gives their text.
    private static func content(
        _ sort: SearchRequest.SortKey, _ slots: [IndexSlot], alias: String, writer: inout PredicateWriter
    ) -> Key {
        let first = sort.isDescending ? "max" : "min"
        let values = slots.flatMap(\.paths).map { path in
            let bound = writer.bind(text: jsonPath(path))
            return "SELECT v #>> '{}' AS v FROM jsonb_path_query(\(alias).content, \(bound)::jsonpath) v"
        }
        let all = values.joined(separator: " UNION ALL ")
        return column("(SELECT \(first)(lower(v) COLLATE \"C\") FROM (\(all)) x)", "text", sort)
    }

    /// The SQL/JSON path to the text by which values are sorted.
    private static func jsonPath(_ path: BoundPath) -> String {
        let steps = path.steps.map { step in
            var text = ".\"\(step.property)\""
            if let position = step.position { text += "[\(position)]" }
            if case .memberEquals(let name, let value)? = step.filter {
                text += " ? (@.\"\(name)\" == \"\(value)\")"
            }
            return text
        }
        let rest =
            switch path.leafName {
            case "CodeableConcept": ".coding.code"
            case "Coding": ".code"
            case "Identifier", "ContactPoint": ".value"
            case "Reference": ".reference"
            default: ""
            }
        return "$" + steps.joined() + rest
    }
}
