package import FHIRDefinitions

extension SearchIndexer {
    /// What finds the resources that a canonical means, `url`, `url|version` or `Type/id`, whose version is then to
    /// be compared.
    package func canonicalPredicate(
        _ canonical: String, type: TypeID
    ) -> (predicate: SearchPredicate, version: String?) {
        if let local = localReference(canonical), local.type == type { return (.ids([local.id]), nil) }
        guard let parameter = index(of: type).parameters["url"] else { return (.never, nil) }
        let bar = canonical.lastIndex(of: "|")
        let url = bar.map { String(canonical[..<$0]) } ?? canonical
        let criterion = ParameterCriterion(parameter: parameter, modifier: .none, values: [.uri(url)])
        let predicate = PredicateBuilder(indexer: self, now: 0).predicate(.parameter(criterion), on: type)
        return (predicate, bar.map { String(canonical[canonical.index(after: $0)...]) })
    }

    /// The resources of a type that have a URI in one of its parameters.
    package func predicate(_ parameter: String, uri: String, type: TypeID) -> SearchPredicate {
        predicate(parameter, uris: [uri], type: type)
    }

    /// The resources of a type that have any of some URIs in one of its parameters.
    package func predicate(_ parameter: String, uris: [String], type: TypeID) -> SearchPredicate {
        guard let parameter = index(of: type).parameters[parameter] else { return .never }
        let criterion = ParameterCriterion(parameter: parameter, modifier: .none, values: uris.map { .uri($0) })
        return PredicateBuilder(indexer: self, now: 0).predicate(.parameter(criterion), on: type)
    }

    /// The resources with these ids, of any of a type.
    package func ids(_ ids: [String], type: TypeID) -> SearchCriterion {
        guard let parameter = index(of: type).parameters["_id"] else { return .any([]) }
        let values = ids.map { SearchValue.token(SearchValue.TokenValue(system: .any, code: $0)) }
        return .parameter(ParameterCriterion(parameter: parameter, modifier: .none, values: values))
    }

    /// The resource of this server that a reference's text points at; nil for any other.
    package func localReference(_ text: String) -> LocalReference? {
        var text = text
        return text.withUTF8 { bytes in
            guard case .local(let type, let target) = context.target(bytes),
                let slash = target.firstIndex(of: UInt8(ascii: "/"))
            else { return nil }
            return LocalReference(type: type, id: String(decoding: target[(slash + 1)...], as: UTF8.self))
        }
    }
}
