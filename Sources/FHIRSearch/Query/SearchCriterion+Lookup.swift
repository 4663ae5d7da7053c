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
}

extension ParameterCriterion {
    /// Whether codes have to be looked up before the criterion can be a predicate.
    package var needsLookup: Bool {
        values.contains { value in
            if case .concepts = value { true } else { false }
        }
    }
}
