/// A decimal number kept as text, exact to every digit: what PostgreSQL's `numeric` reads.
///
/// Knows only what searching needs: whether a text is a number, and the bounds that its precision implies
/// (R4 search.html#number).
package struct DecimalText: Hashable, Sendable {
    /// The number as written, in the grammar of JSON, an optional leading `+` removed.
    package let text: String
    private let isNegative: Bool
    /// The digits without point and leading zeros, at least one.
    private let digits: [UInt8]
    /// Power of ten of the last digit.
    private let exponent: Int
    /// Whether a positive exponent stands behind a whole mantissa: `1e2`.
    private let isScaledInteger: Bool

    /// Reads a number of at most 100 digits with an exponent within ±100; nil for anything else.
    package init?(_ source: some StringProtocol) {
        var rest = Substring(source)
        if rest.first == "+" { rest = rest.dropFirst() }
        text = String(rest)
        isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        var power = 0
        if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            let written = rest[rest.index(after: mark)...]
            guard written.count <= 4, let value = Int(written), abs(value) <= 100 else { return nil }
            power = value
            rest = rest[..<mark]
        }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        if parts.count == 2, fraction.isEmpty { return nil }
        let all = Array(whole.utf8) + Array(fraction.utf8)
        guard all.count <= 100, all.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        let significant = all.drop { $0 == UInt8(ascii: "0") }
        digits = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        exponent = power - fraction.utf8.count
        isScaledInteger = power > 0 && fraction.isEmpty
    }

    /// Half a unit of the last digit below and above: 100 gives 99.5 and 100.5, 100.00 gives 99.995 and 100.005.
    ///
    /// The standard's own example has 1e2 between 95 and 105, a tenth of what its rule yields; a whole number with a
    /// positive exponent follows the example.
    package var impliedBounds: (low: String, high: String) {
        let finer = isScaledInteger ? [UInt8(ascii: "0")] : []
        let scaled = digits + finer + [UInt8(ascii: "0")]
        let scale = exponent - finer.count - 1
        let outer = Self.format(Self.adding5(scaled), scale, isNegative: isNegative)
        let inner: String
        if digits == [UInt8(ascii: "0")] {
            inner = Self.format([UInt8(ascii: "5")], scale, isNegative: !isNegative)
        } else {
            inner = Self.format(Self.subtracting5(scaled), scale, isNegative: isNegative)
        }
        return isNegative ? (outer, inner) : (inner, outer)
    }

    /// Ten per cent below and above: the tolerance of `ap`. Zero, which has no tenth, by its precision.
    package var approximateBounds: (low: String, high: String) {
        if digits == [UInt8(ascii: "0")] { return impliedBounds }
        let nine = Self.format(Self.multiplied(digits, by: 9), exponent - 1, isNegative: isNegative)
        let eleven = Self.format(Self.multiplied(digits, by: 11), exponent - 1, isNegative: isNegative)
        return isNegative ? (eleven, nine) : (nine, eleven)
    }

    /// A number next to this one, closer than any stored precision: the end of a range that excludes the number.
    package func nudged(up: Bool) -> String {
        let scaled = digits + [UInt8](repeating: UInt8(ascii: "0"), count: 13)
        let scale = exponent - 13
        if digits == [UInt8(ascii: "0")] { return Self.format([UInt8(ascii: "5")], scale, isNegative: !up) }
        let moved = up == isNegative ? Self.subtracting5(scaled) : Self.adding5(scaled)
        return Self.format(moved, scale, isNegative: isNegative)
    }

    private static func format(_ digits: [UInt8], _ exponent: Int, isNegative: Bool) -> String {
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        let shown = significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self)
        return (isNegative ? "-" : "") + shown + "e" + String(exponent)
    }

    /// The last digit is 0, so adding 5 never carries.
    private static func adding5(_ digits: [UInt8]) -> [UInt8] {
        digits.dropLast() + [UInt8(ascii: "5")]
    }

    private static func subtracting5(_ digits: [UInt8]) -> [UInt8] {
        var result = digits
        result[result.count - 1] = UInt8(ascii: "5")
        var index = result.count - 2
        while index >= 0, result[index] == UInt8(ascii: "0") {
            result[index] = UInt8(ascii: "9")
            index -= 1
        }
        if index >= 0 { result[index] -= 1 }
        return result
    }

    private static func multiplied(_ digits: [UInt8], by factor: Int) -> [UInt8] {
        var result: [UInt8] = []
        var carry = 0
        for digit in digits.reversed() {
            let product = Int(digit - UInt8(ascii: "0")) * factor + carry
            result.append(UInt8(product % 10) + UInt8(ascii: "0"))
            carry = product / 10
        }
        while carry > 0 {
            result.append(UInt8(carry % 10) + UInt8(ascii: "0"))
            carry /= 10
        }
        return result.reversed()
    }
}
