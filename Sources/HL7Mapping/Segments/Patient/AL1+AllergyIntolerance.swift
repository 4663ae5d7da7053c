internal import HL7Syntax

/// AL1 and IAM to AllergyIntolerance. AL1[AllergyIntolerance], IAM[AllergyIntolerance], §2.3 AL1-2 and AL1-4.
struct AllergyMap {
    let context: MappingContext
    let subject: String

    func map(_ segment: Segment, notes: [Segment]) -> StatedResource? {
        let isAdverse = segment.isNamed("IAM")
        guard let key = key(segment, isAdverse) else {
            context.warn(.requiredFieldMissing, at: segment.location, "an allergy without code or text; left out")
            return nil
        }
        var allergy = FHIRObject(["meta": context.sourceMeta])
        let isDeleted = isAdverse && (segment.code(6) == "D" || segment.code(17) == "E")
        if isAdverse, let own = EntityIdentifier(segment[field: 7][repetition: 1], context.profile) {
            allergy.append("identifier", own.map(type: nil))
        }
        if !isDeleted {
            let status = isAdverse && segment.code(17) == "I" ? "inactive" : "active"
            allergy.set("clinicalStatus", .concept(Self.clinical, status))
        }
        let certainty = isDeleted ? "entered-in-error" : isAdverse ? Self.certainty(segment.code(17)) : nil
        allergy.set("verificationStatus", certainty.map { .concept(Self.verification, $0) })
        if isAdverse { allergy.set("type", Self.type(segment.code(9)).map { .string($0) }) }
        if let category = Self.category(segment.code(2)) { allergy.append("category", .string(category)) }
        let severity = segment.code(4)
        allergy.set("criticality", ["SV": "high", "MI": "low"][severity].map { .string($0) })
        allergy.set(
            "code",
            CodeableConceptMap(context: context).map(segment[field: 3][repetition: 1], local: "\(segment.name)-3"))
        allergy.set("patient", .reference(subject))
        context.dateTime(segment[field: isAdverse ? 11 : 6])?.set("onsetDateTime", in: &allergy)
        if isAdverse {
            if allergy["onsetDateTime"] == nil { allergy.set("onsetString", .text(segment[field: 12].value)) }
            context.dateTime(segment[field: 13])?.set("recordedDate", in: &allergy)
            allergy.set("asserter", reporter(segment))
        }
        for note in NoteMap(context: context).notes(notes) { allergy.append("note", note.annotation) }
        allergy.append("reaction", reaction(segment, severity: severity))
        return StatedResource(
            key, allergy, rule: .source(clearing: isDeleted ? ["clinicalStatus"] : []), stamp: context.eventStamp,
            location: segment.location)
    }

    /// IAM-7; else (patient, code and system of AL1-3). §2.1.
    private func key(_ segment: Segment, _ isAdverse: Bool) -> IdentityKey? {
        if isAdverse, let own = EntityIdentifier(segment[field: 7][repetition: 1], context.profile) {
            return IdentityKey("AllergyIntolerance", [context.profile.id, own.keyPart])
        }
        guard let code = CodedKey(segment[field: 3][repetition: 1]) else { return nil }
        return IdentityKey("AllergyIntolerance", [context.profile.id, subject, code.value, code.system])
    }

    /// AL1-5 is text, IAM-5 likewise; a code may stand in front of it.
    private func reaction(_ segment: Segment, severity: String) -> FHIRValue? {
        var manifestations: [FHIRValue] = []
        for repetition in segment[field: 5].repetitions where repetition.isValued {
            let isCoded = repetition.components.count > 1
            let mapped =
                isCoded
                ? CodeableConceptMap(context: context).map(repetition, local: "\(segment.name)-5")
                : FHIRValue.text(repetition.string).map { .object(["text": $0]) }
            if let mapped { manifestations.append(mapped) }
        }
        let degree = ["SV": "severe", "MO": "moderate", "MI": "mild"][severity]
        guard !manifestations.isEmpty || degree != nil else { return nil }
        // R4 wants to know what the reaction looked like; the sender only says how bad it was.
        if manifestations.isEmpty { manifestations = [.dataAbsentExtension("unknown")] }
        return .object(["manifestation": .array(manifestations), "severity": degree.map { .string($0) }])
    }

    /// IAM-14 names who reported it, but does not identify the person.
    private func reporter(_ segment: Segment) -> FHIRValue? {
        guard case .object(let name)? = HumanNameMap(context: context).map(segment[field: 14][repetition: 1]),
            let display = HumanNameMap.display(name)
        else { return nil }
        return .object(["display": .text(display)])
    }

    private static func category(_ code: String) -> String? {
        switch code {
        case "DA": "medication"
        case "FA": "food"
        case "EA", "PA", "LA": "environment"
        case "AA": "biologic"
        default: nil
        }
    }

    /// IAM-9, HL7 table 0436.
    private static func type(_ code: String) -> String? {
        switch code {
        case "AL": "allergy"
        case "IN", "AD", "SE", "CT": "intolerance"
        default: nil
        }
    }

    /// IAM-17, HL7 table 0438.
    private static func certainty(_ code: String) -> String? {
        switch code {
        case "C", "I": "confirmed"
        case "P", "S", "U", "D": "unconfirmed"
        default: nil
        }
    }

    private static let clinical = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    private static let verification = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
}
