/// A decimal number as written: digits and how many of them stand behind the point, trailing zeros included.
///
/// Up to 38 significant digits; what would need more has no result (FHIRPath 2.0 §6.6: overflow gives empty), except
/// where a quotient is rounded.
package struct ExactDecimal: Sendable {
    /// All digits as a whole number.
    private(set) var significand: Int128
    /// Digits behind the point, from 0.
    private(set) var scale: Int

    static let zero = ExactDecimal(0)

    init(_ significand: Int128, scale: Int = 0) {
        self.significand = significand
        self.scale = scale
    }

    init(_ integer: Int) { self.init(Int128(integer)) }

    /// Most digits behind a point; the others of 38 are for what stands before it.
    static let maximumScale = 37

    /// Reads digits with an optional sign, fraction and exponent; nil for anything else and for what does not fit.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        var significand: Int128 = 0
        var scale = 0
        var index = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        let digitStart = index
        var pointIndex: Int?
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), pointIndex == nil, index > digitStart {
                pointIndex = index
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
                guard !overflow, product <= Int128.max - 10 else { return nil }
                significand = product + Int128(digit)
                if pointIndex != nil { scale += 1 }
            }
            index += 1
        }
        guard index > digitStart, text[index - 1] != UInt8(ascii: ".") else { return nil }
        if isNegative { significand = -significand }
        if index < text.count {
            guard text[index] | 0x20 == UInt8(ascii: "e"), text.count - index <= 6,
                let exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self))
            else { return nil }
            scale -= exponent
        }
        guard scale >= -Self.maximumScale, scale <= Self.maximumScale else { return nil }
        if scale < 0 {
            let (product, overflow) = significand.multipliedReportingOverflow(by: Self.power(-scale))
            guard !overflow else { return nil }
            significand = product
            scale = 0
        }
        self.init(significand, scale: scale)
    }

    package init?(_ text: String) {
        var text = text
        let value = text.withUTF8 { ExactDecimal($0) }
        guard let value else { return nil }
        self = value
    }

    /// The number that the shortest text of a double says; nil for infinities and what is no number.
    init?(_ double: Double) {
        guard double.isFinite else { return nil }
        self.init(double.description)
    }

    /// The nearest double.
    var double: Double { Double(description) ?? .nan }

    /// 10 to the power of 0…38.
    static func power(_ exponent: Int) -> Int128 { powers[exponent] }

    private static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// The value without trailing zeros behind the point.
    var normalized: ExactDecimal {
        var result = self
        while result.scale > 0, result.significand % 10 == 0 {
            result.significand /= 10
            result.scale -= 1
        }
        return result
    }

    /// The whole number that this is; nil with a fraction or beyond 32 bits, which is what an Integer has.
    var integer: Int? {
        let value = normalized
        guard value.scale == 0 else { return nil }
        return Int32(exactly: value.significand).map { Int($0) }
    }
}

extension ExactDecimal: CustomStringConvertible {
    package var description: String {
        guard scale > 0 else { return String(significand) }
        var digits = String(significand.magnitude)
        if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        return (significand < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }
}
