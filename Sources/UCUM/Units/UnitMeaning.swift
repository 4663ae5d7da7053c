/// What a unit is: a multiple of base units, possibly by a function.
struct UnitMeaning: Hashable, Sendable {
    var factor = UnitFactor.one
    var dimension = UnitDimension.none
    /// For special units; `factor` and `dimension` are then those of the proper unit.
    var function: SpecialFunction?
    /// What a special unit's value is multiplied by first: its prefix.
    var scale = UnitDecimal.one

    /// The value in base units; nil where a function has no number for it.
    func canonical(_ value: UnitDecimal) -> UnitDecimal? {
        guard let function else { return factor.times(value) }
        return function.toProper(value * scale).map(factor.times)
    }

    /// The value in this unit of a value in base units.
    func value(ofCanonical value: UnitDecimal) -> UnitDecimal? {
        guard let function else { return factor.dividing(value) }
        return function.fromProper(factor.dividing(value)).map { $0 / scale }
    }
}

/// The powers of base units that a unit is made of. Arbitrary units, which compare with nothing else (UCUM §25), count
/// as base units.
struct UnitDimension: Hashable, Sendable {
    private(set) var powers: [String: Int] = [:]

    static let none = UnitDimension()

    init() {}

    init(base: String) { powers = [base: 1] }

    mutating func multiply(by other: UnitDimension) {
        for (base, power) in other.powers {
            let sum = powers[base, default: 0] + power
            powers[base] = sum == 0 ? nil : sum
        }
    }

    func power(_ exponent: Int) -> UnitDimension {
        var result = UnitDimension()
        if exponent != 0 { result.powers = powers.mapValues { $0 * exponent } }
        return result
    }

    /// The dimension as a unit, such as `g.m-3`; `1` if there is none.
    var text: String {
        if powers.isEmpty { return "1" }
        return powers.sorted { $0.key < $1.key }.map { $0.value == 1 ? $0.key : $0.key + String($0.value) }
            .joined(separator: ".")
    }
}
