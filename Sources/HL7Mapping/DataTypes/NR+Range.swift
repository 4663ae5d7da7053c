internal import HL7Syntax

/// NR to Range; either end may be missing. NR[Range].
enum NumericRangeMap {
    static func map(_ repetition: Repetition, unit: Unit, profile: SourceProfile) -> ObservationValue? {
        func end(_ number: Int) -> FHIRValue? {
            let text = repetition[component: number].value?.cleaned ?? ""
            return DecimalText.number(text[...], usesDecimalComma: profile.usesDecimalComma)
                .map { unit.quantity(number: $0) }
        }
        let (low, high) = (end(1), end(2))
        guard low != nil || high != nil else { return nil }
        return ObservationValue(key: "valueRange", value: .object(["low": low, "high": high]))
    }
}
