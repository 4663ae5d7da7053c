/// Finds the text in the language that a client wants (RFC 4647 §3.4, Lookup).
enum LanguageLookup {
    /// The position of the tag that serves a range best; nil if none does.
    ///
    /// What the range says in full comes first, then the range without its last part, and so on: `de-AT`, `de`. Only
    /// then, which goes beyond the RFC, more special languages: whoever wants `de` is better served by `de-CH` than by
    /// another language.
    /// - Parameters:
    ///   - range: a language tag, not `*`.
    ///   - tags: nil where a text's language is not known; such serve nobody.
    ///   - rank: of equally fitting tags the one with the least is taken, then the first.
    static func best(for range: String, among tags: [String?], rank: (Int) -> Int) -> Int? {
        let known = tags.map { $0?.lowercased() }
        let whole = range.lowercased()
        func least(_ fits: (String) -> Bool) -> Int? {
            known.indices.filter { known[$0].map(fits) ?? false }.min { rank($0) < rank($1) }
        }
        var parts = whole.split(separator: "-")
        while !parts.isEmpty {
            let wanted = parts.joined(separator: "-")
            if let found = least({ $0 == wanted }) { return found }
            parts.removeLast()
            // A part of one character only says what comes behind it.
            if parts.last?.utf8.count == 1 { parts.removeLast() }
        }
        return whole.isEmpty ? nil : least { $0.hasPrefix(whole + "-") }
    }
}
