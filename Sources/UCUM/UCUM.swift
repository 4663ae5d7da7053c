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
    private let known: Mutex<[String: Result<UnitMeaning, UCUMError>]> = Mutex([:])
    /// Senders invent annotations without end; beyond this many, units are parsed anew each time.
    private static let capacity = 4000
    /// Digits of the values that come out; a few less than are calculated with.
    private static let digitCount = 34

    package init() {}

    /// A value in base units.
    package struct Canonical: Hashable, Sendable {
        /// A decimal number of at most 34 digits.
        package var value: String
        /// The base units, such as `g.m-3`; equal for all units that compare.
        package var unit: String
    }

    /// A value and unit in base units; nil if the unit is none or the value no number.
    package func canonical(value: String, unit: String) -> Canonical? {
        guard let meaning = try? meaning(of: unit), let number = UnitDecimal(value),
            let result = meaning.canonical(number)
        else { return nil }
        return Canonical(value: result.text(digits: Self.digitCount), unit: meaning.dimension.text)
    }

    /// A value in another unit; nil if a unit is none, the units do not compare, or there is no such value.
    package func convert(value: String, from unit: String, to target: String) -> String? {
        guard let from = try? meaning(of: unit), let to = try? meaning(of: target), from.dimension == to.dimension,
            let number = UnitDecimal(value)
        else { return nil }
        if from == to { return value }
        return from.canonical(number).flatMap(to.value).map { $0.text(digits: Self.digitCount) }
    }

    /// Whether values in the two units can be converted to each other.
    package func comparable(_ left: String, _ right: String) -> Bool {
        guard let left = try? meaning(of: left), let right = try? meaning(of: right) else { return false }
        return left.dimension == right.dimension
    }

    /// Throws an error that says where `unit` is no unit of UCUM.
    package func validate(_ unit: String) throws(UCUMError) { _ = try meaning(of: unit) }

    /// The base units of a unit whose greater values are the greater ones in base units too; nil for pH and its kind,
    /// and for what is no unit. Values in such units can be ordered by their canonical values.
    package func orderedDimension(of unit: String) -> String? {
        guard let meaning = try? meaning(of: unit), meaning.function?.isDecreasing != true else { return nil }
        return meaning.dimension.text
    }

    // MARK: - Meanings

    func meaning(of unit: String) throws(UCUMError) -> UnitMeaning {
        if let known = known.withLock({ $0[unit] }) { return try known.get() }
        let result = Result { () throws(UCUMError) -> UnitMeaning in try parse(unit) }
        known.withLock { if $0.count < Self.capacity { $0[unit] = result } }
        return try result.get()
    }

    private func parse(_ unit: String) throws(UCUMError) -> UnitMeaning {
        try UnitParser.parse(unit, table: table) { (code, atom) throws(UCUMError) in
            try self.meaning(of: code, atom)
        }
    }

    private func meaning(of code: String, _ atom: UnitTable.Atom) throws(UCUMError) -> UnitMeaning {
        if atom.isBase || atom.isArbitrary && atom.unit == "1" {
            return UnitMeaning(dimension: UnitDimension(base: code))
        }
        var meaning = try meaning(of: atom.unit)
        meaning.factor = meaning.factor * UnitFactor(UnitDecimal(atom.value) ?? .one)
        meaning.function = atom.function
        return meaning
    }
}
