internal import HL7Syntax

/// TQ1, and the TQ of older versions (RXE-1, ORC-7), to Timing. TQ1[Timing].
struct TimingMap {
    let scope: MessageScope

    /// How often, from when to when; nil where nothing is said.
    func map(_ segment: Segment) -> FHIRValue? {
        timing(
            pattern: segment[field: 3][repetition: 1][component: 1].value,
            start: segment.text(7), end: segment.text(8), duration: segment[field: 6][repetition: 1],
            count: segment.text(14), times: segment[field: 4].repetitions.map(\.string), at: segment.location)
    }

    /// TQ.2 interval, .3 duration, .4 start, .5 end.
    func map(old repetition: Repetition, at location: HL7Location?) -> FHIRValue? {
        timing(
            pattern: repetition[component: 2][subcomponent: 1].value, start: repetition[component: 4].string,
            end: repetition[component: 5].string, duration: nil, count: "", times: [], at: location)
    }

    private func timing(
        pattern: String?, start: String, end: String, duration: Repetition?, count: String, times: [String],
        at location: HL7Location?
    ) -> FHIRValue? {
        var rule = FHIRObject()
        if let bounds = PeriodMap.map(scope.context, start: start, end: end, at: location) {
            rule.set("boundsPeriod", bounds)
        } else if let duration, let length = self.duration(duration) {
            rule.set("boundsDuration", length)
        }
        if let number = Int(count), number > 0 { rule.set("count", .number("\(number)")) }
        for time in times { rule.append("timeOfDay", TimeMap.map(time)) }
        var timing = FHIRObject()
        timing.set("repeat", .object(rule))
        if let pattern = pattern?.collapsed, !pattern.isEmpty {
            // Patterns with a number (Q6H, Q2D) are a family of codes, of which FHIR's set has the usual ones.
            let known = ["BID", "TID", "QID", "AM", "PM", "QD", "QOD", "Q4H", "Q6H"]
            let system =
                known.contains(pattern.uppercased())
                ? "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
                : "http://terminology.hl7.org/CodeSystem/v2-0335"
            timing.set(
                "code",
                .object([
                    "coding": .array([
                        .coding(system, known.contains(pattern.uppercased()) ? pattern.uppercased() : pattern)
                    ]),
                    "text": .text(pattern),
                ]))
        }
        return timing.isEmpty ? nil : .object(timing)
    }

    /// CQ whose unit is one of time.
    private func duration(_ repetition: Repetition) -> FHIRValue? {
        let units = [
            "S": "s", "SEC": "s", "MIN": "min", "H": "h", "HR": "h", "HOUR": "h", "D": "d", "DAY": "d", "WK": "wk",
            "W": "wk", "MO": "mo", "MON": "mo", "ANN": "a", "YR": "a", "A": "a",
        ]
        guard let number = DecimalText(repetition[component: 1].string)?.number,
            let unit = units[repetition[component: 2][subcomponent: 1].string.collapsed.uppercased()]
        else { return nil }
        return .object([
            "value": .number(number), "unit": .string(unit), "system": .string("http://unitsofmeasure.org"),
            "code": .string(unit),
        ])
    }
}
