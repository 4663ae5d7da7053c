internal import HL7Syntax

/// DG1 in an order to the Condition that is the reason for it; one that is known already is left alone.
struct OrderConditionMap {
    let context: MappingContext
    let subject: String

    func map(_ segment: Segment) -> StatedResource? {
        let code = segment[field: 3][repetition: 1]
        guard
            let concept = CodeableConceptMap(context: context).map(code, local: "DG1-3")
                ?? FHIRValue.text(segment[field: 4].value).map({ .object(["text": $0]) })
        else { return nil }
        var condition = FHIRObject()
        condition.set("code", concept)
        condition.set("subject", .reference(subject))
        condition.append(
            "category",
            .concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis"))
        context.dateTime(segment[field: 5])?.set("onsetDateTime", in: &condition)
        context.dateTime(segment[field: 19])?.set("recordedDate", in: &condition)
        condition.set("recorder", PractitionerMap(context: context).reference(segment[field: 16][repetition: 1]))
        let name = [1, 4, 2].lazy.compactMap { code[component: $0].value?.collapsed }.first ?? segment.text(4)
        let key =
            EntityIdentifier(segment[field: 20][repetition: 1], context.profile)
            .map { IdentityKey("Condition", [context.profile.id, "DG1-20", subject, $0.keyPart]) }
            ?? IdentityKey("Condition", [subject, name, code[component: 3].string])
        return StatedResource(key, condition, rule: .mention, location: segment.location)
    }
}
