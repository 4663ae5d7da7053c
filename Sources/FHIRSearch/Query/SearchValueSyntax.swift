/// Separators and escapes of search values: `\,` `\$` `\|` `\\` (R4 search.html#escaping).
enum SearchValueSyntax {
    /// The pieces between unescaped separators; escapes stay.
    static func split(_ text: Substring, at separator: UInt8) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var isEscaped = false
        // By bytes: both signs are ASCII, which no byte of a longer character is.
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == separator {
                pieces.append(text[start..<index])
                start = text.utf8.index(after: index)
            }
        }
        pieces.append(text[start...])
        return pieces
    }

    /// The value that `text` stands for. A backslash before anything else stands for itself.
    static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var result = ""
        var index = text.startIndex
        while index < text.endIndex {
            var character = text[index]
            let next = text.index(after: index)
            if character == "\\", next < text.endIndex, ",$|\\".contains(text[next]) {
                character = text[next]
                index = next
            }
            result.append(character)
            index = text.index(after: index)
        }
        return result
    }
}

/// Values of search parameters as text.
package enum SearchText {
    /// The alternatives that commas separate; escapes stay, empty ones are left out.
    package static func alternatives(_ value: String) -> [String] {
        SearchValueSyntax.split(value[...], at: UInt8(ascii: ",")).filter { !$0.isEmpty }.map(String.init)
    }
}
