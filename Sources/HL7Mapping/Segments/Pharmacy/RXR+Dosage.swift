internal import HL7Syntax

/// RXE (or RXO, RXD) with RXR and TQ1 to Dosage. RXE[MedicationRequest], RXR[MedicationRequest].
struct DosageMap {
    let scope: MessageScope

    /// Which fields hold what: the three segments say the same in different places.
    struct Fields {
        var minimum: Int?
        var maximum: Int?
        var units: Int?
        var instructions: [Int] = []
        var rate: (amount: Int, units: Int)?
        var dailyDose: Int?

        static let encoded = Fields(
            minimum: 3, maximum: 4, units: 5, instructions: [7], rate: (23, 24), dailyDose: 19)
        static let ordered = Fields(
            minimum: 2, maximum: 3, units: 4, instructions: [7], rate: (21, 22), dailyDose: 23)
        static let dispensed = Fields(instructions: [15], dailyDose: 12)
    }

    /// One Dosage for each timing; one without timing where there is none.
    func map(_ segment: Segment, _ fields: Fields, timings: [FHIRValue], routes: [Segment]) -> [FHIRValue] {
        var dosage = FHIRObject()
        let instructions = fields.instructions.flatMap { segment[field: $0].repetitions }
            .compactMap { ($0[component: 2].value ?? $0[component: 1].value)?.cleaned }.filter { !$0.isEmpty }
        dosage.set("text", .text(instructions.joined(separator: "\n")))
        let route = routes.first
        if let route {
            dosage.append("additionalInstruction", contentsOf: scope.concepts(route, 5))
        }
        for (key, value) in [
            ("site", route.flatMap { scope.concept($0, 2, table: "0163") }),
            ("route", route.flatMap { scope.concept($0, 1, table: "0162") }),
            ("method", route.flatMap { scope.concept($0, 4, table: "0165") }),
        ] {
            dosage.set(key, value)
        }
        dosage.append("doseAndRate", doseAndRate(segment, fields))
        if let daily = fields.dailyDose { dosage.set("maxDosePerPeriod", dailyDose(segment[field: daily])) }
        guard !timings.isEmpty else { return dosage.isEmpty ? [] : [.object(dosage)] }
        return timings.enumerated().map { index, timing in
            var own = dosage
            if timings.count > 1 { own.set("sequence", .number("\(index + 1)")) }
            own.set("timing", timing)
            return .object(own)
        }
    }

    private func doseAndRate(_ segment: Segment, _ fields: Fields) -> FHIRValue? {
        var dose = FHIRObject()
        if let minimum = fields.minimum, let maximum = fields.maximum, let units = fields.units {
            let unit = Unit(segment[field: units][repetition: 1], scope.profile)
            let (low, high) = (number(segment, minimum), number(segment, maximum))
            if let low, let high, low != high {
                dose.set(
                    "doseRange",
                    .object(["low": unit.quantity(number: low), "high": unit.quantity(number: high)]))
            } else if let only = low ?? high {
                dose.set("doseQuantity", unit.quantity(number: only))
            }
        }
        if let rate = fields.rate, let amount = number(segment, rate.amount) {
            dose.set(
                "rateQuantity", Unit(segment[field: rate.units][repetition: 1], scope.profile).quantity(number: amount))
        }
        guard !dose.isEmpty else { return nil }
        dose.set("type", .concept("http://terminology.hl7.org/CodeSystem/dose-rate-type", "ordered"))
        return .object(dose)
    }

    /// CQ per day.
    private func dailyDose(_ field: Field) -> FHIRValue? {
        let repetition = field[repetition: 1]
        guard let amount = DecimalText(repetition[component: 1].string), amount.comparator == nil else { return nil }
        let day: FHIRValue = .object([
            "value": .number("1"), "unit": .string("d"), "system": .string("http://unitsofmeasure.org"),
            "code": .string("d"),
        ])
        return .object([
            "numerator": Unit(nested: repetition[component: 2], scope.profile).quantity(amount), "denominator": day,
        ])
    }

    private func number(_ segment: Segment, _ field: Int) -> String? {
        let decimal = DecimalText(segment.text(field), usesDecimalComma: scope.profile.usesDecimalComma)
        if decimal == nil, segment[field: field].isValued {
            scope.context.warn(.dataType, at: segment[field: field].location, "not a number; left out")
        }
        return decimal?.comparator == nil ? decimal?.number : nil
    }
}
