internal import HL7Syntax

/// TQ1, else the TQ of ORC-7 or OBR-27, to when and how urgently an order is to be done. §2.2.
struct OrderTimingMap {
    let context: MappingContext
    /// HL7 priority code of TQ1-9 or TQ.6.
    private(set) var priority = ""
    private var pattern = ""
    private var start: FHIRDateTime?
    private var end: FHIRDateTime?
    private var count: Int?
    private(set) var text: String?

    /// - Parameter fallbacks: ORC-7 and OBR-27, read only where there is no TQ1.
    init(_ context: MappingContext, _ timings: [Segment], fallbacks: [Field]) {
        self.context = context
        if let timing = timings.first {
            priority = timing.code(9)
            pattern = timing[field: 3][component: 1][subcomponent: 1].value?.collapsed ?? ""
            start = context.dateTime(timing[field: 7])
            end = context.dateTime(timing[field: 8])
            count = Int(timing.text(14))
            text = timing[field: 11].value ?? timing[field: 10].value
            return
        }
        guard let field = fallbacks.first(where: \.isValued) else { return }
        let quantity = field[repetition: 1]
        priority = quantity[component: 6].value?.collapsed.uppercased() ?? ""
        pattern = quantity[component: 2][subcomponent: 1].value?.collapsed ?? ""
        start = context.dateTime(field, component: 4)
        end = context.dateTime(field, component: 5)
        text = quantity[component: 8].value ?? quantity[component: 7].value
    }

    /// `occurrenceTiming`, `occurrencePeriod` or `occurrenceDateTime`.
    func setOccurrence(in request: inout FHIRObject, otherwise: FHIRDateTime?) {
        if let timing {
            request.set("occurrenceTiming", timing)
        } else if end != nil {
            request.set("occurrencePeriod", period)
        } else {
            (start ?? otherwise)?.set("occurrenceDateTime", in: &request)
        }
    }

    /// Timing where the order repeats; nil for once.
    var timing: FHIRValue? {
        guard !pattern.isEmpty, pattern.uppercased() != "ONCE" else { return nil }
        var rule = FHIRObject(["boundsPeriod": period])
        if let count, count > 0 { rule.set("count", .number("\(count)")) }
        let upper = pattern.uppercased()
        let code: FHIRValue =
            Self.abbreviations.contains(upper)
            ? .concept("http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation", upper)
            : .object(["text": .string(pattern)])
        return .object(["repeat": .object(rule), "code": code])
    }

    private var period: FHIRValue? {
        var period = FHIRObject()
        start?.set("start", in: &period)
        end?.set("end", in: &period)
        return period.isEmpty ? nil : .object(period)
    }

    private static let abbreviations: Set<String> = ["BID", "TID", "QID", "AM", "PM", "QD", "QOD", "Q4H", "Q6H"]
}
