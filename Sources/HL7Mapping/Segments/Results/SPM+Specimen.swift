internal import HL7Syntax

/// SPM to Specimen. SPM[Specimen].
struct SpecimenMap {
    let context: MappingContext
    let subject: String

    /// SPM-2.2, SPM-2.1, SPM-30 with the type (one accession may have several), else what the order says of it. §2.1.
    func key(_ segment: Segment, group: ResultGroup) -> IdentityKey {
        let number = segment[field: 2][repetition: 1]
        let profile = context.profile
        for component in [2, 1] {
            if let id = EntityIdentifier(nested: number[component: component], profile) {
                return IdentityKey("Specimen", [profile.id, component == 2 ? "filler" : "placer", id.keyPart])
            }
        }
        if let accession = segment[field: 30].value?.cleaned {
            return IdentityKey("Specimen", [profile.id, "accession", accession, segment.text(4)])
        }
        let parts = group.orderKeyParts(profile) + [segment.text(1), segment.text(4)]
        return IdentityKey("Specimen", [profile.id, "order"] + parts)
    }

    func map(_ entry: SpecimenEntry, key: IdentityKey, stampSeconds: Int) -> MappedResource {
        let segment = entry.segment
        let profile = context.profile
        let concepts = CodeableConceptMap(context: context)
        func concept(_ field: Int, table: String) -> FHIRValue? {
            concepts.map(segment[field: field][repetition: 1], local: "SPM-\(field)", table: table)
        }
        var specimen = FHIRObject(["resourceType": .string("Specimen"), "id": .string(key.id)])
        let numbers = segment[field: 2][repetition: 1]
        for (component, type) in [(1, "PLAC"), (2, "FILL")] {
            if let id = EntityIdentifier(nested: numbers[component: component], profile) {
                specimen.append("identifier", id.map(type: type))
            }
        }
        let identifiers = IdentifierMap(context: context)
        specimen.set("accessionIdentifier", identifiers.map(segment[field: 30][repetition: 1], type: "ACSN"))
        for other in segment[field: 31].repetitions { specimen.append("identifier", identifiers.map(other)) }
        specimen.set("status", status(segment).map { .string($0) })
        specimen.set("type", concept(4, table: "0487"))
        specimen.set("subject", .reference(subject))
        context.dateTime(segment[field: 18])?.set("receivedTime", in: &specimen)
        specimen.set("collection", collection(segment, concept))
        addContainers(entry, container(segment, concept), &specimen)
        for condition in segment[field: 24].repetitions {
            specimen.append("condition", concepts.map(condition, local: "SPM-24", table: "0493"))
        }
        for text in segment[field: 14].repetitions {
            specimen.append("note", FHIRValue.text(text.value).map { .object(["text": $0]) })
        }
        for note in NoteMap(context: context).notes(entry.notes) { specimen.append("note", note.annotation) }
        return MappedResource(
            key, specimen, matching: .update, stamp: ResultStamp(seconds: stampSeconds, rank: 0),
            location: segment.location)
    }

    /// SPM-27 and SPM-6 describe the container that SAC-3 numbers.
    private func addContainers(_ entry: SpecimenEntry, _ description: FHIRValue, _ specimen: inout FHIRObject) {
        let numbers = entry.containers.compactMap { EntityIdentifier($0[field: 3][repetition: 1], context.profile) }
        guard !numbers.isEmpty, case .object(let content) = description else {
            return specimen.append("container", description)
        }
        for number in numbers {
            var container = FHIRObject()
            container.append("identifier", number.map(type: nil))
            for member in content.members { container.set(member.key, member.value) }
            specimen.append("container", .object(container))
        }
    }

    private func status(_ segment: Segment) -> String? {
        if segment[field: 21].isValued { return "unsatisfactory" }
        switch segment.code(20) {
        case "Y": return "available"
        case "N": return "unavailable"
        default: return nil
        }
    }

    private func collection(_ segment: Segment, _ concept: (Int, String) -> FHIRValue?) -> FHIRValue {
        var collection = FHIRObject()
        let time = segment[field: 17][repetition: 1]
        if time[component: 2].isValued {
            collection.set(
                "collectedPeriod",
                PeriodMap.map(
                    context, start: time[component: 1].string, end: time[component: 2].string,
                    at: segment[field: 17].location))
        } else {
            context.dateTime(segment[field: 17])?.set("collectedDateTime", in: &collection)
        }
        let amount = segment[field: 12][repetition: 1]
        if let number = DecimalText(amount[component: 1].string, usesDecimalComma: context.profile.usesDecimalComma) {
            collection.set("quantity", Unit(nested: amount[component: 2], context.profile).quantity(number))
        }
        collection.set("method", concept(7, "0488"))
        collection.set("bodySite", concept(8, "0543"))
        return .object(collection)
    }

    private func container(_ segment: Segment, _ concept: (Int, String) -> FHIRValue?) -> FHIRValue {
        .object(["type": concept(27, "0378"), "additiveCodeableConcept": concept(6, "0371")])
    }
}
