/// Words that a text has to hold, each as the beginning of one of its words, in any order (R4 search.html#modifiers,
/// `:text`). Case and accents do not count.
package struct TextQuery: Hashable, Sendable {
    package let words: [String]

    /// Nil if there is no word.
    package init?(_ text: String) {
        words = WordText.words(text[...]).map { String(decoding: $0, as: UTF8.self) }
        if words.isEmpty { return nil }
    }

    /// As PostgreSQL's `to_tsquery` reads it: words in single quotes, which hold letters and digits only.
    package var expression: String { words.map { "'\($0)':*" }.joined(separator: " & ") }
}
