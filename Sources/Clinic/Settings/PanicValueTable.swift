package import FHIRModel
package import JSONTape
import UCUM

/// Limits beyond which a result is critical where its definition says nothing of that, whatever door it comes by.
package struct PanicValueTable: Sendable {
    /// By `system|code`: low, high and unit.
    package static let setting = ClinicSetting(
        "results.panic-values",
        "Low and high by system|code, beyond which a result is critical where its definition has no critical interval.",
        standard: standard)

    /// The limits of one code; each is a limit only where it is given.
    package struct Limits: Sendable {
        package let low: FHIRDecimal?
        package let high: FHIRDecimal?
        /// As UCUM writes it.
        package let unit: String?
    }

    private static let units = UCUM()

    /// By code, then by its system: most codes have no limits, which is told by one look.
    private let limits: [String: [String: Limits]]

    /// - Parameter node: the setting's value.
    package init(_ node: JSONNode) {
        var limits: [String: [String: Limits]] = [:]
        for (key, entry) in node.members {
            guard let bar = key.lastIndex(of: "|") else { continue }
            func number(_ name: String) -> FHIRDecimal? {
                entry[named: name]?.numberText.flatMap { FHIRDecimal($0) }
            }
            limits[String(key[key.index(after: bar)...]), default: [:]][String(key[..<bar])] = Limits(
                low: number("low"), high: number("high"), unit: entry["unit"]?.string)
        }
        self.limits = limits
    }

    /// What holds for a code; nil if nothing does.
    package func limits(system: String, code: String) -> Limits? { limits[code]?[system] }

    /// Whether a number is certainly beyond the limits of a code.
    /// - Parameters:
    ///   - value: text of the number.
    ///   - comparator: R4 quantity-comparator: the true value is on one side of the number.
    package func isBeyond(
        system: String, code: String, value: String, comparator: String?, unit: String?
    ) -> Bool {
        guard let limits = limits(system: system, code: code), let number = Self.number(value, unit, limits.unit) else {
            return false
        }
        let isUpper = comparator == "<" || comparator == "<="
        let isLower = comparator == ">" || comparator == ">="
        if let low = limits.low, !isLower, number < low || (number == low && comparator == "<") { return true }
        if let high = limits.high, !isUpper, number > high || (number == high && comparator == ">") { return true }
        return false
    }

    /// In the unit of the limits; nil where it cannot be told.
    private static func number(_ value: String, _ given: String?, _ target: String?) -> FHIRDecimal? {
        guard given != target, let target else { return FHIRDecimal(value) }
        return given.flatMap { units.convert(value: value, from: $0, to: target) }.flatMap { FHIRDecimal($0) }
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
