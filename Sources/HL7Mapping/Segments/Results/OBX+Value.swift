internal import HL7Syntax

/// OBX-5 by OBX-2 to `value[x]`. §2.4, faults F-17 and F-18.
struct ObservationValueMap {
    let context: MappingContext

    /// What OBX-5 became.
    struct Outcome {
        /// One is `value[x]`, several become components.
        var values: [ObservationValue] = []
        var attachment: FHIRValue?
    }

    /// - Parameter lines: the OBX segments that are one observation; more than one only for TX, FT, ST and ED.
    func map(_ lines: [Segment]) -> Outcome {
        guard let first = lines.first else { return Outcome() }
        let field = first[field: 5]
        let type = self.type(first)
        switch type {
        case "TX", "FT": return text(lines)
        case "ST" where lines.count > 1: return text(lines)
        case "ED":
            let parts = lines.map { $0[field: 5][repetition: 1] }
            return attachment(AttachmentMap.encapsulated(parts, title: title(first)), first)
        case "RP":
            return attachment(AttachmentMap.pointer(field[repetition: 1], title: title(first)), first)
        case "NA", "MA":
            guard field.isValued else { return Outcome() }
            let array = SampledDataMap.map(field.repetitions, unit: unit(first), profile: context.profile)
            if let array { return Outcome(values: [array]) }
            context.warn(.dataType, at: field.location, "not an array of numbers; kept as text")
            return Outcome(values: [whole(field)].compactMap { $0 })
        default:
            return Outcome(values: field.repetitions.compactMap { value($0, type: type, segment: first) })
        }
    }

    /// OBX-2, or what the value looks like where it is empty.
    func type(_ segment: Segment) -> String {
        let declared = segment[field: 2].string.uppercased().cleaned
        if !declared.isEmpty { return declared }
        let field = segment[field: 5]
        guard field.isValued else { return "ST" }
        let components = field[repetition: 1].components
        context.warn(.requiredFieldMissing, at: segment[field: 2].location, "no value type; it was inferred")
        if components.count > 2, components[0].isValued { return "CWE" }
        let hasMeasure = segment[field: 6].isValued || segment[field: 7].isValued
        let isNumber = DecimalText(field.string, usesDecimalComma: context.profile.usesDecimalComma) != nil
        return isNumber && hasMeasure ? "NM" : "ST"
    }

    private func value(_ repetition: Repetition, type: String, segment: Segment) -> ObservationValue? {
        guard repetition.isValued, !repetition.string.cleaned.isEmpty else { return nil }
        let location = segment[field: 5].location
        let profile = context.profile
        let mapped: ObservationValue?
        switch type {
        case "NM": mapped = number(repetition, segment)
        case "SN": mapped = StructuredNumericMap.map(repetition, unit: unit(segment), profile: profile)
        case "NR": mapped = NumericRangeMap.map(repetition, unit: unit(segment), profile: profile)
        case "CQ": mapped = quantity(repetition)
        case "CE", "CWE", "CNE", "CF", "IS":
            mapped = CodeableConceptMap(context: context).map(repetition, local: "OBX-5")
                .map { ObservationValue(key: "valueCodeableConcept", value: $0) }
        case "DT", "DTM", "TS":
            mapped = context.dateTime(repetition[component: 1].string, at: location).map {
                ObservationValue(key: "valueDateTime", value: .string($0.text), companion: $0.companion)
            }
        case "TM": mapped = TimeMap.map(repetition.string).map { ObservationValue(key: "valueTime", value: $0) }
        case "DR":
            let (start, end) = (repetition[component: 1].string, repetition[component: 2].string)
            mapped = PeriodMap.map(context, start: start, end: end, at: location)
                .map { ObservationValue(key: "valuePeriod", value: $0) }
        case "ST", "VR", "ID", "XPN", "XAD", "XTN", "XCN", "XON", "CX", "EI", "CP", "MO", "SI":
            return string(repetition.string)
        default:
            context.warn(.tableValueNotFound, at: segment[field: 2].location, "value type not known; kept as text")
            return string(repetition.string)
        }
        if let mapped { return mapped }
        if type != "NM" { context.warn(.dataType, at: location, "does not fit its type \(type); kept as text") }
        return string(repetition.string)
    }

    private func number(_ repetition: Repetition, _ segment: Segment) -> ObservationValue? {
        let text = repetition.string
        if let decimal = DecimalText(text, usesDecimalComma: context.profile.usesDecimalComma) {
            return ObservationValue(key: "valueQuantity", value: unit(segment).quantity(decimal))
        }
        context.warn(.dataType, at: segment[field: 5].location, "not a number; kept as text")
        return nil
    }

    /// CQ brings its unit with it.
    private func quantity(_ repetition: Repetition) -> ObservationValue? {
        DecimalText(repetition[component: 1].string, usesDecimalComma: context.profile.usesDecimalComma)
            .map { Unit(nested: repetition[component: 2], context.profile).quantity($0) }
            .map { ObservationValue(key: "valueQuantity", value: $0) }
    }

    /// Lines of text: every repetition and every following OBX is a new line, empty ones included.
    private func text(_ lines: [Segment]) -> Outcome {
        let texts = lines.flatMap { line -> [String] in
            let field = line[field: 5]
            return field.isNull ? [""] : field.repetitions.map { $0.isNull ? "" : $0.string }
        }
        return Outcome(values: [string(texts.joined(separator: "\n"))].compactMap { $0 })
    }

    private func whole(_ field: Field) -> ObservationValue? { string(field.string) }

    private func string(_ text: String) -> ObservationValue? {
        FHIRValue.text(text).map { ObservationValue(key: "valueString", value: $0) }
    }

    private func attachment(_ attachment: FHIRValue?, _ segment: Segment) -> Outcome {
        if let attachment { return Outcome(attachment: attachment) }
        let field = segment[field: 5]
        guard field.isValued else { return Outcome() }
        context.warn(.dataType, at: field.location, "the document cannot be decoded; kept as text")
        return Outcome(values: [whole(field)].compactMap { $0 })
    }

    private func unit(_ segment: Segment) -> Unit { Unit(segment[field: 6][repetition: 1], context.profile) }

    private func title(_ segment: Segment) -> String? {
        let code = segment[field: 3][repetition: 1]
        return code[component: 2].value ?? code[component: 5].value ?? code[component: 1].value
    }
}
