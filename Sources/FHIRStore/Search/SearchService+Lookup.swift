import FHIRDefinitions
import FHIRSearch
import FHIRTerminology
import JSONTape
import PostgreSQL

/// What a search needs to know before its predicate can be built.
extension SearchService {
    /// What all criteria of a request say together; lists and terminologies are asked only if one of them
    /// needs it.
    ///
    /// - Parameter isContained: of contained resources, see `PredicateBuilder.predicate(for:isContained:)`.
    /// - Throws: `SearchError` for value sets and code systems that nobody knows.
    func predicate(
        for request: SearchRequest, isContained: Bool = false, _ session: Session?, now: Int64
    ) async throws -> SearchPredicate {
        let builder = PredicateBuilder(indexer: indexer, now: now)
        guard request.criteria.contains(where: \.needsLookup) else {
            return builder.predicate(for: request, isContained: isContained)
        }
        var resolved = request
        resolved.criteria = []
        for criterion in request.criteria {
            let criterion = isContained ? criterion.withoutLists : criterion
            resolved.criteria.append(try await self.resolved(criterion, on: request.type, session))
        }
        return builder.predicate(for: resolved, isContained: isContained)
    }

    private func resolved(
        _ criterion: SearchCriterion, on type: TypeID, _ session: Session?
    ) async throws -> SearchCriterion {
        switch criterion {
        case .parameter(let inner):
            return .parameter(inner.needsLookup ? try await resolved(inner, session) : inner)
        case .chain(let parameter, let targets):
            var known: [SearchCriterion.ChainTarget] = []
            for target in targets {
                let inner = try await resolved(target.criterion, on: target.type, session)
                var resolved = target
                resolved.criterion = inner
                known.append(resolved)
            }
            return .chain(parameter, known)
        case .has(let source, let parameter, let inner):
            return .has(source, parameter, try await resolved(inner, on: source, session))
        case .list(let ids): return indexer.ids(try await items(of: ids, type, session), type: type)
        case .all(let parts): return .all(try await resolved(parts, on: type, session))
        case .any(let parts): return .any(try await resolved(parts, on: type, session))
        case .not(let inner): return .not(try await resolved(inner, on: type, session))
        }
    }

    private func resolved(
        _ parts: [SearchCriterion], on type: TypeID, _ session: Session?
    ) async throws -> [SearchCriterion] {
        var known: [SearchCriterion] = []
        for part in parts { known.append(try await resolved(part, on: type, session)) }
        return known
    }

    private func resolved(_ criterion: ParameterCriterion, _ session: Session?) async throws -> ParameterCriterion {
        var values: [SearchValue] = []
        for value in criterion.values {
            guard case .concepts(let query) = value else {
                values.append(value)
                continue
            }
            let set: ConceptSet
            do {
                set = try await concepts.concepts(query, in: session)
            } catch let error as SearchError {
                throw error.about(criterion.parameter.code)
            }
            values += set.systems.sorted().map { .token(.init(system: .named($0), code: nil)) }
            values += set.concepts.map { concept in
                .token(.init(system: concept.system.isEmpty ? .any : .named(concept.system), code: concept.code))
            }
        }
        var resolved = criterion
        resolved.modifier = criterion.modifier.isNegated ? .not : .none
        resolved.values = values
        return resolved
    }

    /// Ids of the resources of a type that lists name, without those marked as deleted from them
    /// (R4 search.html#list, list-definitions.html#List.entry.deleted).
    private func items(of ids: [String], _ type: TypeID, _ session: Session?) async throws -> [String] {
        guard let list = indexer.definitions.resourceType(named: "List"), tables.types.contains(list) else { return [] }
        let query = SearchPlan.rows(.ids(ids), type: list, tables: tables)
        let statement = statements.statement(query.text)
        let result: QueryResult
        do {
            result = try await database.read(statement, query.parameters, in: session)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
        var found: Set<String> = []
        for row in 0..<result.rowCount {
            guard let content = StoredVersion(type: list, row: row, of: result).content else { continue }
            for entry in JSONNode(try Document.parse(content))["entry"]?.items ?? []
            where entry["deleted"]?.bool != true {
                guard let text = entry["item"]?["reference"]?.string, let item = indexer.localReference(text),
                    item.type == type
                else { continue }
                found.insert(item.id)
            }
        }
        return found.sorted()
    }
}
