import FHIRModel
import JSONTape

/// How many milligrams are in one unit of a medicine: the strength of its one ingredient (Medication.ingredient).
struct MedicineStrength: Sendable {
    /// Milligrams.
    let milligrams: ExactNumber
    /// In how many units that is.
    let units: ExactNumber
    /// Code or name of the unit in small letters; empty if it is not stated.
    let unit: String

    /// Reads a Ratio; nil for what is no mass.
    init?(_ ratio: JSONNode?) {
        guard let mass = ExactNumber(milligramsOf: ratio?["numerator"]) else { return nil }
        let denominator = ratio?["denominator"]
        milligrams = mass
        units = denominator?["value"]?.numberText.flatMap { ExactNumber($0) } ?? ExactNumber(1)
        unit = (denominator?["code"]?.string ?? denominator?["unit"]?.string ?? "").lowercased()
        if !(ExactNumber(0) < units) { return nil }
    }
}

extension ExactNumber {
    /// A Quantity of mass in milligrams; nil for other units.
    init?(milligramsOf quantity: JSONNode?) {
        guard let quantity, let value = quantity["value"]?.numberText.flatMap({ ExactNumber($0) }) else { return nil }
        switch quantity["code"]?.string ?? quantity["unit"]?.string ?? "" {
        case "mg": self = value
        case "g": self = value * ExactNumber(1000)
        case "ug", "mcg", "µg", "μg": self = value / ExactNumber(1000)
        case "kg": self = value * ExactNumber(1_000_000)
        default: return nil
        }
    }
}
