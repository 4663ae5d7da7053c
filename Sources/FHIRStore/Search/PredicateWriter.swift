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
    var parameters = SQLParameters()
    var aliasCount = 0
    /// The table whose side tables are asked row by row, because something else finds the rows.
    var probedAlias: String?
    /// Whether the rows of that table come one after the other in its own order until the page is full. Then keys only
    /// filter them: offered an index, the planner would fetch all rows of a common code and sort them.
    var walksProbed = false
    /// Chains around what is being written.
    var chainDepth = 0

    init(tables: TableCatalog) {
        self.tables = tables
    }

    /// What finds the rows.
    enum Driver: Equatable {
        /// The primary key, one patient, a key that few rows have: cheap whatever the statistics say.
        case ids, subject, selectiveKeys
        /// One of several of these, whose bitmaps are joined: a compartment. The planner has to see the values.
        case alternatives
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
            case .any(let parts) where parts.allSatisfy(isSelective) && best != .subject && best != .selectiveKeys:
                best = .alternatives
            case .chain(let chains) where chains.contains { driver(of: Self.conjuncts($0.predicate)) == .none }:
                continue
            case .string, .chain, .number, .canonicalNumber, .numberPair, .near, .fullText, .text, .hierarchy:
                if best == .none || best == .keys { best = .joined }
            case .keys where best == .none: best = .keys
            default: continue
            }
        }
        return best
    }

    private static func isSelective(_ predicate: SearchPredicate) -> Bool {
        switch predicate {
        case .ids, .subject, .keys(_, isSelective: true): true
        default: false
        }
    }

    /// Whether other conditions need only filter what the driver finds.
    private static func findsFew(_ driver: Driver) -> Bool {
        switch driver {
        case .ids, .subject, .selectiveKeys: true
        case .alternatives, .joined, .keys, .none: false
        }
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
        let isWalked = walksProbed && alias == probedAlias
        for conjunct in conjuncts {
            guard case .keys(let keys, let isSelective) = conjunct else {
                conditions.append(condition(conjunct, table, alias: alias, driver: driver))
                continue
            }
            let drives = !isWalked && (driver == .keys || driver == .selectiveKeys && isSelective)
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
        case .not(let inner): return negation(inner, table, alias: alias, driver: driver)
        case .keys(let keys, _): return "\(alias).keys && \(bind(keys))"
        case .subject(let subjects):
            return subjects.count == 1
                ? "\(alias).subj = \(bind(int64: subjects[0]))" : "\(alias).subj = ANY(\(bind(subjects)))"
        case .subjectPresent: return "\(alias).subj IS NOT NULL"
        case .ids(let ids): return "\(alias).id = ANY(\(bind(ids: ids)))"
        case .updated(let test): return updated(test, alias)
        case .date(let test): return time(test, "\(alias).date_lo", "\(alias).date_hi")
        case .datePresent: return "\(alias).date_lo IS NOT NULL"
        case .quantity(let test, _): return number(test, "\(alias).vq", "\(alias).vq_hi")
        case .canonicalQuantity(let test):
            return number(test, "\(alias).cq", "coalesce(\(alias).cq_hi, \(alias).cq)")
        case .quantityPresent: return "\(alias).vq IS NOT NULL"
        case .fullText(let query, let isNarrativeOnly):
            return fullText(query, isNarrativeOnly: isNarrativeOnly, alias)
        case .content(let path):
            return "jsonb_path_exists(\(alias).content, \(bind(text: path))::jsonpath)"
        case .text(let paths, let query): return text(query, paths, alias)
        case .hierarchy(let hierarchy): return self.hierarchy(hierarchy, table, alias)
        case .chain(let chains): return chain(chains, table, alias, filters: Self.findsFew(driver))
        case .has(let source, let links, let inner):
            return has(source, links, inner, alias, probes: driver != .none && driver != .keys)
        default: return side(predicate, table, alias)
        }
    }

    /// Rows that do not meet the condition, those included of which it says nothing. Side tables are asked row by row
    /// or joined as a whole, as the planner likes, never gathered into a list.
    private mutating func negation(
        _ predicate: SearchPredicate, _ table: ResourceTable, alias: String, driver: Driver
    ) -> String {
        switch predicate {
        case .any(let parts):
            return "(" + parts.map { negation($0, table, alias: alias, driver: driver) }.joined(separator: " AND ")
                + ")"
        case .string, .number, .canonicalNumber, .numberPair, .near, .range, .stringPresent, .numberPresent,
            .rangePresent:
            let (from, conditions) = sideRows(predicate, table)
            return "NOT EXISTS (SELECT FROM \(from) s WHERE s.rid = \(alias).rid AND \(conditions))"
        default:
            return "(\(condition(predicate, table, alias: alias, driver: driver))) IS NOT TRUE"
        }
    }
}
