internal import HL7Syntax

/// NK1 with an identifier (NK1-33), and the mother of PID-21, to RelatedPerson. NK1[RelatedPerson].
struct RelatedPersonMap {
    let context: MappingContext
    let subject: String

    /// Nil without NK1-33: then it is a contact of the patient and nothing more.
    func map(_ segment: Segment) -> StatedResource? {
        let map = IdentifierMap(context: context)
        let pairs = segment[field: 33].repetitions.compactMap { map.pair($0) }
        guard let first = pairs.first else { return nil }
        var person = FHIRObject(["meta": context.sourceMeta])
        for repetition in segment[field: 33].repetitions { person.append("identifier", map.map(repetition)) }
        person.set("active", .bool(true))
        person.set("patient", .reference(subject))
        person.append("relationship", ContactMap.relationship(segment[field: 3][repetition: 1], context))
        for name in segment[field: 2].repetitions { person.append("name", HumanNameMap(context: context).map(name)) }
        for (field, use) in [(5, "home"), (6, "work")] {
            for number in segment[field: field].repetitions {
                person.append("telecom", ContactPointMap.map(number, use: use))
            }
        }
        let sex = segment.code(15)
        if !sex.isEmpty { person.set("gender", .string(AdministrativeSexTable.gender(sex).gender)) }
        if let birth = context.dateTime(segment[field: 16]) { person.set("birthDate", .string(birth.date)) }
        for address in segment[field: 4].repetitions {
            person.append("address", AddressMap(context: context).map(address))
        }
        // One person may be next of kin to several patients: R4 has a RelatedPerson for each.
        let key = IdentityKey("RelatedPerson", [context.profile.id, subject, first.system, first.value])
        return StatedResource(
            key, person, rule: .source(), stamp: context.eventStamp, location: segment.location)
    }

    /// PID-21.
    func mother(_ patient: Segment) -> StatedResource? {
        let map = IdentifierMap(context: context)
        guard let pair = map.pair(patient[field: 21][repetition: 1]) else { return nil }
        var person = FHIRObject(["meta": context.sourceMeta])
        person.append("identifier", map.map(patient[field: 21][repetition: 1]))
        person.set("active", .bool(true))
        person.set("patient", .reference(subject))
        person.append("relationship", .concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH"))
        let key = IdentityKey("RelatedPerson", [context.profile.id, subject, pair.system, pair.value])
        return StatedResource(
            key, person, rule: .source(), stamp: context.eventStamp, location: patient.location)
    }
}
