internal import HL7Syntax

/// OBX-7 to Observation.referenceRange. The text is always kept; numbers only where the grammar of §2.5.6 fits.
///
///     a-b  a - b  a – b  a to b  (a-b)  [a-b]      low and high
///     <b  <=b  ≤b  up to b                         high
///     >a  >=a  ≥a                                  low
///     anything else                                text only
struct ReferenceRangeMap {
    let unit: Unit
    let usesDecimalComma: Bool

    /// `nil` for an empty text. `isReversed`: low above high, so the numbers were left out.
    func map(_ text: String) -> (range: FHIRValue, isReversed: Bool)? {
        let clean = text.cleaned
        guard !clean.isEmpty, clean != "\"\"" else { return nil }
        let body = Self.withoutBrackets(clean)
        var range = FHIRObject()
        var isReversed = false
        if let end = single(body) {
            range.set(end.key, unit.quantity(number: end.number))
        } else if let (low, high) = pair(body) {
            isReversed = Self.isGreater(low, than: high)
            if !isReversed {
                range.set("low", unit.quantity(number: low))
                range.set("high", unit.quantity(number: high))
            }
        }
        range.set("text", .string(clean))
        return (.object(range), isReversed)
    }

    private static func withoutBrackets(_ text: String) -> Substring {
        let pairs: [(Character, Character)] = [("(", ")"), ("[", "]")]
        for (open, close) in pairs where text.first == open && text.last == close {
            return trim(text.dropFirst().dropLast())
        }
        return text[...]
    }

    private func single(_ text: Substring) -> (key: String, number: String)? {
        // Nearly all ranges begin with a digit.
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return nil }
        let lowered = text.lowercased()
        let marks: [(String, String)] = [
            ("<=", "high"), ("<", "high"), ("≤", "high"), ("up to ", "high"), (">=", "low"), (">", "low"), ("≥", "low"),
        ]
        for (mark, key) in marks where lowered.hasPrefix(mark) {
            return number(Self.trim(text.dropFirst(mark.count))).map { (key, $0) }
        }
        return nil
    }

    /// The separator is the first dash behind the first character, so that `-2-2` and `-5--1` are read right.
    private func pair(_ text: Substring) -> (String, String)? {
        if let words = Self.split(text, at: " to "), let low = number(words.0), let high = number(words.1) {
            return (low, high)
        }
        var position = text.startIndex
        while position < text.endIndex {
            if position > text.startIndex, "-–—".contains(text[position]) {
                let low = number(Self.trim(text[..<position]))
                let high = number(Self.trim(text[text.index(after: position)...]))
                if let low, let high { return (low, high) }
            }
            position = text.index(after: position)
        }
        return nil
    }

    private func number(_ text: Substring) -> String? {
        DecimalText.number(text, usesDecimalComma: usesDecimalComma)
    }

    private static func split(_ text: Substring, at separator: String) -> (Substring, Substring)? {
        guard text.utf8.contains(0x20) else { return nil }
        let lowered = text.lowercased()
        guard lowered.count == text.count else { return nil }
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].lowercased().hasPrefix(separator) {
                return (trim(text[..<index]), trim(text[text.index(index, offsetBy: separator.count)...]))
            }
            index = text.index(after: index)
        }
        return nil
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Compares two JSON numbers by value; only to see whether a range stands on its head.
    private static func isGreater(_ left: String, than right: String) -> Bool {
        (Double(left) ?? 0) > (Double(right) ?? 0)
    }
}
