import Clinic
import FHIRModel
import JSONTape

/// Limits beyond which a result is critical where its definition says nothing of that.
struct PanicValues: Sendable {
    /// By `system|code`: low, high and unit.
    static let setting = ClinicSetting(
        "results.panic-values",
        "Low and high by system|code, beyond which a result is critical where its definition has no critical interval.",
        standard: standard)

    private let table: JSONNode

    init(_ work: ClinicWork) async throws { table = try await Self.setting.value(in: work.transaction) }

    func limits(_ code: CodeableConcept) -> (low: Quantity?, high: Quantity?)? {
        for key in code.keys.sorted() {
            guard let entry = table[named: key] else { continue }
            let unit = entry["unit"]?.string
            func quantity(_ node: JSONNode?) -> Quantity? {
                guard let number = node?.numberText.flatMap({ FHIRDecimal($0) }) else { return nil }
                var quantity = Quantity()
                quantity.value = number
                quantity.unit = unit
                quantity.code = unit
                quantity.system = unit == nil ? nil : ResultValue.system
                return quantity
            }
            return (quantity(entry["low"]), quantity(entry["high"]))
        }
        return nil
    }

    /// Usual limits for adults; every laboratory sets its own.
    private static let standard: String = {
        let rows = [
            ("2823-3", "2.5", "6.5", "mmol/L"), ("6298-4", "2.5", "6.5", "mmol/L"),
            ("2951-2", "120", "160", "mmol/L"), ("2947-0", "120", "160", "mmol/L"),
            ("2345-7", "40", "500", "mg/dL"), ("2339-0", "40", "500", "mg/dL"),
            ("15074-8", "2.2", "27.8", "mmol/L"), ("14749-6", "2.2", "27.8", "mmol/L"),
            ("17861-6", "6.0", "13.0", "mg/dL"), ("2000-8", "1.5", "3.25", "mmol/L"),
            ("718-7", "7.0", "20.0", "g/dL"), ("777-3", "20", "1000", "10*3/uL"),
            ("6690-2", "2.0", "30.0", "10*3/uL"), ("2744-1", "7.20", "7.60", "[pH]"),
        ]
        let members = rows.map { code, low, high, unit in
            #""http://loinc.org|\#(code)":{"low":\#(low),"high":\#(high),"unit":"\#(unit)"}"#
        }
        return "{" + members.joined(separator: ",") + #","http://loinc.org|6301-6":{"high":5.0}}"#
    }()
}

extension ResultValue {
    static let system = "http://unitsofmeasure.org"
}
