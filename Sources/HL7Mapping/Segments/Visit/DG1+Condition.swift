internal import HL7Syntax

/// DG1 to Condition, and to what the Encounter says of it. DG1[Condition], DG1[Encounter].
struct DiagnosisMap {
    let context: MappingContext
    let subject: String
    let encounter: String?

    /// DG1-20; else (patient, encounter, DG1-3.1 and .3). §2.1.
    func key(_ segment: Segment) -> IdentityKey? {
        if let own = EntityIdentifier(segment[field: 20][repetition: 1], context.profile) {
            return IdentityKey("Condition", [context.profile.id, own.keyPart])
        }
        guard let code = CodedKey(segment[field: 3][repetition: 1], text: segment.text(4)) else { return nil }
        return IdentityKey("Condition", [context.profile.id, subject, encounter ?? "", code.value, code.system])
    }

    func map(_ segment: Segment) -> StatedResource? {
        guard let key = key(segment) else {
            context.warn(.requiredFieldMissing, at: segment.location, "a diagnosis without code or text; left out")
            return nil
        }
        var condition = FHIRObject(["meta": context.sourceMeta])
        if let own = EntityIdentifier(segment[field: 20][repetition: 1], context.profile) {
            condition.append("identifier", own.map(type: nil))
        }
        let isDeleted = segment.code(21) == "D"
        if !isDeleted {
            condition.set("clinicalStatus", .concept(Self.clinical, "active"))
        }
        let certainty = isDeleted ? "entered-in-error" : segment.code(6) == "F" ? "confirmed" : "provisional"
        condition.set("verificationStatus", .concept(Self.verification, certainty))
        condition.append(
            "category",
            .concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis"))
        condition.set("code", code(segment))
        condition.set("subject", .reference(subject))
        condition.set("encounter", encounter.map { .reference($0) })
        context.dateTime(segment[field: 5])?.set("onsetDateTime", in: &condition)
        context.dateTime(segment[field: 19])?.set("recordedDate", in: &condition)
        condition.set("asserter", PractitionerMap(context: context).reference(segment[field: 16][repetition: 1]))
        return StatedResource(
            key, condition, rule: .source(clearing: isDeleted ? ["clinicalStatus"] : []),
            stamp: context.eventStamp, location: segment.location)
    }

    /// `Encounter.diagnosis`; nil for one that is taken back.
    func diagnosis(_ segment: Segment, condition: String) -> FHIRValue? {
        guard segment.code(21) != "D" else { return nil }
        var diagnosis = FHIRObject(["condition": .reference(condition)])
        let roles = ["A": "AD", "F": "DD"]
        let use = segment.code(6)
        if let role = roles[use] {
            diagnosis.set("use", .concept("http://terminology.hl7.org/CodeSystem/diagnosis-role", role))
        } else if !use.isEmpty {
            diagnosis.set("use", .concept("http://terminology.hl7.org/CodeSystem/v2-0052", use))
        }
        if let rank = Int(segment.text(15)), rank > 0 { diagnosis.set("rank", .number("\(rank)")) }
        return .object(diagnosis)
    }

    /// DG1-3, whose system DG1-2 names in old versions, with DG1-4 as its text.
    private func code(_ segment: Segment) -> FHIRValue? {
        let mapped = CodeableConceptMap(context: context).map(segment[field: 3][repetition: 1], local: "DG1-3")
        var concept = FHIRObject()
        if case .object(let object)? = mapped { concept = object }
        if concept["coding"] != nil, segment[field: 3][component: 3].value == nil,
            let system = CodingSystemTable.uri(segment.code(2)), case .array(let codings)? = concept["coding"],
            case .object(var first)? = codings.first
        {
            first.set("system", .string(system))
            concept.set("coding", .array([.object(first)] + codings.dropFirst()))
        }
        if let text = FHIRValue.text(segment[field: 4].value) { concept.set("text", text) }
        return .object(concept)
    }

    private static let clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    private static let verification = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
}

/// Code and system by which a coded field tells resources apart; the text where there is no code.
struct CodedKey {
    let value: String
    let system: String

    init?(_ repetition: Repetition, text: String = "") {
        for (code, system) in [(1, 3), (4, 6)] {
            if let value = repetition[component: code].value?.collapsed, !value.isEmpty {
                self.value = value
                self.system = repetition[component: system].value?.cleaned ?? ""
                return
            }
        }
        let words = [repetition[component: 2].value, repetition[component: 9].value, text]
            .lazy.compactMap { $0?.cleaned.lowercased() }.first { !$0.isEmpty }
        guard let words else { return nil }
        value = words
        system = "text"
    }
}

extension MappingContext {
    /// `meta` that names the sender: what is put out of use when the sender no longer lists it.
    var sourceMeta: FHIRValue { .object(["source": .string(profile.sourceURI)]) }
}

extension SourceProfile {
    /// `meta.source` of what the sender's messages make.
    package var sourceURI: String { "urn:martlet:source:\(id.percentEncoded)" }
}

extension StatedResource.Rule {
    /// What the sender states takes the place of what is stored, but for the stored tags and labels.
    static func source(clearing: Set<String> = []) -> StatedResource.Rule {
        .combine { stored, stated, isOlder in
            let kept = stored["meta"] == nil ? stated : stated.without(["meta"])
            return ElementOverlay.lay(kept, over: stored, clearing: clearing, fillsOnly: isOlder)
        }
    }
}
