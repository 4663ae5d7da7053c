import Synchronization

/// The Unified Code for Units of Measure: what units mean and how values convert between them (https://ucum.org/ucum).
///
/// Units compare if they are made of the same powers of base units. Canonical values are in base units:
///
///     5.4 mg     0.0054      g
///     120 mm[Hg] 15998640    g.m-1.s-2
///     37.5 Cel   310.65      K
///     4.2 [iU]/L 4200        [iU].m-3
///
/// One for the whole process; units are parsed once and remembered by their text.
package final class UCUM: Sendable {
    /// The system of UCUM's codes in FHIR (R4 datatypes.html#quantity).
    package static let system = "http://unitsofmeasure.org"

    private let table = UnitTable()
    private let known: Mutex<[String: Result<Unit, UCUMError>]> = Mutex([:])
    /// Senders invent annotations without end; beyond this many, units are parsed anew each time.
    private static let capacity = 4000
    /// Digits of the values that come out; a few less than are calculated with.
    static let digitCount = 34

    package init() {}

    /// A value in base units.
    package struct Canonical: Hashable, Sendable {
        /// A decimal number of at most 34 digits.
        package var value: String
        /// The base units, such as `g.m-3`; equal for all units that compare.
        package var unit: String
    }

    /// A unit, understood.
    package struct Unit: Hashable, Sendable {
        let meaning: UnitMeaning
        /// The base units that it is made of, such as `g.m-3`; equal for all units that compare.
        package let baseUnits: String

        /// Whether the greater of two values is the greater one in base units too: not so for pH and its kind.
        package var keepsOrder: Bool { meaning.function?.isDecreasing != true }

        /// A value in base units, exact or rounded to 34 digits; nil for what is no number.
        package func canonical(_ value: String) -> String? {
            UnitDecimal(value).flatMap(meaning.canonical)?.text(digits: UCUM.digitCount)
        }
    }

    /// A value and unit in base units; nil if the unit is none or the value no number.
    package func canonical(value: String, unit: String) -> Canonical? {
        guard let unit = try? self.unit(unit), let result = unit.canonical(value) else { return nil }
        return Canonical(value: result, unit: unit.baseUnits)
    }

    /// A value in another unit; nil if a unit is none, the units do not compare, or there is no such value.
    package func convert(value: String, from unit: String, to target: String) -> String? {
        guard let from = try? self.unit(unit).meaning, let to = try? self.unit(target).meaning,
            from.dimension == to.dimension, let number = UnitDecimal(value)
        else { return nil }
        if from == to { return value }
        return from.canonical(number).flatMap(to.value).map { $0.text(digits: Self.digitCount) }
    }

    /// Whether values in the two units can be converted to each other.
    package func comparable(_ left: String, _ right: String) -> Bool {
        guard let left = try? unit(left), let right = try? unit(right) else { return false }
        return left.baseUnits == right.baseUnits
    }

    /// What a unit's text means; throws an error that says where it is none of UCUM's.
    package func unit(_ text: String) throws(UCUMError) -> Unit {
        if let known = known.withLock({ $0[text] }) { return try known.get() }
        let result = Result { () throws(UCUMError) -> Unit in
            let meaning = try parse(text)
            return Unit(meaning: meaning, baseUnits: meaning.dimension.text)
        }
        known.withLock { if $0.count < Self.capacity { $0[text] = result } }
        return try result.get()
    }

    // MARK: - Meanings

    private func parse(_ unit: String) throws(UCUMError) -> UnitMeaning {
        try UnitParser.parse(unit, table: table) { (code, atom) throws(UCUMError) in
            try self.meaning(of: code, atom)
        }
    }

    private func meaning(of code: String, _ atom: UnitTable.Atom) throws(UCUMError) -> UnitMeaning {
        if atom.isBase || atom.isArbitrary && atom.unit == "1" {
            return UnitMeaning(dimension: UnitDimension(base: code))
        }
        var meaning = try unit(atom.unit).meaning
        meaning.factor = meaning.factor * UnitFactor(UnitDecimal(atom.value) ?? .one)
        meaning.function = atom.function
        return meaning
    }
}
