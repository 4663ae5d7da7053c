internal import HL7Syntax

/// NA (numeric array) to SampledData. NA[SampledData].
enum SampledDataMap {
    /// `nil` when an element is not a number.
    static func map(_ repetitions: [Repetition], unit: Unit, profile: SourceProfile) -> ObservationValue? {
        var samples: [String] = []
        let dimensions = repetitions.count
        let columns = repetitions.map { $0.components.map { $0.string.cleaned } }
        // Dimensions run fastest in SampledData: the first sample of each channel, then the second.
        for index in 0..<(columns.map(\.count).max() ?? 0) {
            for column in columns {
                let text = index < column.count ? column[index] : ""
                if text.isEmpty {
                    samples.append("E")
                } else {
                    guard let number = DecimalText.number(text[...]) else { return nil }
                    samples.append(number)
                }
            }
        }
        guard !samples.isEmpty else { return nil }
        // NA says nothing of time; FHIR wants a period, and 0 is what cannot be mistaken for a measured one.
        return ObservationValue(
            key: "valueSampledData",
            value: .object([
                "origin": unit.quantity(number: "0"), "period": .number("0"), "dimensions": .number("\(dimensions)"),
                "data": .string(samples.joined(separator: " ")),
            ]))
    }
}
