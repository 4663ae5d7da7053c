import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// `_include` and `_revinclude` (R4 search.html#include).
///
/// Every level takes one round trip: the references of the level before are read from its content, the resources they
/// lead to are fetched by primary key, those that refer to it by their keys.
extension SearchService {
    func include(
        for request: SearchRequest, into page: inout SearchResultPage, _ session: Session?
    ) async throws {
        var known = Set(page.matches.map { Key($0) })
        var level = page.matches
        var round = 0
        while !level.isEmpty, round <= configuration.maximumIterationCount {
            let includes = request.includes.filter { round == 0 || $0.isIterated }
            let reverse = request.revIncludes.filter { round == 0 || $0.isIterated }
            let queries =
                try forwardQueries(includes, level, known) + reverseQueries(reverse, level)
            if queries.isEmpty { return }
            let results = try await onSession(session) { session in
                try await session.queries(queries.map { ($0.statement, $0.parameters) })
            }
            var next: [StoredVersion] = []
            for (query, result) in zip(queries, results) {
                for row in 0..<result.rowCount {
                    let version = StoredVersion(type: query.type, row: row, of: result)
                    guard known.insert(Key(version)).inserted else { continue }
                    if page.included.count + next.count >= configuration.maximumIncludeCount {
                        page.isIncludeTruncated = true
                        continue
                    }
                    next.append(version)
                }
            }
            page.included += next
            level = next
            round += 1
        }
    }

    private struct Key: Hashable {
        var type: TypeID
        var id: String

        init(_ version: StoredVersion) {
            type = version.type
            id = version.stamp.id
        }

        init(_ reference: SearchIndexer.LocalReference) {
            type = reference.type
            id = reference.id
        }
    }

    private struct Query {
        var type: TypeID
        var statement: SQLStatement
        var parameters: SQLParameters
    }

    private func forwardQueries(
        _ includes: [SearchRequest.Include], _ level: [StoredVersion], _ known: Set<Key>
    ) throws -> [Query] {
        guard !includes.isEmpty else { return [] }
        var ids: [TypeID: [String]] = [:]
        var wanted: Set<Key> = []
        for version in level {
            let relevant = includes.filter { $0.source == version.type }
            guard !relevant.isEmpty, let content = version.content else { continue }
            let node = JSONNode(try Document.parse(content))
            for include in relevant {
                for found in indexer.references(in: node, type: version.type, parameter: include.parameter)
                where include.target == nil || include.target == found.type {
                    let key = Key(found)
                    guard !known.contains(key), wanted.insert(key).inserted else { continue }
                    ids[found.type, default: []].append(found.id)
                }
            }
        }
        return ids.sorted { $0.key < $1.key }.map { type, ids in
            var writer = PredicateWriter(tables: tables)
            let text = """
                SELECT \(ReadStatements.columns) FROM \(tables.table(type).current) t
                WHERE t.id = ANY(\(writer.bind(ids: ids)))
                """
            return Query(type: type, statement: statements.statement(text), parameters: writer.parameters)
        }
    }

    private func reverseQueries(_ includes: [SearchRequest.Include], _ level: [StoredVersion]) -> [Query] {
        includes.compactMap { include in
            guard let parameter = include.parameter else { return nil }
            var predicates: [SearchPredicate] = []
            for target in Set(level.map(\.type)) where include.target == nil || include.target == target {
                let name = indexer.definitions.name(of: target)
                let hashes = level.filter { $0.type == target }
                    .map { Int64(bitPattern: SearchIndexer.selfKey(typeName: name, id: $0.stamp.id)) }
                let links = PredicateBuilder(indexer: indexer, now: 0)
                    .links(of: parameter, in: indexer.index(of: include.source), to: target)
                for link in links {
                    switch link {
                    case .subject: predicates.append(.subject(hashes))
                    case .keys(let constant):
                        predicates.append(.keys(hashes.map { $0 ^ constant }, isSelective: true))
                    }
                }
            }
            let predicate = SearchPredicate.disjunction(predicates)
            if predicate == .never { return nil }
            let query = SearchPlan.rows(
                predicate, type: include.source, tables: tables, limit: configuration.maximumIncludeCount + 1)
            return Query(
                type: include.source, statement: statements.statement(query.text), parameters: query.parameters)
        }
    }
}
