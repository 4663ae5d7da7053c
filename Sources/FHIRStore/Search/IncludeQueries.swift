import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// The queries for what one level of resources refers to, and for what refers to it.
struct IncludeQueries {
    let service: SearchService
    /// The resources whose references are followed.
    let level: [StoredVersion]
    /// What is on the page already.
    let known: Set<ResourceKey>

    struct Query {
        /// Of all rows; nil where the first column names it.
        var type: TypeID?
        var statement: SQLStatement
        var parameters: SQLParameters
    }

    private var indexer: SearchIndexer { service.indexer }

    // MARK: - Forward

    /// Resources that the level refers to, one query for each type.
    func forward(_ includes: [SearchRequest.Include]) throws -> [Query] {
        guard !includes.isEmpty else { return [] }
        var ids: [TypeID: [String]] = [:]
        var wanted: Set<ResourceKey> = []
        var canonicals: [TypeID: [SearchPredicate]] = [:]
        var seen: Set<CanonicalTarget> = []
        for version in level {
            let relevant = includes.filter { $0.source == nil || $0.source == version.type }
            guard !relevant.isEmpty, let content = version.content else { continue }
            let node = JSONNode(try Document.parse(content))
            for include in relevant {
                for found in indexer.targets(in: node, type: version.type, parameter: include.parameter) {
                    switch found {
                    case .local(let reference):
                        guard include.target == nil || include.target == reference.type else { continue }
                        let key = ResourceKey(reference)
                        guard !known.contains(key), wanted.insert(key).inserted else { continue }
                        ids[reference.type, default: []].append(reference.id)
                    case .canonical(let url, let version, let types):
                        for type in types where include.target == nil || include.target == type {
                            let target = CanonicalTarget(type: type, url: url, version: version)
                            guard seen.insert(target).inserted, let predicate = predicate(target) else { continue }
                            canonicals[type, default: []].append(predicate)
                        }
                    }
                }
            }
        }
        return ids.sorted { $0.key < $1.key }.map { query($0, ids: $1) }
            + canonicals.sorted { $0.key < $1.key }.map { query($0, .disjunction($1)) }
    }

    /// What a canonical reference means (R4 references.html#canonical).
    private struct CanonicalTarget: Hashable {
        var type: TypeID
        var url: String
        var version: String?
    }

    /// Resources with the url, and the business version if the reference names one; nil if the type has no url.
    private func predicate(_ target: CanonicalTarget) -> SearchPredicate? {
        guard service.tables.contains(target.type) else { return nil }
        return PredicateBuilder(indexer: indexer, now: 0)
            .canonical(target.url, version: target.version, in: target.type)
    }

    private func query(_ type: TypeID, ids: [String]) -> Query {
        var writer = PredicateWriter(tables: service.tables)
        let text = """
            SELECT \(ReadStatements.columns) FROM \(service.tables.table(type).current) t
            WHERE t.id = ANY(\(writer.bind(ids: ids)))
            """
        return Query(type: type, statement: service.statements.statement(text), parameters: writer.parameters)
    }

    private func query(_ type: TypeID, _ predicate: SearchPredicate) -> Query {
        let plan = SearchPlan.rows(
            predicate, type: type, tables: service.tables, limit: service.configuration.maximumIncludeCount + 1)
        return Query(
            type: type, statement: service.statements.statement(plan.text), parameters: plan.parameters)
    }

    // MARK: - Reverse

    /// Resources that refer to the level: one query, so that the limit holds for all types together.
    func reverse(_ includes: [SearchRequest.Include]) -> [Query] {
        guard !includes.isEmpty else { return [] }
        let targets = Set(level.map(\.type)).sorted()
        var hashes: [TypeID: [Int64]] = [:]
        for version in level where version.container == nil {
            let name = indexer.definitions.name(of: version.type)
            let hash = SearchIndexer.selfKey(typeName: name, id: version.stamp.id)
            hashes[version.type, default: []].append(Int64(bitPattern: hash))
        }
        var predicates: [TypeID: [SearchPredicate]] = [:]
        for include in includes {
            for source in include.source.map({ [$0] }) ?? service.tables.types {
                let index = indexer.index(of: source)
                let parameters =
                    include.parameter.map { [$0] } ?? index.parameters.values.filter { $0.kind == .reference }
                var links: Set<TargetLink> = []
                for target in targets where include.target == nil || include.target == target {
                    for parameter in parameters
                    where parameter.targets.isEmpty || parameter.targets.contains(target) {
                        let builder = PredicateBuilder(indexer: indexer, now: 0)
                        for link in builder.links(of: parameter, in: index, to: target) {
                            links.insert(TargetLink(target: target, link: link))
                        }
                    }
                }
                for link in links { predicates[source, default: []].append(link.predicate(hashes)) }
            }
        }
        return query(predicates).map { [$0] } ?? []
    }

    private func query(_ predicates: [TypeID: [SearchPredicate]]) -> Query? {
        var writer = PredicateWriter(tables: service.tables)
        var branches: [String] = []
        for (type, predicates) in predicates.sorted(by: { $0.key < $1.key }) where service.tables.contains(type) {
            let table = service.tables.table(type)
            let conditions = writer.conditions(.disjunction(predicates), table, alias: "t")
            branches.append(
                """
                SELECT '\(table.typeName)'::text AS type_name, t.id, t.version, t.method, t.updated, t.content, t.exact
                FROM \(table.current) t WHERE \(conditions.joined(separator: " AND "))
                """)
        }
        if branches.isEmpty { return nil }
        let limit = writer.bind(int64: Int64(service.configuration.maximumIncludeCount + 1))
        let text = """
            SELECT type_name, \(ReadStatements.columns) FROM (
            \(branches.joined(separator: "\nUNION ALL\n"))
            ) found LIMIT \(limit)
            """
        return Query(type: nil, statement: service.statements.statement(text), parameters: writer.parameters)
    }

    /// A place where a type keeps references to another.
    private struct TargetLink: Hashable {
        var target: TypeID
        var link: SearchPredicate.Link

        func predicate(_ hashes: [TypeID: [Int64]]) -> SearchPredicate {
            let hashes = hashes[target] ?? []
            switch link {
            case .subject: return .subject(hashes)
            case .keys(let constant): return .keys(hashes.map { $0 ^ constant }, isSelective: true)
            }
        }
    }
}
