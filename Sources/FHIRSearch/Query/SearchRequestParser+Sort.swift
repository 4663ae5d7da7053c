import FHIRDefinitions

/// `_sort` (R4 search.html#sort).
extension SearchRequestParser {
    static let maximumSortKeyCount = 5

    mutating func parseSort(_ value: String) throws(SearchError) {
        for part in value.split(separator: ",") {
            let isDescending = part.hasPrefix("-")
            let code = isDescending ? part.dropFirst() : part
            if code == "_score" {
                let content = try required("_content", on: request.type)
                var key = SearchRequest.SortKey(parameter: content, isDescending: isDescending)
                key.isScore = true
                request.sort.append(key)
            } else if let dot = code.firstIndex(of: ".") {
                let rest = code[code.index(after: dot)...]
                request.sort.append(try chained(code[..<dot], rest, isDescending: isDescending))
            } else {
                let parameter = try sortable(code, on: request.type)
                request.sort.append(SearchRequest.SortKey(parameter: parameter, isDescending: isDescending))
            }
        }
        guard request.sort.count <= Self.maximumSortKeyCount else {
            throw SearchError(.tooComplex, "At most \(Self.maximumSortKeyCount) sort keys are allowed.")
        }
    }

    /// R4 search.html#score: a score says how well a search for words is met, and nothing of any other.
    func requireWordsToScore() throws(SearchError) {
        guard request.sort.contains(where: \.isScore) else { return }
        let asksWords = request.criteria.contains { criterion in
            guard case .parameter(let parameter) = criterion else { return false }
            return parameter.values.contains { value in
                switch value {
                case .fullText, .text: true
                default: false
                }
            }
        }
        guard asksWords else {
            throw SearchError(
                .invalidValue, "The order by _score needs words to look for: _content, _text or :text.",
                parameter: "_sort")
        }
    }

    private func required(_ code: Substring, on type: TypeID) throws(SearchError) -> ParameterIndex {
        guard let parameter = try known(code, on: type) else {
            // C73: an unknown key is an error of the value, even where unknown parameters are forgiven.
            throw SearchError(.invalidValue, "There is no such parameter to sort by.")
        }
        return parameter
    }

    private func sortable(_ code: Substring, on type: TypeID) throws(SearchError) -> ParameterIndex {
        let parameter = try required(code, on: type)
        guard parameter.kind.isSortable, !parameter.slots.isEmpty else {
            throw SearchError(.invalidValue, "Parameters of this kind give no order.")
        }
        return parameter
    }

    /// `patient.family`, `subject:Patient.family`: one reference may be followed.
    private func chained(
        _ link: Substring, _ rest: Substring, isDescending: Bool
    ) throws(SearchError) -> SearchRequest.SortKey {
        let parts = link.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let reference = try sortable(parts[0], on: request.type)
        guard reference.kind == .reference, !rest.contains(".") else {
            throw SearchError(.invalidValue, "A key may follow one reference: reference.parameter.")
        }
        let target: TypeID
        if parts.count == 2 {
            guard let type = indexer.definitions.resourceType(named: String(parts[1])),
                reference.targets.isEmpty || reference.targets.contains(type)
            else { throw SearchError(.invalidValue, "The parameter does not refer to this type.") }
            target = type
        } else {
            guard reference.targets.count == 1 else {
                throw SearchError(.invalidValue, "The key has to name a type: reference:Type.parameter.")
            }
            target = reference.targets[0]
        }
        let links = PredicateBuilder(indexer: indexer, now: 0)
            .links(of: reference, in: indexer.index(of: request.type), to: target)
        let via = SearchRequest.SortKey.Via(parameter: reference, target: indexer.index(of: target), links: links)
        return SearchRequest.SortKey(
            parameter: try sortable(rest, on: target), isDescending: isDescending, via: via)
    }
}
