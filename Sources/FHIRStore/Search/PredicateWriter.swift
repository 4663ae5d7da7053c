import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// Writes search predicates as SQL over one type's tables, with bound values.
///
/// The server, not the planner, says which condition finds the rows (the driver) and which ones only filter them:
/// a filter on `keys` beside another driver is written `(… ) IS TRUE`, which no index matches. Left to itself
/// PostgreSQL joins the bitmaps of a rare and a common key, 75 times slower. Beside a patient it is written
/// `coalesce(…, false)`, of which the planner expects that half of the rows pass: told the truth about rare keys, it
/// would fetch and sort all of a patient's rows instead of walking them in the order asked for.
struct PredicateWriter {
    let tables: TableCatalog
    private(set) var parameters = SQLParameters()
    private var aliasCount = 0

    init(tables: TableCatalog) {
        self.tables = tables
    }

    /// What finds the rows.
    enum Driver: Equatable {
        /// The primary key, one patient, a key that few rows have: cheap whatever the statistics say.
        case ids, subject, selectiveKeys
        /// Rows of a side table, or another type's.
        case joined
        /// Keys of unknown frequency: the planner chooses between them and the sort's index.
        case keys
        case none
    }

    static func driver(of conjuncts: [SearchPredicate]) -> Driver {
        var best = Driver.none
        for conjunct in conjuncts {
            switch conjunct {
            case .ids: return .ids
            case .subject: best = .subject
            case .keys(_, let isSelective) where isSelective && best != .subject: best = .selectiveKeys
            case .string, .chain, .number, .numberPair:
                if best == .none || best == .keys { best = .joined }
            case .keys where best == .none: best = .keys
            default: continue
            }
        }
        return best
    }

    static func conjuncts(_ predicate: SearchPredicate) -> [SearchPredicate] {
        if case .all(let parts) = predicate { return parts }
        return predicate == .always ? [] : [predicate]
    }

    /// The conditions of a `WHERE`, to be joined by `AND`; none for a predicate that always holds.
    ///
    /// - Parameter ordersByDate: the index on the main date may give the order, if nothing better finds the rows.
    mutating func conditions(
        _ predicate: SearchPredicate, _ table: ResourceTable, alias: String, ordersByDate: Bool = false
    ) -> [String] {
        let conjuncts = Self.conjuncts(predicate)
        let driver = Self.driver(of: conjuncts)
        var required: [Int64] = []
        var residual: [Int64] = []
        var conditions: [String] = []
        var hasDrivingKeys = false
        for conjunct in conjuncts {
            guard case .keys(let keys, let isSelective) = conjunct else {
                conditions.append(condition(conjunct, table, alias: alias, driver: driver))
                continue
            }
            let drives = driver == .keys || driver == .selectiveKeys && isSelective
            if keys.count == 1 {
                if drives { required.append(keys[0]) } else { residual.append(keys[0]) }
            } else if drives, !hasDrivingKeys, !conjuncts.contains(where: { Self.isSingleKey($0, driver) }) {
                // Only one of several alternatives may drive: two bitmaps cost more than one and a filter.
                hasDrivingKeys = true
                conditions.append("\(alias).keys && \(bind(keys))")
            } else {
                conditions.append(Self.filter("\(alias).keys && \(bind(keys))", driver))
            }
        }
        let walksRows = driver == .none || driver == .keys || driver == .joined
        if walksRows, ordersByDate || conjuncts.contains(where: Self.asksDate) {
            conditions.append(ResourceTable.walksDates(alias: alias))
        }
        if driver == .none, let window = window(conjuncts, alias: alias) {
            conditions.append(window)
        }
        if !required.isEmpty { conditions.insert("\(alias).keys @> \(bind(required.sorted()))", at: 0) }
        if !residual.isEmpty {
            conditions.append(Self.filter("\(alias).keys @> \(bind(residual.sorted()))", driver))
        }
        return conditions
    }

    /// A condition that no index shall serve.
    private static func filter(_ condition: String, _ driver: Driver) -> String {
        driver == .subject ? "coalesce(\(condition), false)" : "(\(condition)) IS TRUE"
    }

    private static func asksDate(_ predicate: SearchPredicate) -> Bool {
        switch predicate {
        case .date: true
        case .all(let parts), .any(let parts): parts.contains(where: asksDate)
        default: false
        }
    }

    private static func isSingleKey(_ predicate: SearchPredicate, _ driver: Driver) -> Bool {
        guard case .keys(let keys, let isSelective) = predicate else { return false }
        return keys.count == 1 && (driver == .keys || isSelective)
    }

    // MARK: - One condition

    private mutating func condition(
        _ predicate: SearchPredicate, _ table: ResourceTable, alias: String, driver: Driver
    ) -> String {
        switch predicate {
        case .always: return "true"
        case .never: return "false"
        case .all(let parts):
            return "(" + parts.map { condition($0, table, alias: alias, driver: driver) }.joined(separator: " AND ")
                + ")"
        case .any(let parts):
            return "(" + parts.map { condition($0, table, alias: alias, driver: driver) }.joined(separator: " OR ")
                + ")"
        case .not(let inner):
            return "(\(condition(inner, table, alias: alias, driver: driver))) IS NOT TRUE"
        case .keys(let keys, _): return "\(alias).keys && \(bind(keys))"
        case .subject(let subjects):
            return subjects.count == 1
                ? "\(alias).subj = \(bind(int64: subjects[0]))" : "\(alias).subj = ANY(\(bind(subjects)))"
        case .subjectPresent: return "\(alias).subj IS NOT NULL"
        case .ids(let ids): return "\(alias).id = ANY(\(bind(ids: ids)))"
        case .updated(let test): return updated(test, alias)
        case .date(let test): return time(test, "\(alias).date_lo", "\(alias).date_hi")
        case .datePresent: return "\(alias).date_lo IS NOT NULL"
        case .quantity(let test): return number(test, "\(alias).vq", "\(alias).vq_hi")
        case .quantityPresent: return "\(alias).vq IS NOT NULL"
        case .content(let path):
            return "jsonb_path_exists(\(alias).content, \(bind(text: path))::jsonpath)"
        case .chain(let chains): return chain(chains, alias)
        case .has(let source, let links, let inner):
            return has(source, links, inner, alias, probes: driver != .none && driver != .keys)
        default: return side(predicate, table, alias)
        }
    }

    /// Conditions on rows of the side tables.
    private mutating func side(_ predicate: SearchPredicate, _ table: ResourceTable, _ alias: String) -> String {
        let from: String
        let conditions: String
        switch predicate {
        case .string(let parameters, let test):
            from = table.strings
            conditions = "\(parameter(parameters)) AND \(string(test))"
        case .number(let number, let key, let test):
            from = table.numbers
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(self.number(test, "lo", "hi"))"
        case .numberPair(let number, let key, let low, let high):
            from = table.numbers
            let tests = "\(self.number(low, "lo", "lo")) AND \(self.number(high, "hi", "hi"))"
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(tests)"
        case .range(let number, let key, let test):
            from = table.ranges
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(time(test, "lo", "hi"))"
        case .stringPresent(let numbers):
            from = table.strings
            conditions = parameter(numbers)
        case .numberPresent(let number):
            from = table.numbers
            conditions = parameter([number])
        case .rangePresent(let number):
            from = table.ranges
            conditions = parameter([number])
        default: preconditionFailure("every other predicate is a condition on the row itself")
        }
        return "\(alias).rid IN (SELECT s.rid FROM \(from) s WHERE \(conditions))"
    }

    private mutating func parameter(_ numbers: [Int32]) -> String {
        if numbers.count == 1 { return "s.param = \(bind(int32: numbers[0]))" }
        parameters.append(int32Array: numbers)
        return "s.param = ANY($\(parameters.count)::int[])"
    }

    private mutating func key(_ key: Int64?) -> String {
        key.map { "s.ckey = \(bind(int64: $0))" } ?? "s.ckey IS NULL"
    }

    // MARK: - Tests

    private mutating func string(_ test: SearchPredicate.StringTest) -> String {
        switch test {
        case .prefix(let prefix): return prefixCondition(prefix)
        case .contains(let part):
            // LIKE's own signs stand for themselves.
            var pattern: [UInt8] = [UInt8(ascii: "%")]
            for byte in part {
                if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
                    pattern.append(UInt8(ascii: "\\"))
                }
                pattern.append(byte)
            }
            pattern.append(UInt8(ascii: "%"))
            return "s.norm LIKE \(bind(utf8: pattern))::text"
        case .exact(let norm, let keys):
            return "s.norm = \(bind(utf8: norm))::text AND s.ckey = ANY(\(bind(keys)))"
        case .keyed(let key, let prefix):
            return "\(self.key(key)) AND \(prefixCondition(prefix))"
        }
    }

    /// A byte range instead of LIKE, so that the index serves it in a prepared statement too.
    private mutating func prefixCondition(_ prefix: [UInt8]) -> String {
        let low = bind(utf8: prefix)
        let high = bind(utf8: prefix + Array("\u{10FFFF}".utf8))
        return "s.norm ~>=~ \(low)::text AND s.norm ~<~ \(high)::text"
    }

    /// R4 search.html#prefix, for numbers: `lo` and `hi` are inclusive.
    private mutating func number(_ test: NumberTest, _ lo: String, _ hi: String) -> String {
        switch test.prefix {
        case .eq: "\(lo) >= \(numeric(test.low)) AND \(lo) < \(numeric(test.high)) AND \(hi) < \(numeric(test.high))"
        case .ne: "(\(lo) < \(numeric(test.low)) OR \(hi) >= \(numeric(test.high)))"
        case .gt: "\(hi) > \(numeric(test.value))"
        case .lt: "\(lo) < \(numeric(test.value))"
        case .ge: "\(hi) >= \(numeric(test.value))"
        case .le: "\(lo) <= \(numeric(test.value))"
        case .sa: "\(lo) > \(numeric(test.value))"
        case .eb: "\(hi) < \(numeric(test.value))"
        case .ap: "\(hi) >= \(numeric(test.low)) AND \(lo) <= \(numeric(test.high))"
        }
    }

    /// R4 search.html#prefix, for dates: `lo` is inclusive, `hi` exclusive. Where stored spans are limited, a bound on
    /// `hi` is one on `lo` too, which the index can serve.
    private mutating func time(_ test: TimeTest, _ lo: String, _ hi: String) -> String {
        let low = bind(time: test.range.low)
        let high = bind(time: test.range.high)
        let floor = floor(test, lo)
        return switch test.prefix {
        case .eq: "\(lo) >= \(low) AND \(lo) < \(high) AND \(hi) <= \(high)"
        case .ne: "(\(lo) < \(low) OR \(hi) > \(high))"
        case .gt: "\(hi) > \(high)\(floor)"
        case .lt: "\(lo) < \(low)"
        case .ge: "(\(hi) > \(high) OR \(lo) >= \(low))\(floor)"
        case .le: "(\(lo) < \(low) OR \(hi) <= \(high)) AND \(lo) < \(high)"
        case .sa: "\(lo) >= \(high)"
        case .eb: "\(hi) <= \(low) AND \(lo) < \(low)"
        case .ap: "\(hi) > \(low) AND \(lo) < \(high)\(floor)"
        }
    }

    /// What a lower bound on `hi` says of `lo`: no less than the longest span before it.
    private mutating func floor(_ test: TimeTest, _ lo: String) -> String {
        guard test.longSpanKey == nil, let floor = test.floor else { return "" }
        return " AND \(lo) >= \(bind(time: floor))"
    }

    /// What all tests of the main date say of `date_lo` together, unless the span is marked as a long one. Adds nothing
    /// to what matches: it is what the index can serve, in the one form in which the planner sees both bounds.
    private mutating func window(_ conjuncts: [SearchPredicate], alias: String) -> String? {
        var floor: Int64?
        var ceiling: Int64?
        var marker: Int64?
        for case .date(let test) in conjuncts {
            guard let key = test.longSpanKey else { return nil }
            marker = key
            if let bound = test.floor { floor = max(floor ?? bound, bound) }
            if let bound = test.ceiling { ceiling = min(ceiling ?? bound, bound) }
        }
        guard let floor, let marker else { return nil }
        var bounds = "\(alias).date_lo >= \(bind(time: floor))"
        if let ceiling { bounds += " AND \(alias).date_lo < \(bind(time: ceiling))" }
        return "(\(bounds) OR \(alias).keys @> \(bind([marker])))"
    }

    /// `updated` is one instant of a millisecond, so both ends of its span are known from it.
    private mutating func updated(_ test: TimeTest, _ alias: String) -> String {
        let column = "\(alias).updated"
        let low = bind(time: test.range.low)
        let high = bind(time: test.range.high)
        return switch test.prefix {
        case .eq, .ap: "\(column) >= \(low) AND \(column) < \(high)"
        case .ne: "(\(column) < \(low) OR \(column) >= \(high))"
        case .gt, .sa: "\(column) >= \(high)"
        case .lt, .eb: "\(column) < \(low)"
        case .ge: "\(column) >= \(low)"
        case .le: "\(column) < \(high)"
        }
    }

    // MARK: - Other types

    /// The targets are found first; the type searched is then probed with all of them at once.
    private mutating func chain(_ chains: [SearchPredicate.Chain], _ alias: String) -> String {
        var subjects: [String] = []
        var keys: [String] = []
        for chain in chains {
            for link in chain.links {
                let inner = nextAlias()
                let table = tables.table(chain.target)
                let conditions = conditions(chain.predicate, table, alias: inner)
                let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
                switch link {
                case .subject: subjects.append("SELECT \(inner).self FROM \(table.current) \(inner)\(rest)")
                case .keys(let constant):
                    let key = "\(inner).self # \(bind(int64: constant))"
                    keys.append("SELECT \(key) FROM \(table.current) \(inner)\(rest)")
                }
            }
        }
        var ways: [String] = []
        if !subjects.isEmpty {
            ways.append("\(alias).subj = ANY(ARRAY(\(subjects.joined(separator: " UNION ALL "))))")
        }
        if !keys.isEmpty { ways.append("\(alias).keys && ARRAY(\(keys.joined(separator: " UNION ALL ")))") }
        return ways.isEmpty ? "false" : ways.count == 1 ? ways[0] : "(" + ways.joined(separator: " OR ") + ")"
    }

    /// - Parameter probes: few rows are asked, so each looks for those that refer to it; otherwise all that refer to
    ///   anything are gathered first.
    private mutating func has(
        _ source: TypeID, _ links: [SearchPredicate.Link], _ predicate: SearchPredicate, _ alias: String, probes: Bool
    ) -> String {
        var ways: [String] = []
        for link in links {
            let inner = nextAlias()
            let table = tables.table(source)
            let conditions = conditions(predicate, table, alias: inner)
            let rest = conditions.map { " AND " + $0 }.joined()
            let from = "\(table.current) \(inner)"
            switch link {
            case .subject:
                ways.append(
                    probes
                        ? "EXISTS (SELECT FROM \(from) WHERE \(inner).subj = \(alias).self\(rest))"
                        : "\(alias).self IN (SELECT \(inner).subj FROM \(from) WHERE \(inner).subj IS NOT NULL\(rest))")
            case .keys(let constant):
                let constant = bind(int64: constant)
                let key = "\(alias).self # \(constant)"
                ways.append(
                    probes
                        ? "EXISTS (SELECT FROM \(from) WHERE \(inner).keys @> ARRAY[\(key)]\(rest))"
                        : """
                        \(alias).self IN (SELECT k # \(constant) FROM \(from), unnest(\(inner).keys) k
                          WHERE true\(rest))
                        """)
            }
        }
        return ways.isEmpty ? "false" : "(" + ways.joined(separator: " OR ") + ")"
    }

    private mutating func nextAlias() -> String {
        aliasCount += 1
        return "t\(aliasCount)"
    }

    // MARK: - Values

    mutating func bind(_ values: [Int64]) -> String {
        parameters.append(int64Array: values)
        return "$\(parameters.count)::bigint[]"
    }

    mutating func bind(int64 value: Int64) -> String {
        parameters.append(int64: value)
        return "$\(parameters.count)::bigint"
    }

    private mutating func bind(int32 value: Int32) -> String {
        parameters.append(int32: value)
        return "$\(parameters.count)::int"
    }

    mutating func bind(ids: [String]) -> String {
        parameters.append(textArray: ids)
        return "$\(parameters.count)::text[]"
    }

    mutating func bind(text: String) -> String {
        parameters.append(text: text)
        return "$\(parameters.count)"
    }

    private mutating func bind(utf8 bytes: [UInt8]) -> String {
        parameters.append(utf8: bytes)
        return "$\(parameters.count)"
    }

    private mutating func bind(time: Int64) -> String {
        parameters.append(timestamp: time)
        return "$\(parameters.count)::timestamptz"
    }

    private mutating func numeric(_ text: String) -> String { bind(text: text) + "::numeric" }
}
