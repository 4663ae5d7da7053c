package import FHIRDefinitions

extension PredicateBuilder {
    /// Resources of a type that a canonical reference means: those with the url, and with the business version if one
    /// is named (R4 references.html#canonical). Nil if the type has no canonical url.
    package func canonical(_ url: String, version: String?, in type: TypeID) -> SearchPredicate? {
        let index = indexer.index(of: type)
        guard let parameter = index.parameters["url"], parameter.kind == .uri else { return nil }
        let byURL = SearchPredicate.disjunction(
            parameter.slots.map { predicate(.uri(url), index.slots[$0], .none) })
        guard let version, let versions = index.parameters["version"], versions.kind == .token else { return byURL }
        let token = SearchValue.TokenValue(system: .any, code: version)
        return .conjunction([
            byURL, .disjunction(versions.slots.map { predicate(.token(token), index.slots[$0], .none) }),
        ])
    }
}
