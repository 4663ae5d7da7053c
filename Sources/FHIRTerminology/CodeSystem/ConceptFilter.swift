/// A condition on concepts (R4 valueset-definitions.html#ValueSet.compose.include.filter).
package struct ConceptFilter: Hashable, Sendable {
    /// R4 valueset-filter-operator, and `child-of` and `descendent-leaf` of later versions.
    package enum Operator: String, Hashable, Sendable {
        case equal = "="
        case isA = "is-a"
        case descendentOf = "descendent-of"
        case isNotA = "is-not-a"
        case regex
        case `in`
        case notIn = "not-in"
        case generalizes
        case exists
        case childOf = "child-of"
        case descendentLeaf = "descendent-leaf"
    }

    package var property: String
    package var op: Operator
    package var value: String

    package init(property: String, op: Operator, value: String) {
        self.property = property
        self.op = op
        self.value = value
    }

    /// Whether it looks at the code itself.
    package var namesCode: Bool { property == "concept" || property == "code" }

    /// The values of `in` and `not-in`.
    package var list: [String] {
        value.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

/// Words that have to begin words of a concept's texts, without regard to case.
package struct TextFilter: Hashable, Sendable {
    /// In lower case; none is empty.
    package let words: [String]

    /// Nil where nothing is left to look for.
    package init?(_ text: String) {
        words = Self.words(of: text)
        if words.isEmpty { return nil }
    }

    package static func words(of text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    /// Whether each word begins a word of one of the texts, or the code.
    package func matches(code: String, _ texts: some Sequence<String>) -> Bool {
        var found: [String] = Self.words(of: code) + [code.lowercased()]
        for text in texts { found += Self.words(of: text) }
        return words.allSatisfy { word in found.contains { $0.hasPrefix(word) } }
    }
}
