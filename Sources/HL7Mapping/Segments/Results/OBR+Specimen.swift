internal import HL7Syntax

/// OBR-15 (up to 2.4) to Specimen; only where no SPM tells more. OBR[Specimen].
extension SpecimenMap {
    func map(_ group: ResultGroup, stampSeconds: Int) -> MappedResource? {
        let segment = group.order
        let source = segment[field: 15][repetition: 1]
        // Before 2.5 the source is a CE whose parts are subcomponents of OBR-15.1.
        let code = source[component: 1]
        guard code.isValued else { return nil }
        let key = IdentityKey(
            "Specimen",
            [context.profile.id, "order"] + group.orderKeyParts(context.profile)
                + [code[subcomponent: 1].string, segment.text(7)])
        var specimen = FHIRObject(["resourceType": .string("Specimen"), "id": .string(key.id)])
        specimen.set("type", type(code))
        specimen.set("subject", .reference(subject))
        context.dateTime(segment[field: 14])?.set("receivedTime", in: &specimen)
        var collection = FHIRObject()
        context.dateTime(segment[field: 7])?.set("collectedDateTime", in: &collection)
        collection.set("bodySite", FHIRValue.text(source[component: 4].value).map { .object(["text": $0]) })
        specimen.set("collection", .object(collection))
        return MappedResource(
            key, specimen, matching: .update, stamp: ResultStamp(seconds: stampSeconds, rank: 0),
            location: segment[field: 15].location)
    }

    private func type(_ code: Component) -> FHIRValue? {
        func part(_ number: Int) -> String? { code[subcomponent: number].value?.collapsed }
        guard let value = part(1), !value.isEmpty else { return FHIRValue.text(part(2)).map { .object(["text": $0]) } }
        let system = part(3).flatMap(CodingSystemTable.uri) ?? "http://terminology.hl7.org/CodeSystem/v2-0070"
        var concept = FHIRObject()
        concept.append("coding", .coding(system, value, display: part(2)))
        concept.set("text", .text(part(2)))
        return .object(concept)
    }
}
