/// Numbers as laboratories write them, to exact FHIR decimals. Fault F-18.
struct DecimalText: Sendable, Hashable {
    /// `<`, `<=`, `>=` or `>`; `nil` for the plain number.
    let comparator: String?
    /// Text that is a JSON number and has every digit that was sent.
    let number: String
    /// The number as sent, where it differs from `number`: `065.88`, `+3`, `1,234`.
    let original: String?

    /// Reads `5.40`, `+3`, `.5`, `<0.5`, `≥ 10`, `1,234.5`; `nil` for anything else, which is text.
    init?(_ text: String, usesDecimalComma: Bool = false) {
        var rest = Substring(text.cleaned)
        comparator = Self.takeComparator(&rest)
        rest = rest.drop { $0 == " " }
        guard let number = Self.number(rest, usesDecimalComma: usesDecimalComma) else { return nil }
        self.number = number
        original = number == rest ? nil : String(rest)
    }

    private static func takeComparator(_ rest: inout Substring) -> String? {
        let spellings = [
            ("<=", "<="), (">=", ">="), ("=<", "<="), ("=>", ">="), ("<", "<"), (">", ">"), ("≤", "<="), ("≥", ">="),
        ]
        for (spelling, comparator) in spellings where rest.hasPrefix(spelling) {
            rest = rest.dropFirst(spelling.count)
            return comparator
        }
        return nil
    }

    /// A JSON number with the same digits. Only what JSON forbids is changed: a plus, a missing or a superfluous
    /// zero before the point, and a point with nothing behind it.
    static func number(_ text: Substring, usesDecimalComma: Bool = false) -> String? {
        var body = text
        var sign = ""
        if body.first == "-" || body.first == "+" {
            if body.first == "-" { sign = "-" }
            body = body.dropFirst()
        }
        guard let plain = withoutGrouping(body, usesDecimalComma: usesDecimalComma) else { return nil }
        let halves = plain.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, first.isDigits,
            halves.dropFirst().allSatisfy(\.isDigits)
        else { return nil }
        let fraction = halves.count > 1 ? String(halves[1]) : ""
        guard !first.isEmpty || !fraction.isEmpty, plain.count <= 100 else { return nil }
        let whole = first.drop { $0 == "0" }
        return sign + (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// `1,234.5` is grouped only where every group has three digits; a single comma may be a decimal one.
    private static func withoutGrouping(_ body: Substring, usesDecimalComma: Bool) -> String? {
        guard body.contains(",") else { return String(body) }
        if usesDecimalComma {
            guard body.count(where: { $0 == "," }) == 1, !body.contains(".") else { return nil }
            return body.map { $0 == "," ? "." : String($0) }.joined()
        }
        let groups = body.prefix { $0 != "." }.split(separator: ",", omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return body.filter { $0 != "," }
    }

}
