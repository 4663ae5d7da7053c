extension SearchCriterion {
    /// Whether codes or lists have to be looked up before the criterion can be a predicate.
    package var needsLookup: Bool {
        switch self {
        case .parameter(let criterion): criterion.needsLookup
        case .list: true
        case .chain(_, let targets): targets.contains { $0.criterion.needsLookup }
        case .has(_, _, let inner), .not(let inner): inner.needsLookup
        case .all(let parts), .any(let parts): parts.contains(where: \.needsLookup)
        }
    }

    /// The same about a resource that no List names.
    package var withoutLists: SearchCriterion {
        switch self {
        case .list: .any([])
        case .not(let inner): .not(inner.withoutLists)
        case .all(let parts): .all(parts.map(\.withoutLists))
        case .any(let parts): .any(parts.map(\.withoutLists))
        case .parameter, .chain, .has: self
        }
    }
}

extension ParameterCriterion {
    /// Whether codes have to be looked up before the criterion can be a predicate.
    package var needsLookup: Bool {
        values.contains { value in
            if case .concepts = value { true } else { false }
        }
    }
}
