/// Which of several codes of one system are kinds of which.
package struct Kinship: Sendable {
    /// One code that is a kind of another.
    package struct Pair: Hashable, Sendable {
        package var descendant: String
        package var ancestor: String

        package init(descendant: String, ancestor: String) {
            self.descendant = descendant
            self.ancestor = ancestor
        }
    }

    /// The codes that were asked about as the system writes them; nil for those that it does not have.
    package var codes: [String: String?]
    /// Pairs with at least one of those codes; no code with itself.
    package var pairs: [Pair]

    package init(codes: [String: String?], pairs: [Pair]) {
        self.codes = codes
        self.pairs = pairs
    }
}

extension ResourceCodeSystem {
    package func kinship(of codes: [String], among known: [String]) -> Kinship {
        var names: [String: String?] = [:]
        var new: Set<Int> = []
        for code in codes {
            let position = position(of: code)
            names[code] = .some(position.map { self.codes[$0] })
            if let position { new.insert(position) }
        }
        let all = new.union(known.compactMap(position))
        var pairs: [Kinship.Pair] = []
        for low in all.sorted() {
            for high in closure(of: low, parents).sorted()
            where high != low && all.contains(high) && (new.contains(low) || new.contains(high)) {
                pairs.append(Kinship.Pair(descendant: self.codes[low], ancestor: self.codes[high]))
            }
        }
        return Kinship(codes: names, pairs: pairs)
    }
}
