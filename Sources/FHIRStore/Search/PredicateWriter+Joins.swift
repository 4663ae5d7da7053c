import FHIRDefinitions
import FHIRSearch

/// Conditions on resources of other types: chains and `_has`.
extension PredicateWriter {
    /// The targets are found first. By the patient's column, the type searched is then asked for all of them at once.
    /// By keys, each target asks the index for the rows that refer to it: an index asked for thousands of keys at once
    /// compares each with each, and took 28 s where this takes 0.2 s.
    ///
    /// Where nothing finds the targets there may be as many as the type has: then the rows are walked, and each asks
    /// whether what it refers to is among them.
    ///
    /// - Parameter filters: few rows are asked, so that they need only be compared with the targets.
    mutating func chain(
        _ chains: [SearchPredicate.Chain], _ table: ResourceTable, _ alias: String, filters: Bool
    ) -> String {
        var subjects: [String] = []
        var keys: [String] = []
        var ways: [String] = []
        for chain in chains where tables.contains(chain.target) {
            let isMany = Self.driver(of: Self.conjuncts(chain.predicate)) == .none
            for link in chain.links {
                let found = targets(of: chain)
                switch link {
                case .subject where isMany: ways.append("\(alias).subj IN (\(found))")
                case .subject: subjects.append(found)
                case .keys(let constant):
                    let constant = bind(int64: constant)
                    if isMany {
                        // IS TRUE keeps the planner from joining: the targets are hashed once, for all rows.
                        ways.append(
                            """
                            EXISTS (SELECT FROM unnest(\(alias).keys) k
                              WHERE ((k # \(constant)) IN (\(found))) IS TRUE)
                            """)
                    } else if filters {
                        keys.append("SELECT f.self # \(constant) FROM (\(found)) f")
                    } else {
                        keys.append(referrers(table, to: "(\(found)) f", by: constant))
                    }
                }
            }
        }
        if !subjects.isEmpty {
            ways.insert("\(alias).subj = ANY(ARRAY(\(subjects.joined(separator: " UNION ALL "))))", at: 0)
        }
        if !keys.isEmpty {
            let all = "ARRAY(\(keys.joined(separator: " UNION ALL ")))"
            ways.append(filters ? "\(alias).keys && \(all)" : "\(alias).rid = ANY(\(all))")
        }
        return ways.isEmpty ? "false" : ways.count == 1 ? ways[0] : "(" + ways.joined(separator: " OR ") + ")"
    }

    /// A query for the `self` of all resources that a chain leads to. R4 search.html#contained: a chained condition is
    /// asked of contained resources too.
    ///
    /// That doubles the query at each link; so it goes two links far, for nobody contains what contains.
    private mutating func targets(of chain: SearchPredicate.Chain) -> String {
        chainDepth += 1
        defer { chainDepth -= 1 }
        let table = tables.table(chain.target)
        let found = selves(in: table, chain.predicate)
        let inner = chain.predicate.withoutIDs
        if chainDepth > 2 || inner == .never { return found }
        return found + " UNION ALL " + selves(in: table.contained, inner)
    }

    private mutating func selves(in table: ResourceTable, _ predicate: SearchPredicate) -> String {
        let alias = nextAlias()
        let conditions = conditions(predicate, table, alias: alias)
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return "SELECT \(alias).self FROM \(table.current) \(alias)\(rest)"
    }

    /// The `rid` of all rows whose keys hold a reference to a `self` of `found`, named `f`.
    private func referrers(_ table: ResourceTable, to found: String, by constant: String) -> String {
        "SELECT r.rid FROM \(found) JOIN \(table.current) r ON r.keys @> ARRAY[f.self # \(constant)]"
    }

    /// - Parameter probes: few rows are asked, so each looks for those that refer to it; otherwise all that refer to
    ///   anything are gathered first.
    mutating func has(
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

    /// All resources above or below some, then those that refer to any of them.
    mutating func hierarchy(
        _ hierarchy: SearchPredicate.Hierarchy, _ owner: ResourceTable, _ alias: String
    ) -> String {
        let table = tables.table(hierarchy.target).current
        let found = nextAlias()
        let rows: String
        switch (hierarchy.direction, hierarchy.parent) {
        case (.below, .keys(let constant)):
            rows = """
                WITH RECURSIVE \(found)(self) AS (SELECT unnest(\(bind(hierarchy.selves)))
                  UNION SELECT c.self FROM \(found) JOIN \(table) c
                    ON c.keys @> ARRAY[\(found).self # \(bind(int64: constant))])
                SELECT self FROM \(found)
                """
        default:
            let type = tables.table(hierarchy.target).typeName
            rows = """
                WITH RECURSIVE \(found)(id) AS (SELECT unnest(\(bind(ids: hierarchy.ids)))
                  UNION SELECT substring(v #>> '{}' FROM '(?:^|/)\(type)/([A-Za-z0-9.-]+)') FROM \(found)
                    JOIN \(table) c ON c.id = \(found).id,
                    jsonb_path_query(c.content, \(bind(text: hierarchy.parentPath))::jsonpath) v)
                SELECT c.self FROM \(found) JOIN \(table) c ON c.id = \(found).id
                """
        }
        let ways = hierarchy.links.map { link in
            switch link {
            case .subject: "\(alias).subj = ANY(ARRAY(\(rows)))"
            case .keys(let constant):
                "\(alias).rid = ANY(ARRAY(\(referrers(owner, to: "(\(rows)) f", by: bind(int64: constant)))))"
            }
        }
        return ways.count == 1 ? ways[0] : "(" + ways.joined(separator: " OR ") + ")"
    }

    mutating func nextAlias() -> String {
        aliasCount += 1
        return "t\(aliasCount)"
    }
}
