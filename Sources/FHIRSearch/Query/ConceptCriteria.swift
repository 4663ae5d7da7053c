package import FHIRDefinitions

extension SearchCriterion {
    /// Whether codes have to be looked up before the criterion can be a predicate.
    package var asksForConcepts: Bool {
        switch self {
        case .parameter(let criterion): criterion.asksForConcepts
        case .chain(_, let targets): targets.contains { $0.criterion.asksForConcepts }
        case .has(_, _, let inner), .not(let inner): inner.asksForConcepts
        case .all(let parts), .any(let parts): parts.contains(where: \.asksForConcepts)
        }
    }
}

extension ParameterCriterion {
    /// Whether codes have to be looked up before the criterion can be a predicate.
    package var asksForConcepts: Bool {
        values.contains { value in
            if case .concepts = value { true } else { false }
        }
    }
}

extension SearchIndexer {
    /// What finds the resources that a canonical means, `url`, `url|version` or `Type/id`, whose version is then to
    /// be compared.
    package func canonicalPredicate(
        _ canonical: String, type: TypeID
    ) -> (predicate: SearchPredicate, version: String?) {
        var text = canonical
        let name = definitions.name(of: type)
        let id: String? = text.withUTF8 { bytes in
            guard case .local(type, let text) = context.target(bytes) else { return nil }
            return String(decoding: text.dropFirst(name.utf8.count + 1), as: UTF8.self)
        }
        if let id { return (.ids([id]), nil) }
        guard let parameter = index(of: type).parameters["url"] else { return (.never, nil) }
        let bar = canonical.lastIndex(of: "|")
        let url = bar.map { String(canonical[..<$0]) } ?? canonical
        let criterion = ParameterCriterion(parameter: parameter, modifier: .none, values: [.uri(url)])
        let predicate = PredicateBuilder(indexer: self, now: 0).predicate(.parameter(criterion), on: type)
        return (predicate, bar.map { String(canonical[canonical.index(after: $0)...]) })
    }
}
