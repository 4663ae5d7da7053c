/// Lines of fields between commas, where quotes may hold commas and, doubled, quotes (RFC 4180), or between tabs.
package enum SeparatedLine {
    package static func commas(_ line: String) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var hasQuote = false
        for character in line {
            if isQuoted {
                if character == "\"" {
                    if hasQuote { field.append("\"") }
                    hasQuote.toggle()
                    continue
                }
                if !hasQuote {
                    field.append(character)
                    continue
                }
                isQuoted = false
                hasQuote = false
            }
            if character == "," {
                fields.append(field)
                field = ""
            } else if character == "\"", field.isEmpty {
                isQuoted = true
            } else {
                field.append(character)
            }
        }
        return fields + [field]
    }

    /// Whether a quote is still open at the end of the line, so that the field goes on in the next one.
    package static func isOpen(_ line: String) -> Bool { line.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 1 }

    package static func tabs(_ line: String) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
}
