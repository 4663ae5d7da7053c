/// A decimal number of up to 38 significant digits: `significand × 10^exponent`.
///
/// Wide enough that conversions between units of real quantities are exact; where a result has more digits (pi, thirds)
/// it is rounded half up in the 38th. Values are normalised: the significand has no trailing zeros.
struct UnitDecimal: Hashable, Sendable {
    private(set) var significand: UInt128
    private(set) var exponent: Int
    private(set) var isNegative: Bool

    static let zero = UnitDecimal(0, exponent: 0)
    static let one = UnitDecimal(1, exponent: 0)

    init(_ significand: UInt128, exponent: Int, isNegative: Bool = false) {
        self.significand = significand
        self.exponent = exponent
        self.isNegative = isNegative && significand != 0
        normalise()
    }

    private mutating func normalise() {
        guard significand != 0 else {
            exponent = 0
            return
        }
        while significand % 10 == 0 {
            significand /= 10
            exponent += 1
        }
    }

    /// Reads a number in the grammar of JSON, signs and leading zeros more freely; nil for anything else and for
    /// exponents beyond ±1000.
    init?(_ text: some StringProtocol) {
        var significand: UInt128 = 0
        var digitCount = 0
        var exponent = 0
        var isNegative = false
        var hasDigits = false
        var hasPoint = false
        var bytes = text.utf8[...]
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            bytes = bytes.dropFirst()
        }
        while let byte = bytes.first {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte &- UInt8(ascii: "0") < 10 {
                hasDigits = true
                if digitCount < Self.digitLimit {
                    significand = significand * 10 + UInt128(byte - UInt8(ascii: "0"))
                    if significand != 0 { digitCount += 1 }
                    if hasPoint { exponent -= 1 }
                } else if !hasPoint {
                    exponent += 1
                }
            } else {
                break
            }
            bytes = bytes.dropFirst()
        }
        guard hasDigits else { return nil }
        if let mark = bytes.first {
            guard mark | 0x20 == UInt8(ascii: "e"), bytes.count <= 6,
                let power = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(power) <= 1000
            else { return nil }
            exponent += power
        }
        self.init(significand, exponent: exponent, isNegative: isNegative)
    }

    /// The number as the shortest text of this double says it; nil for infinities and what is not a number.
    init?(_ double: Double) {
        guard double.isFinite else { return nil }
        self.init(String(double))
    }

    /// The nearest double.
    var double: Double { Double(text(digits: 20)) ?? .nan }

    // MARK: - Arithmetic

    private static let digitLimit = 38

    static func * (left: UnitDecimal, right: UnitDecimal) -> UnitDecimal {
        let product = left.significand.multipliedFullWidth(by: right.significand)
        let exponent = left.exponent + right.exponent
        let isNegative = left.isNegative != right.isNegative
        if product.high == 0, product.low < powers[digitLimit] {
            return UnitDecimal(product.low, exponent: exponent, isNegative: isNegative)
        }
        let excess = left.digitCount + right.digitCount - digitLimit
        let quotient = rounded(product, by: powers[excess])
        return UnitDecimal(quotient, exponent: exponent + excess, isNegative: isNegative)
    }

    /// - Precondition: `right` is not zero.
    static func / (left: UnitDecimal, right: UnitDecimal) -> UnitDecimal {
        precondition(right.significand != 0, "units are never zero")
        guard left.significand != 0 else { return .zero }
        // The dividend is widened so far that the quotient has 37 or 38 digits.
        let own = digitLimit - left.digitCount
        let more = right.digitCount - 1
        let dividend = (left.significand * powers[own]).multipliedFullWidth(by: powers[more])
        return UnitDecimal(
            rounded(dividend, by: right.significand), exponent: left.exponent - own - more - right.exponent,
            isNegative: left.isNegative != right.isNegative)
    }

    static func + (left: UnitDecimal, right: UnitDecimal) -> UnitDecimal {
        let (fine, coarse) = left.exponent <= right.exponent ? (left, right) : (right, left)
        if fine.significand == 0 { return coarse }
        if coarse.significand == 0 { return fine }
        // One digit is kept free for the carry.
        let room = digitLimit - 1 - coarse.digitCount
        let shift = coarse.exponent - fine.exponent
        let widened = coarse.significand * powers[max(0, min(shift, room))]
        let dropped = max(0, shift - max(0, room))
        let lowered = dropped >= digitLimit ? 0 : fine.significand / powers[dropped]
        let exponent = fine.exponent + dropped
        if fine.isNegative == coarse.isNegative {
            return UnitDecimal(widened + lowered, exponent: exponent, isNegative: fine.isNegative)
        }
        return widened >= lowered
            ? UnitDecimal(widened - lowered, exponent: exponent, isNegative: coarse.isNegative)
            : UnitDecimal(lowered - widened, exponent: exponent, isNegative: fine.isNegative)
    }

    static func - (left: UnitDecimal, right: UnitDecimal) -> UnitDecimal {
        left + UnitDecimal(right.significand, exponent: right.exponent, isNegative: !right.isNegative)
    }

    func power(_ exponent: Int) -> UnitDecimal {
        var result = UnitDecimal.one
        for _ in 0..<abs(exponent) { result = result * self }
        return exponent < 0 ? .one / result : result
    }

    private static func rounded(_ dividend: (high: UInt128, low: UInt128), by divisor: UInt128) -> UInt128 {
        let (quotient, remainder) = divisor.dividingFullWidth((dividend.high, dividend.low))
        return remainder >= divisor - remainder ? quotient + 1 : quotient
    }

    private var digitCount: Int {
        var count = 1
        while count < Self.digitLimit, significand >= Self.powers[count] { count += 1 }
        return count
    }

    /// 10⁰ to 10³⁸, the greatest that fits.
    private static let powers: [UInt128] = {
        var powers: [UInt128] = [1]
        for _ in 0..<digitLimit { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    // MARK: - Text

    /// The number with at most this many significant digits, rounded half up: plain while that is short, else with an
    /// exponent.
    func text(digits limit: Int) -> String {
        var rounded = self
        let excess = digitCount - limit
        if excess > 0 {
            rounded = UnitDecimal(
                Self.rounded((0, significand), by: Self.powers[excess]), exponent: exponent + excess,
                isNegative: isNegative)
        }
        let sign = rounded.isNegative ? "-" : ""
        let digits = String(rounded.significand)
        let power = rounded.exponent
        if power == 0 { return sign + digits }
        guard -40...40 ~= power else { return "\(sign)\(digits)e\(power)" }
        if power > 0 { return sign + digits + String(repeating: "0", count: power) }
        if digits.utf8.count > -power {
            let point = digits.index(digits.endIndex, offsetBy: power)
            return sign + digits[..<point] + "." + digits[point...]
        }
        return sign + "0." + String(repeating: "0", count: -power - digits.utf8.count) + digits
    }
}
