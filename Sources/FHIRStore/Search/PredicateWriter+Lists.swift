import FHIRSearch

/// Lists of row numbers that indexes give without reading the rows: of numbers and quantities.
///
/// How many resources have a value above 140 no statistics tell well, least of all together with a code. A search in
/// the order of rows that trusts them may read the whole table to find nothing. So the query looks first: if the lists
/// end within a few thousand numbers, these are all there is to read; if not, matches are frequent enough to come
/// across them soon.
extension PredicateWriter {
    /// Longest list that is sorted by itself. Where matches are more, twenty of them come soon in the table's order.
    static let greatestList = 2000
    /// Longest list of rows with a text, sorted likewise. More are left to the planner, who knows how frequent texts
    /// are.
    static let greatestTextList = 20_000
    /// Longest list whose rows are all read, for an order by what stands in them.
    static let greatestReading = 1000

    /// Nil if no index lists the rows, or if a better way to them is known.
    ///
    /// - Parameter isInRowOrder: whether nothing but row numbers orders the rows. Only then is it worth while to list
    ///   those with a text.
    mutating func lists(_ predicate: SearchPredicate, _ table: ResourceTable, isInRowOrder: Bool) -> RowLists? {
        let conjuncts = Self.conjuncts(predicate)
        switch Self.driver(of: conjuncts) {
        case .ids, .subject, .selectiveKeys, .alternatives: return nil
        case .joined, .keys, .none: break
        }
        guard conjuncts.allSatisfy(Self.isPlain) else { return textLists(conjuncts, table, isInRowOrder: isInRowOrder) }
        // What a code leads to is the shorter list.
        let isCoded: (SearchPredicate) -> Bool = {
            if case .quantity(_, .some) = $0 { true } else { false }
        }
        let bound = parameters
        for conjunct in conjuncts.filter(isCoded) + conjuncts {
            if let lists = lists(of: conjunct, table) { return lists }
            // PostgreSQL refuses values that no text refers to.
            parameters = bound
        }
        return nil
    }

    /// Lists of the rows with a text, if the other conditions are on the row alone.
    private mutating func textLists(
        _ conjuncts: [SearchPredicate], _ table: ResourceTable, isInRowOrder: Bool
    ) -> RowLists? {
        guard isInRowOrder else { return nil }
        let texts = conjuncts.filter { !Self.isPlain($0) }.map(Self.alternatives)
        guard texts.allSatisfy({ $0.allSatisfy(Self.isText) }),
            let tests = texts.filter({ $0.allSatisfy(Self.isStretch) }).max(by: { Self.length($0) < Self.length($1) })
        else { return nil }
        let queries = tests.map { sideRows($0, table) }.map { "SELECT s.rid FROM \($0.from) s WHERE \($0.conditions)" }
        return RowLists(queries: queries, greatest: Self.greatestTextList)
    }

    private static func alternatives(_ predicate: SearchPredicate) -> [SearchPredicate] {
        if case .any(let parts) = predicate { parts } else { [predicate] }
    }

    private static func isText(_ predicate: SearchPredicate) -> Bool {
        if case .string = predicate { true } else { false }
    }

    /// Whether an index has all rows that pass the test in one stretch.
    private static func isStretch(_ predicate: SearchPredicate) -> Bool {
        switch predicate {
        case .string(_, .prefix), .string(_, .equal): true
        default: false
        }
    }

    /// Bytes of the shortest text of alternatives: of several conditions the one with the longest texts leads to the
    /// fewest rows as a rule.
    private static func length(_ alternatives: [SearchPredicate]) -> Int {
        let lengths = alternatives.map { predicate in
            switch predicate {
            case .string(_, .prefix(let text)), .string(_, .equal(let text)): text.count
            default: 0
            }
        }
        return lengths.min() ?? 0
    }

    /// Whether the condition is one on the row or its numbers; others may be the better way to the rows.
    private static func isPlain(_ predicate: SearchPredicate) -> Bool {
        switch predicate {
        case .keys, .number, .quantity, .canonicalNumber, .canonicalQuantity, .date, .updated: true
        case .all(let parts), .any(let parts): parts.allSatisfy(isPlain)
        default: false
        }
    }

    private mutating func lists(of predicate: SearchPredicate, _ table: ResourceTable) -> RowLists? {
        switch predicate {
        case .number(let parameter, let key, let test):
            return lists(parameter: parameter, key: key, test, table)
        case .quantity(let test, let rows?):
            // As many resources have such rows as have a quantity: walking these gains nothing.
            return lists(parameter: rows.parameter, key: rows.key, test, table).map { RowLists(queries: $0.queries) }
        case .quantity(let test, nil):
            guard let bounds = bounds(test, "q.vq", "q.vq_hi") else { return nil }
            return RowLists(queries: bounds.map { "SELECT q.rid FROM \(table.current) q WHERE \($0)" })
        case .any(let parts):
            var all = RowLists(queries: [])
            var conditions: [String] = []
            for part in parts {
                guard let lists = lists(of: part, table) else { return nil }
                all.queries += lists.queries
                if let rows = lists.sideRows { conditions.append(rows.condition) }
            }
            if conditions.count == parts.count {
                all.sideRows = (table.numbers, conditions.joined(separator: " OR "))
            }
            return all
        case .all(let parts):
            let bound = parameters
            for part in parts {
                if let lists = lists(of: part, table) { return lists }
                parameters = bound
            }
            return nil
        default:
            return nil
        }
    }

    private mutating func lists(
        parameter: Int32, key: Int64?, _ test: NumberTest, _ table: ResourceTable
    ) -> RowLists? {
        guard let bounds = bounds(test, "s.lo", "s.hi") else { return nil }
        let start = "\(self.parameter([parameter])) AND \(self.key(key))"
        return RowLists(
            queries: bounds.map { "SELECT s.rid FROM \(table.numbers) s WHERE \(start) AND \($0)" },
            sideRows: (table.numbers, "(\(start) AND (\(bounds.joined(separator: " OR "))))"))
    }

    /// Conditions of which one holds wherever the test does, each a range of one index and nothing besides, so that
    /// the index alone is read: over all by the low end, over those few that are no single number by the high one.
    /// Nil where nearly all rows pass.
    private mutating func bounds(_ test: NumberTest, _ lo: String, _ hi: String) -> [String]? {
        let isSpan = "\(hi) > \(lo)"
        switch test.prefix {
        case .eq: return ["\(lo) >= \(numeric(test.low)) AND \(lo) < \(numeric(test.high))"]
        case .lt, .le, .sa: return [number(test, lo, hi)]
        case .eb: return ["\(lo) < \(numeric(test.value))"]
        case .gt, .ge:
            let sign = test.prefix == .gt ? ">" : ">="
            let value = numeric(test.value)
            return ["\(lo) \(sign) \(value)", "\(hi) \(sign) \(value) AND \(isSpan)"]
        case .ap:
            let (low, high) = (numeric(test.low), numeric(test.high))
            return ["\(lo) >= \(low) AND \(lo) <= \(high)", "\(hi) >= \(low) AND \(isSpan)"]
        case .ne: return nil
        }
    }
}
