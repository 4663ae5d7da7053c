package import JSONTape

/// A decimal number with the digits it was written with. https://hl7.org/fhir/R4/datatypes.html#decimal
///
/// `1.0` and `1.00` are equal and hash alike, and each is written as it came.
package struct FHIRDecimal: FHIRModelType, FHIRCodableByJSON, Comparable, CustomStringConvertible {
    /// The number's text, a JSON number.
    package let text: String

    /// The number that a JSON number's text stands for; nil if it is none.
    package init?(_ text: String) {
        guard DecimalParts(text) != nil else { return nil }
        self.text = text
    }

    package init(_ value: Int) { text = String(value) }

    package init(from node: JSONNode) throws(FHIRModelError) {
        guard let text = node.numberText else { throw FHIRModelError(.wrongKind) }
        self.text = text
    }

    package func write(to writer: inout JSONWriter) { writer.raw(text.utf8) }
    package static var isPrimitive: Bool { true }

    /// The nearest binary number.
    package var double: Double { Double(text) ?? 0 }
    package var description: String { text }

    private var parts: DecimalParts { DecimalParts(text) ?? DecimalParts() }

    package static func == (left: FHIRDecimal, right: FHIRDecimal) -> Bool {
        left.text == right.text || left.parts == right.parts
    }

    package static func < (left: FHIRDecimal, right: FHIRDecimal) -> Bool { left.parts < right.parts }
    package func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

/// A number as 0.digits × 10^exponent, without zeros at either end of the digits; zero has none.
private struct DecimalParts: Hashable, Comparable {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0

    init() {}

    /// Reads a JSON number (RFC 8259 §6).
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let whole = Self.digits(&rest)
        guard !whole.isEmpty, whole.count == 1 || whole.first != 0 else { return nil }
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Self.digits(&rest)
            if fraction.isEmpty { return nil }
        }
        var shift = 0
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            guard let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)) else { return nil }
            shift = value
            rest = []
        }
        guard rest.isEmpty else { return nil }
        let all = whole + fraction
        let leading = all.prefix { $0 == 0 }.count
        digits = Array(all.dropFirst(leading))
        while digits.last == 0 { digits.removeLast() }
        exponent = whole.count - leading + shift
        if digits.isEmpty { self = DecimalParts() }
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest.dropFirst(digits.count)
        return ArraySlice(digits.map { $0 & 0xF })
    }

    static func < (left: DecimalParts, right: DecimalParts) -> Bool {
        if left.sign != right.sign { return left.sign < right.sign }
        let isLess = left.magnitudeIsLess(than: right)
        let isGreater = right.magnitudeIsLess(than: left)
        return left.isNegative ? isGreater : isLess
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    private func magnitudeIsLess(than other: DecimalParts) -> Bool {
        if exponent != other.exponent { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
