import JSONTape

/// How much of a medicine is taken in a day, by its dosage instructions: milligrams, at the most.
/// https://hl7.org/fhir/R4/dosage.html
struct DailyDose: Sendable {
    /// Nil where it cannot be said.
    let milligrams: ExactNumber?
    /// Whether anything is said of doses at all.
    let isStated: Bool

    /// - Parameter strength: of the medicine, for doses in tablets.
    init(_ dosages: [JSONNode], strength: MedicineStrength?) {
        var bySequence: [Int: ExactNumber] = [:]
        var isKnown = true
        var isStated = false
        for dosage in dosages {
            guard let quantity = Self.quantity(dosage) else { continue }
            isStated = true
            guard let single = Self.milligrams(quantity, strength) else {
                isKnown = false
                continue
            }
            let times = Self.timesPerDay(dosage["timing"]) ?? ExactNumber(1)
            let sequence = dosage["sequence"]?.integer ?? 0
            bySequence[sequence] = (bySequence[sequence] ?? ExactNumber(0)) + single * times
        }
        self.isStated = isStated
        // Steps of a sequence follow each other, what stands in one step is taken together.
        milligrams = isKnown ? bySequence.values.max() : nil
    }

    /// A dose that is given by itself: taken once, or as a Dosage.
    init(_ dose: JSONNode, strength: MedicineStrength?) {
        if dose["value"] != nil {
            self.init(milligrams: Self.milligrams(dose, strength), isStated: true)
        } else {
            self.init([dose], strength: strength)
        }
    }

    private init(milligrams: ExactNumber?, isStated: Bool) {
        self.milligrams = milligrams
        self.isStated = isStated
    }

    private static func quantity(_ dosage: JSONNode) -> JSONNode? {
        let rate = dosage["doseAndRate"]?.items.first
        return rate?["doseQuantity"] ?? rate?["doseRange"]?["high"] ?? dosage["maxDosePerPeriod"]?["numerator"]
    }

    private static func milligrams(_ quantity: JSONNode, _ strength: MedicineStrength?) -> ExactNumber? {
        if let mass = ExactNumber(milligramsOf: quantity) { return mass }
        guard let strength, let value = quantity["value"]?.numberText.flatMap({ ExactNumber($0) }) else { return nil }
        let unit = (quantity["code"]?.string ?? quantity["unit"]?.string ?? "").lowercased()
        guard unit == strength.unit || unit.isEmpty || strength.unit.isEmpty else { return nil }
        return value * strength.milligrams / strength.units
    }

    /// R4 datatypes.html#Timing, at the most.
    static func timesPerDay(_ timing: JSONNode?) -> ExactNumber? {
        guard let timing else { return nil }
        if let rule = timing["repeat"] {
            if let times = rule["timeOfDay"]?.count, times > 0 { return ExactNumber(times) }
            var times = ExactNumber(rule["frequencyMax"]?.integer ?? rule["frequency"]?.integer ?? 1)
            if let when = rule["when"]?.count, when > 0, rule["frequency"] == nil { times = ExactNumber(when) }
            let period = rule["period"]?.numberText.flatMap { ExactNumber($0) } ?? ExactNumber(1)
            guard ExactNumber(0) < period, let days = Self.days[rule["periodUnit"]?.string ?? "d"] else { return nil }
            return times / (period * days)
        }
        let code = timing["code"]?["coding"]?.items.first?["code"]?.string ?? timing["code"]?["text"]?.string
        return code.flatMap { codes[$0.uppercased()] }
    }

    /// Days in a unit of time, as fractions.
    private static let days: [String: ExactNumber] = [
        "s": ExactNumber(1) / ExactNumber(86_400), "min": ExactNumber(1) / ExactNumber(1440),
        "h": ExactNumber(1) / ExactNumber(24), "d": ExactNumber(1), "wk": ExactNumber(7), "mo": ExactNumber(28),
        "a": ExactNumber(365),
    ]

    /// http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation
    private static let codes: [String: ExactNumber] = [
        "BID": ExactNumber(2), "TID": ExactNumber(3), "QID": ExactNumber(4), "AM": ExactNumber(1),
        "PM": ExactNumber(1), "QD": ExactNumber(1), "QOD": ExactNumber(1) / ExactNumber(2), "Q1H": ExactNumber(24),
        "Q2H": ExactNumber(12), "Q3H": ExactNumber(8), "Q4H": ExactNumber(6), "Q6H": ExactNumber(4),
        "Q8H": ExactNumber(3), "BED": ExactNumber(1), "WK": ExactNumber(1) / ExactNumber(7),
        "MO": ExactNumber(1) / ExactNumber(28),
    ]
}
