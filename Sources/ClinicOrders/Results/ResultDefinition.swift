import Clinic
import FHIRModel
import FHIRStore
import JSONTape
import UCUM

/// What the clinic has defined of an observation: types, units and ranges.
/// https://hl7.org/fhir/R4/observationdefinition.html
struct ResultDefinition: Sendable {
    let node: JSONNode
    /// Codes that it is about.
    let keys: Set<String>
    /// Names of data types; empty for all.
    let permitted: Set<String>
    /// The unit of the system of units, and the one that is customary.
    let unit: String?
    let customaryUnit: String?
    /// How many customary units one unit is, where UCUM cannot tell: for amounts of substance and mass.
    private let factor: FHIRDecimal?
    let intervals: [ReferenceInterval]

    init(_ node: JSONNode) {
        self.node = node
        keys = CodeableConcept(stored: node["code"])?.keys ?? []
        permitted = Set((node["permittedDataType"]?.items ?? []).compactMap(\.string))
        let details = node["quantitativeDetails"]
        unit = Self.code(details?["unit"])
        customaryUnit = Self.code(details?["customaryUnit"])
        factor = details?["conversionFactor"]?.numberText.flatMap { FHIRDecimal($0) }
        intervals = (node["qualifiedInterval"]?.items ?? []).map { ReferenceInterval($0) }
    }

    private static func code(_ concept: JSONNode?) -> String? {
        let codings = concept?["coding"]?.items ?? []
        let ucum = codings.first { $0["system"]?.string == UCUM.system } ?? codings.first
        return ucum?["code"]?.string ?? concept?["text"]?.string
    }

    /// Refuses a value of another type, or in a unit that does not convert to the one defined (422).
    func check(_ value: Observation.Value, at place: String) throws {
        guard permitted.isEmpty || permitted.contains(ResultValue.type(value)) else {
            throw StoreError(
                .businessRule,
                "a result of this code is a \(permitted.sorted().joined(separator: " or "))", expression: place,
                details: "value-type")
        }
        let wanted = [unit, customaryUnit].compactMap(\.self)
        guard case .quantity(let quantity) = value, let first = wanted.first else { return }
        guard quantity.value != nil else {
            throw StoreError(.businessRule, "the quantity has no value", expression: place, details: "value-type")
        }
        guard let given = ResultValue.unit(quantity) else {
            // A number alone is in the unit one.
            if wanted.contains(where: { ResultValue.units.comparable($0, "1") }) { return }
            throw StoreError(
                .businessRule, "the result needs a unit, such as \(first)", expression: place, details: "unit-mismatch")
        }
        guard wanted.contains(where: { $0 == given || ResultValue.units.comparable($0, given) }) else {
            throw StoreError(
                .businessRule, "the unit does not convert to \(first)", expression: place, details: "unit-mismatch")
        }
    }

    /// A number in another unit; nil where it cannot be converted.
    func convert(_ value: FHIRDecimal, from given: String?, to target: String?) -> FHIRDecimal? {
        let from = given ?? unit ?? customaryUnit ?? "1"
        let target = target ?? unit ?? customaryUnit ?? from
        if from == target { return value }
        if let text = ResultValue.units.convert(value: value.text, from: from, to: target) { return FHIRDecimal(text) }
        guard let factor, factor != FHIRDecimal(0), let unit, let customaryUnit else { return nil }
        // By way of the two units that the factor joins.
        let units = ResultValue.units
        if let inUnit = units.convert(value: value.text, from: from, to: unit).flatMap({ FHIRDecimal($0) }) {
            let converted = FHIRDecimal(Self.text(inUnit.double * factor.double))
            return converted.flatMap { units.convert(value: $0.text, from: customaryUnit, to: target) }
                .flatMap { FHIRDecimal($0) }
        }
        if let customary = units.convert(value: value.text, from: from, to: customaryUnit).flatMap({ FHIRDecimal($0) })
        {
            let converted = FHIRDecimal(Self.text(customary.double / factor.double))
            return converted.flatMap { units.convert(value: $0.text, from: unit, to: target) }
                .flatMap { FHIRDecimal($0) }
        }
        return nil
    }

    /// Only compared with ranges, never stored: a molar mass has few digits anyway.
    private static func text(_ number: Double) -> String { "\(number)" }
}
