internal import HL7Syntax

/// SN (structured numeric) to Quantity, Range, Ratio or text. SN[Quantity], SN[Range], SN[Ratio].
enum StructuredNumericMap {
    static func map(_ repetition: Repetition, unit: Unit, profile: SourceProfile) -> ObservationValue? {
        let comparator = repetition[component: 1].value?.cleaned ?? ""
        let first = repetition[component: 2].value?.cleaned ?? ""
        let separator = repetition[component: 3].value?.cleaned ?? ""
        let second = repetition[component: 4].value?.cleaned ?? ""
        let whole = comparator + first + separator + second
        guard !whole.isEmpty else { return nil }
        let text = ObservationValue(key: "valueString", value: .string(whole))
        func number(_ text: String) -> String? {
            DecimalText.number(text[...], usesDecimalComma: profile.usesDecimalComma)
        }
        // Some senders put the whole into the first component: `<0.10`.
        if first.isEmpty, second.isEmpty {
            guard let decimal = DecimalText(comparator, usesDecimalComma: profile.usesDecimalComma) else { return text }
            return ObservationValue(key: "valueQuantity", value: unit.quantity(decimal))
        }
        switch (separator, number(first), number(second)) {
        case ("", let low?, nil) where second.isEmpty:
            switch comparator {
            case "", "=": return ObservationValue(key: "valueQuantity", value: unit.quantity(number: low))
            case "<", "<=", ">", ">=":
                return ObservationValue(key: "valueQuantity", value: unit.quantity(number: low, comparator: comparator))
            default: return text
            }
        case ("-", let low?, let high?) where comparator.isEmpty:
            let range: FHIRValue = .object(["low": unit.quantity(number: low), "high": unit.quantity(number: high)])
            return ObservationValue(key: "valueRange", value: range)
        case (":", let low?, let high?), ("/", let low?, let high?):
            // A ratio's unit would be that of the quotient; numerator and denominator are plain numbers.
            let sign: String? = ["<", "<=", ">", ">="].contains(comparator) ? comparator : nil
            guard sign != nil || comparator.isEmpty || comparator == "=" else { return text }
            let ratio: FHIRValue = .object([
                "numerator": .object(["value": .number(low), "comparator": sign.map { .string($0) }]),
                "denominator": .object(["value": .number(high)]),
            ])
            return ObservationValue(key: "valueRatio", value: ratio)
        default:
            return text
        }
    }
}
