/// What a unit multiplies by, as a fraction, so that 60/min and 1/s are the same number and not nearly.
struct UnitFactor: Hashable, Sendable {
    var numerator: UnitDecimal
    var denominator: UnitDecimal

    static let one = UnitFactor(.one)

    init(_ numerator: UnitDecimal, over denominator: UnitDecimal = .one) {
        self.numerator = numerator
        self.denominator = denominator
    }

    static func * (left: UnitFactor, right: UnitFactor) -> UnitFactor {
        UnitFactor(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    func power(_ exponent: Int) -> UnitFactor {
        exponent >= 0
            ? UnitFactor(numerator.power(exponent), over: denominator.power(exponent))
            : UnitFactor(denominator.power(-exponent), over: numerator.power(-exponent))
    }

    func times(_ value: UnitDecimal) -> UnitDecimal { value * numerator / denominator }
    func dividing(_ value: UnitDecimal) -> UnitDecimal { value * denominator / numerator }
}
