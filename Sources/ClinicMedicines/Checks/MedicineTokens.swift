import JSONTape

/// What a coded concept may be looked up by: its codes, and the words of its texts.
struct MedicineTokens: Sendable {
    /// `system|code`.
    let codes: [String]
    /// Words in small letters, alone and in pairs.
    let words: [String]

    init(_ concept: MedicineConcept) {
        codes = concept.keys.filter { $0.contains("|") }
        var found: [String] = []
        for text in concept.words {
            let words = Self.words(of: text)
            found += words
            found += zip(words, words.dropFirst()).map { "\($0) \($1)" }
        }
        words = found
    }

    var all: [String] { codes + words }

    /// Words of letters, digits and hyphens; no more than a name has.
    private static func words(of text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-") }.prefix(40).map(String.init)
    }
}
