/// Words that a text has to hold, each as the beginning of one of its words, in any order and case
/// (R4 search.html#modifiers, `:text`).
package struct TextQuery: Hashable, Sendable {
    package let words: [String]

    /// Nil if there is no word.
    package init?(_ text: String) {
        words = text.split { !($0.isLetter || $0.isNumber) }.map { $0.lowercased() }
        if words.isEmpty { return nil }
    }

    /// The words in PostgreSQL's query language; `simple` is the configuration that fits.
    package var tsquery: String { words.map { "'\($0)':*" }.joined(separator: " & ") }
}
