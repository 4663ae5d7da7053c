/// URIs (R4 search.html#uri).
extension PredicateBuilder {
    func predicate(
        uri: String, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        switch modifier {
        case .below:
            return ContentPredicate.urls(below: uri, slot.paths)
        case .above:
            return .keys(Self.prefixes(of: uri).map { key($0, slot) }, isSelective: true)
        default:
            return .keys([key(uri, slot)], isSelective: true)
        }
    }

    private func key(_ uri: String, _ slot: IndexSlot) -> Int64 {
        Int64(bitPattern: XXHash64.hash(uri, seed: slot.seed.value &+ 6))
    }

    /// `http://a/b/c` with all URLs that it lies below: itself, `http://a/b/`, `http://a/b`, `http://a/`, `http://a`.
    private static func prefixes(of url: String) -> [String] {
        var result = [url]
        guard let scheme = url.firstRange(of: "://") else { return result }
        var index = url.endIndex
        while index > scheme.upperBound {
            index = url.index(before: index)
            guard url[index] == "/" else { continue }
            for prefix in [String(url[...index]), String(url[..<index])] where prefix != url { result.append(prefix) }
        }
        return result
    }
}
