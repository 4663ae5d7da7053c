import FHIRDefinitions
import FHIRSearch
import PostgreSQL
import Synchronization

/// The statements that find a resource which refers to one of several others, by the type referred to.
///
/// They ask the hashed keys of every type with a reference parameter that may point there: the key of a reference is
/// the target's hash XOR a constant of the parameter, so one index serves all parameters of a type.
final class ReferrerStatements: Sendable {
    private let tables: TableCatalog
    private let indexer: SearchIndexer
    private let known = Mutex<[TypeID: SQLStatement?]>([:])
    private let knownAll = Mutex<[TypeID: SQLStatement?]>([:])

    init(tables: TableCatalog, indexer: SearchIndexer) {
        self.tables = tables
        self.indexer = indexer
    }

    /// `$1` hashes of `Type/id`. Answers at most one row: type and id of the referrer, hash of what it refers to.
    /// Nil if nothing can refer to the type.
    func statement(to target: TypeID) -> SQLStatement? {
        if let statement = known.withLock({ $0[target] }) { return statement }
        let branches = tables.types.compactMap { branch($0, to: target) }
        let statement =
            branches.isEmpty
            ? nil : SQLStatement("SELECT * FROM (\(branches.joined(separator: "\nUNION ALL\n"))) referrers LIMIT 1")
        known.withLock { $0[target] = .some(statement) }
        return statement
    }

    /// As `statement(to:)`, for one hash, and answers type and id of every referrer, some perhaps twice.
    func all(to target: TypeID) -> SQLStatement? {
        if let statement = knownAll.withLock({ $0[target] }) { return statement }
        let branches = tables.types.compactMap { branch($0, to: target, limit: "") }
        let statement = branches.isEmpty ? nil : SQLStatement(branches.joined(separator: "\nUNION ALL\n"))
        knownAll.withLock { $0[target] = .some(statement) }
        return statement
    }

    private func branch(_ source: TypeID, to target: TypeID, limit: String = "LIMIT 1") -> String? {
        let index = indexer.index(of: source)
        let builder = PredicateBuilder(indexer: indexer, now: 0)
        var constants: Set<Int64> = []
        var hasSubject = false
        // Custom parameters come and go, and what they leave behind in the keys must hold nothing back.
        for parameter in index.parameters.values where parameter.kind == .reference && !parameter.definition.isCustom {
            guard parameter.targets.isEmpty || parameter.targets.contains(target) else { continue }
            for link in builder.links(of: parameter, in: index, to: target) {
                switch link {
                case .subject: hasSubject = true
                case .keys(let constant): constants.insert(constant)
                }
            }
        }
        let table = tables.table(source)
        var conditions: [String] = []
        var matches: [String] = []
        if !constants.isEmpty {
            // The constants are the server's own, derived from URLs of the standard.
            let list = constants.sorted().map { "(\($0))" }.joined(separator: ", ")
            conditions.append(
                """
                t.keys && ARRAY(
                  SELECT h.hash # c.seed FROM unnest($1::int8[]) h(hash), (VALUES \(list)) c(seed))
                """)
            matches.append(
                "EXISTS (SELECT FROM (VALUES \(list)) c(seed) WHERE t.keys @> ARRAY[h.hash # c.seed])")
        }
        if hasSubject {
            conditions.append("t.subj = ANY($1::int8[])")
            matches.append("t.subj = h.hash")
        }
        if conditions.isEmpty { return nil }
        // One branch for each, because an OR of the two would be served by neither index.
        return zip(conditions, matches).map { condition, match in
            """
            (SELECT '\(table.typeName)'::text, t.id::text,
               (SELECT h.hash FROM unnest($1::int8[]) h(hash) WHERE \(match) LIMIT 1)
             FROM \(table.current) t WHERE \(condition) \(limit))
            """
        }.joined(separator: "\nUNION ALL\n")
    }
}
