/// Separators and escapes of search values: `\,` `\$` `\|` `\\` (R4 search.html#escaping).
enum SearchValueSyntax {
    /// The pieces between unescaped separators; escapes stay.
    static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var pieces: [Substring] = []
        let text = Substring(text)
        var start = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "\\" {
                index = text.index(after: index)
                if index == text.endIndex { break }
            } else if text[index] == separator {
                pieces.append(text[start..<index])
                start = text.index(after: index)
            }
            index = text.index(after: index)
        }
        pieces.append(text[start...])
        return pieces
    }

    /// The value that `text` stands for. A backslash before anything else stands for itself.
    static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
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
