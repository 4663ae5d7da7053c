import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import UCUM

/// Within which limits a vital sign is believed, is usual, and is no emergency: data of the clinic.
struct VitalLimits: Sendable {
    static let setting = ClinicSetting(
        "vitals.limits",
        """
        For each LOINC code, in the unit in which the server keeps it: [low, high] pairs. Values outside of "hard" are \
        refused, outside of "soft" they need confirm=true, outside of "critical" they are reported as critical.
        """,
        standard: """
            {"8310-5":{"hard":[20,46],"soft":[34,41],"critical":[32,40.5]},\
            "8867-4":{"hard":[0,350],"soft":[40,180],"critical":[35,150]},\
            "9279-1":{"hard":[0,150],"soft":[8,40],"critical":[6,35]},\
            "8480-6":{"hard":[0,350],"soft":[70,220],"critical":[75,200]},\
            "8462-4":{"hard":[0,250],"soft":[35,130],"critical":[35,120]},\
            "2708-6":{"hard":[0,100],"soft":[85,100],"critical":[88,100]},\
            "59408-5":{"hard":[0,100],"soft":[85,100],"critical":[88,100]},\
            "29463-7":{"hard":[0.2,700],"soft":[2,250]},\
            "8302-2":{"hard":[15,280],"soft":[40,220]},\
            "9843-4":{"hard":[10,100],"soft":[28,65]},\
            "39156-5":{"hard":[4,200],"soft":[10,70]}}
            """)

    enum Kind: String { case hard, soft, critical }

    private let limits: JSONNode

    init(_ work: ClinicWork) async throws {
        limits = try await Self.setting.value(in: work.transaction)
    }

    /// Whether a value lies below or above; nil if it is within, or there is no limit.
    func breach(_ kind: Kind, _ code: String, _ value: FHIRDecimal) -> Breach? {
        guard let pair = limits[named: code]?[named: kind.rawValue]?.items, pair.count == 2 else { return nil }
        if let low = pair[0].numberText.flatMap({ FHIRDecimal($0) }), value < low { return .below }
        if let high = pair[1].numberText.flatMap({ FHIRDecimal($0) }), high < value { return .above }
        return nil
    }

    enum Breach { case below, above }

    /// Refuses an observation, given whole, whose value or component cannot be (422).
    func checkHard(_ observation: JSONNode) throws {
        let parts = [observation] + (observation["component"]?.items ?? [])
        for part in parts {
            guard let sign = VitalSign.of(part["code"]), let value = part["valueQuantity"],
                let number = value["value"]?.numberText, let unit = value["code"]?.string,
                let converted = VitalUnits.convert(number, from: unit, to: sign.unit)
            else { continue }
            if breach(.hard, sign.code, converted) != nil { throw Self.refusal(sign, at: "Observation.value") }
        }
    }

    static func refusal(_ sign: VitalSign, at place: String?) -> StoreError {
        StoreError(
            .businessRule, "\(sign.display) cannot have this value", expression: place, details: "hard-limit")
    }
}

/// Values in the unit in which a vital sign is kept.
enum VitalUnits {
    static let units = UCUM()

    /// Nil where the units do not compare. A value that is in the unit already keeps its digits.
    static func convert(_ value: String, from unit: String, to target: String) -> FHIRDecimal? {
        if unit == target { return FHIRDecimal(value) }
        guard let text = units.convert(value: value, from: unit, to: target) else { return nil }
        return FHIRDecimal(rounded(text))
    }

    /// A conversion has no more digits behind the point than anybody measures: four.
    private static func rounded(_ text: String) -> String {
        guard let point = text.firstIndex(of: "."), !text.contains("e"), !text.contains("E") else { return text }
        let fraction = text[text.index(after: point)...]
        guard fraction.utf8.count > 4 else { return text }
        let isNegative = text.hasPrefix("-")
        let whole = text[..<point].drop { $0 == "-" }
        guard var digits = Int(whole + fraction.prefix(4)) else { return text }
        if let next = fraction.dropFirst(4).first?.wholeNumberValue, next >= 5 { digits += 1 }
        var padded = String(digits)
        padded = String(repeating: "0", count: max(0, 5 - padded.utf8.count)) + padded
        var result = padded.dropLast(4) + "." + padded.suffix(4)
        while result.hasSuffix("0") { result.removeLast() }
        if result.hasSuffix(".") { result.removeLast() }
        return (isNegative ? "-" : "") + result
    }
}
