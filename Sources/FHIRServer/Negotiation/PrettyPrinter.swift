/// Lays compact JSON out over lines for people (`_pretty=true`, R4 http.html#parameters).
package enum PrettyPrinter {
    /// Two spaces per level; the text must be valid JSON without white space between its tokens.
    package static func pretty(_ json: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(json.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: UInt8 = 0
        func breakLine() {
            output.append(UInt8(ascii: "\n"))
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
        }
        for byte in json {
            defer { previous = byte }
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            let isOpen = previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[")
            let closes = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if closes { depth -= 1 }
            if isOpen != closes, isOpen || closes { breakLine() }
            output.append(byte)
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ","): breakLine()
            case UInt8(ascii: ":"): output.append(UInt8(ascii: " "))
            default: break
            }
        }
        output.append(UInt8(ascii: "\n"))
        return output
    }
}
