extension ExactDecimal {
    /// Both with the greater scale; nil where that does not fit.
    private static func aligned(_ left: ExactDecimal, _ right: ExactDecimal) -> (Int128, Int128, scale: Int)? {
        if left.scale == right.scale { return (left.significand, right.significand, left.scale) }
        let scale = Swift.max(left.scale, right.scale)
        let (wideLeft, leftOverflow) = left.significand.multipliedReportingOverflow(by: power(scale - left.scale))
        let (wideRight, rightOverflow) = right.significand.multipliedReportingOverflow(by: power(scale - right.scale))
        return leftOverflow || rightOverflow ? nil : (wideLeft, wideRight, scale)
    }

    /// -1, 0 or 1.
    static func compare(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
        if let (a, b, _) = aligned(left, right) { return a < b ? -1 : a > b ? 1 : 0 }
        // Only one of the two overflows when widened, and it is the greater by magnitude.
        let leftWhole = left.significand / power(left.scale)
        let rightWhole = right.significand / power(right.scale)
        return leftWhole < rightWhole ? -1 : 1
    }

    static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? {
        guard let (a, b, scale) = aligned(left, right) else { return nil }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : ExactDecimal(sum, scale: scale)
    }

    static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? { left + -right }

    static prefix func - (value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(-value.significand, scale: value.scale)
    }

    static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = left.significand.multipliedReportingOverflow(by: right.significand)
        let scale = left.scale + right.scale
        if !overflow, scale <= maximumScale { return ExactDecimal(product, scale: scale) }
        let (a, b) = (left.normalized, right.normalized)
        let (shorter, stillOverflows) = a.significand.multipliedReportingOverflow(by: b.significand)
        let shorterScale = a.scale + b.scale
        return stillOverflows || shorterScale > maximumScale ? nil : ExactDecimal(shorter, scale: shorterScale)
    }

    /// The quotient, rounded half up to 28 significant digits where it does not end before; nil for a zero divisor.
    static func / (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? {
        guard right.significand != 0 else { return nil }
        let (a, b) = (left.normalized, right.normalized)
        let negative = (a.significand < 0) != (b.significand < 0)
        let divisor = b.significand.magnitude
        var quotient = a.significand.magnitude / divisor
        var remainder = a.significand.magnitude % divisor
        var scale = a.scale - b.scale
        // Long division, one digit at a time, until it ends or has all its digits.
        while remainder != 0 || scale < 0, scale < maximumScale, quotient < UInt128(power(27)) {
            let (next, overflow) = remainder.multipliedReportingOverflow(by: 10)
            guard !overflow else { break }
            quotient = quotient * 10 + next / divisor
            remainder = next % divisor
            scale += 1
        }
        guard scale >= 0 else { return nil }
        if remainder != 0, remainder >= divisor - remainder { quotient += 1 }
        guard let significand = Int128(exactly: quotient) else { return nil }
        return ExactDecimal(negative ? -significand : significand, scale: scale).normalized
    }

    /// The whole part of the quotient, towards zero; nil for a zero divisor.
    static func quotient(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
        guard right.significand != 0, let (a, b, _) = aligned(left, right) else { return nil }
        return ExactDecimal(a / b)
    }

    /// What is left behind `quotient`; nil for a zero divisor.
    static func remainder(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
        guard right.significand != 0, let (a, b, scale) = aligned(left, right) else { return nil }
        return ExactDecimal(a % b, scale: scale)
    }

    enum Rounding { case down, up, towardZero, halfUp }

    /// The value with this many digits behind the point.
    func rounded(to digits: Int, _ rounding: Rounding) -> ExactDecimal? {
        guard digits < scale else {
            guard digits <= Self.maximumScale else { return nil }
            let (wide, overflow) = significand.multipliedReportingOverflow(by: Self.power(digits - scale))
            return overflow ? nil : ExactDecimal(wide, scale: digits)
        }
        let divisor = Self.power(scale - digits)
        var quotient = significand / divisor
        let rest = significand % divisor
        switch rounding {
        case .towardZero: break
        case .down: if rest < 0 { quotient -= 1 }
        case .up: if rest > 0 { quotient += 1 }
        case .halfUp: if rest.magnitude >= divisor.magnitude - rest.magnitude { quotient += rest < 0 ? -1 : 1 }
        }
        return ExactDecimal(quotient, scale: digits)
    }

    var isZero: Bool { significand == 0 }
    var isNegative: Bool { significand < 0 }
    var magnitude: ExactDecimal { isNegative ? -self : self }
}
