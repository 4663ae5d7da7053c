import FHIRSearch
import PostgreSQL

/// What a search needs to know before its predicate can be built.
extension SearchService {
    /// What all criteria of a request say together; terminologies are asked only if one of them needs it.
    ///
    /// - Throws: `SearchError` for value sets and code systems that nobody knows.
    func predicate(for request: SearchRequest, _ session: Session?, now: Int64) async throws -> SearchPredicate {
        let builder = PredicateBuilder(indexer: indexer, now: now)
        guard request.criteria.contains(where: \.asksForConcepts) else { return builder.predicate(for: request) }
        var resolved = request
        resolved.criteria = []
        for criterion in request.criteria {
            resolved.criteria.append(try await self.resolved(criterion, session))
        }
        return builder.predicate(for: resolved)
    }

    private func resolved(_ criterion: SearchCriterion, _ session: Session?) async throws -> SearchCriterion {
        switch criterion {
        case .parameter(let inner):
            return .parameter(inner.asksForConcepts ? try await resolved(inner, session) : inner)
        case .chain(let parameter, let targets):
            var known: [SearchCriterion.ChainTarget] = []
            for target in targets {
                let inner = try await resolved(target.criterion, session)
                var resolved = target
                resolved.criterion = inner
                known.append(resolved)
            }
            return .chain(parameter, known)
        case .has(let source, let parameter, let inner):
            return .has(source, parameter, try await resolved(inner, session))
        case .all(let parts): return .all(try await resolved(parts, session))
        case .any(let parts): return .any(try await resolved(parts, session))
        case .not(let inner): return .not(try await resolved(inner, session))
        }
    }

    private func resolved(_ parts: [SearchCriterion], _ session: Session?) async throws -> [SearchCriterion] {
        var known: [SearchCriterion] = []
        for part in parts { known.append(try await resolved(part, session)) }
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
}
