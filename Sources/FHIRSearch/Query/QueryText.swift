/// Query strings and forms as text (WHATWG URL §5.1).
package enum QueryText {
    /// Names and values of `a=1&b=x+y`, decoded, in order, repeated names kept; parts without a name are dropped.
    package static func pairs(_ text: some StringProtocol) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in Substring(text).utf8.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = Substring(part[..<(equals ?? part.endIndex)]).formDecoded
            if name.isEmpty { continue }
            let value = equals.map { Substring(part[part.index(after: $0)...]).formDecoded }
            pairs.append((name, value ?? ""))
        }
        return pairs
    }
}
