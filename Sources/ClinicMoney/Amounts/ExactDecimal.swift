import FHIRStore

/// A decimal number that is calculated with exactly: `coefficient` × 10^-`scale`.
struct ExactDecimal: Sendable, Hashable {
    private(set) var coefficient: Int128
    private(set) var scale: Int

    static let zero = ExactDecimal(0)
    static let one = ExactDecimal(1)

    init(_ value: Int, scale: Int = 0) {
        coefficient = Int128(value)
        self.scale = scale
    }

    private init(coefficient: Int128, scale: Int) {
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Reads a JSON number; nil for what has more digits than money has (18 in all, 12 behind the point).
    init?(_ text: String) {
        var digits: [UInt8] = []
        var (scale, exponent) = (0, 0)
        var isFraction = false
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte & 0xF)
                if isFraction { scale += 1 }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let value = Int(String(decoding: rest, as: UTF8.self)), abs(value) < 64 else { return nil }
                exponent = value
                rest = []
            default: return nil
            }
        }
        guard !digits.isEmpty else { return nil }
        scale -= exponent
        while scale > 0, digits.count > 1, digits.last == 0 {
            digits.removeLast()
            scale -= 1
        }
        if digits.allSatisfy({ $0 == 0 }) { (digits, scale) = ([0], 0) }
        while scale < 0 {
            digits.append(0)
            scale += 1
        }
        guard scale <= 12, digits.drop(while: { $0 == 0 }).count <= 18 else { return nil }
        let magnitude = digits.reduce(Int128(0)) { $0 * 10 + Int128($1) }
        self.init(coefficient: isNegative ? -magnitude : magnitude, scale: scale)
    }

    var isNegative: Bool { coefficient < 0 }
    var isZero: Bool { coefficient == 0 }

    // MARK: - Arithmetic

    /// Throws `StoreError` (422) where the result has more digits than can be held.
    func plus(_ other: ExactDecimal) throws -> ExactDecimal {
        let (left, right, scale) = try Self.aligned(self, other)
        let (sum, overflows) = left.addingReportingOverflow(right)
        guard !overflows else { throw Self.outOfRange }
        return ExactDecimal(coefficient: sum, scale: scale)
    }

    func minus(_ other: ExactDecimal) throws -> ExactDecimal {
        try plus(ExactDecimal(coefficient: -other.coefficient, scale: other.scale))
    }

    func times(_ other: ExactDecimal) throws -> ExactDecimal {
        let (product, overflows) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        guard !overflows else { throw Self.outOfRange }
        return ExactDecimal(coefficient: product, scale: scale + other.scale)
    }

    /// The number of units of 10^-`decimals`, rounded half away from zero.
    func rounded(toDecimals decimals: Int) throws -> Int {
        if scale <= decimals {
            let factor = try Self.power(decimals - scale)
            let (value, overflows) = coefficient.multipliedReportingOverflow(by: factor)
            guard !overflows, let result = Int(exactly: value) else { throw Self.outOfRange }
            return result
        }
        let divisor = try Self.power(scale - decimals)
        let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: divisor)
        let isUp = remainder.magnitude * 2 >= divisor.magnitude
        let value = isUp ? quotient + (isNegative ? -1 : 1) : quotient
        guard let result = Int(exactly: value) else { throw Self.outOfRange }
        return result
    }

    /// The number of units of 10^-`decimals` if there is one without rounding.
    func exact(toDecimals decimals: Int) -> Int? {
        guard let value = try? rounded(toDecimals: decimals),
            let (left, right, _) = try? Self.aligned(self, ExactDecimal(value, scale: decimals)), left == right
        else { return nil }
        return value
    }

    func isLess(than other: ExactDecimal) throws -> Bool {
        let (left, right, _) = try Self.aligned(self, other)
        return left < right
    }

    /// A JSON number.
    var text: String {
        guard scale > 0 else { return String(coefficient) }
        let digits = String(coefficient.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return (isNegative ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    static var outOfRange: StoreError {
        StoreError(.businessRule, "an amount has more digits than can be calculated with", details: "amount-range")
    }

    private static func aligned(
        _ left: ExactDecimal, _ right: ExactDecimal
    ) throws -> (Int128, Int128, scale: Int) {
        let scale = max(left.scale, right.scale)
        func raised(_ number: ExactDecimal) throws -> Int128 {
            let (value, overflows) = number.coefficient.multipliedReportingOverflow(by: try power(scale - number.scale))
            guard !overflows else { throw outOfRange }
            return value
        }
        return (try raised(left), try raised(right), scale)
    }

    private static func power(_ exponent: Int) throws -> Int128 {
        guard exponent <= 37 else { throw outOfRange }
        return (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
}
