import Clinic
import FHIRStore
import JSONTape

/// A MedicationRequest as dispensing looks at it.
struct Prescription: Sendable {
    let stored: StoredResource

    var node: JSONNode { stored.node }

    private var dispenseRequest: JSONNode? { node["dispenseRequest"] }

    /// `medication[x]`: the member's name and its JSON.
    var medication: (name: String, json: [UInt8])? {
        for name in ["medicationReference", "medicationCodeableConcept"] {
            if let value = node[named: name] { return (name, value.source) }
        }
        return nil
    }

    /// Refuses what is not active (422 prescription-inactive).
    func requireActive() throws {
        guard stored.status == "active" else {
            throw StoreError(
                .businessRule, "the prescription is not active", expression: "MedicationRequest.status",
                details: "prescription-inactive")
        }
    }

    /// Whether the prescriber forbade to hand over something else.
    var forbidsSubstitution: Bool { node["substitution"]?["allowedBoolean"]?.bool == false }

    /// Start of the period in which it may be dispensed.
    var validFrom: String? { dispenseRequest?["validityPeriod"]?["start"]?.string }

    /// The least time between two fills, as an SQL interval; nil where none is stated.
    var interval: String? {
        guard let duration = dispenseRequest?["dispenseInterval"], let value = duration["value"]?.numberText,
            let unit = Self.units[duration["code"]?.string ?? ""] ?? Self.units[duration["unit"]?.string ?? ""]
        else { return nil }
        return "\(value) \(unit)"
    }

    /// UCUM's units of time, and their names.
    private static let units = [
        "s": "seconds", "min": "minutes", "h": "hours", "d": "days", "wk": "weeks", "mo": "months", "a": "years",
        "hour": "hours", "hours": "hours", "day": "days", "days": "days", "week": "weeks", "weeks": "weeks",
        "month": "months", "months": "months", "year": "years", "years": "years",
    ]
}
