internal import HL7Syntax

/// GT1 to a RelatedPerson who answers for the account; the patient, or an organisation, where it is one.
struct GuarantorMap {
    let scope: MessageScope

    /// The parties of all GT1, and those of them that the message makes, each once.
    func all(_ message: RawMessage) -> (people: [StatedResource], parties: [FHIRValue]) {
        var people: [StatedResource] = []
        var parties: [FHIRValue] = []
        for segment in message.segments(named: "GT1") {
            guard let (party, person) = map(segment) else { continue }
            parties.append(party)
            if let person, !people.contains(where: { $0.address == person.address }) { people.append(person) }
        }
        return (people, parties)
    }

    /// The party, and the resource that it is, if the message has to make one.
    func map(_ segment: Segment) -> (party: FHIRValue, resource: StatedResource?)? {
        if segment.code(11) == "SEL" || segment.code(11) == "18" { return (.reference(scope.subject), nil) }
        let names = segment[field: 3].repetitions.compactMap { HumanNameMap(context: scope.context).map($0) }
        guard !names.isEmpty else {
            let organization = OrganizationMap(context: scope.context).reference(segment[field: 21][repetition: 1])
            return organization.map { ($0, nil) }
        }
        let identifiers = IdentifierMap(context: scope.context)
        let number = identifiers.pair(segment[field: 2][repetition: 1])
        var person = FHIRObject()
        person.append("identifier", identifiers.map(segment[field: 2][repetition: 1]))
        person.set("active", .bool(true))
        person.set("patient", .reference(scope.subject))
        person.append("relationship", contentsOf: scope.concepts(segment, 11, table: "0063"))
        person.set("name", .array(names))
        for (field, use) in [(6, "home"), (7, "work")] {
            for telecom in segment[field: field].repetitions {
                person.append("telecom", ContactPointMap.map(telecom, use: use))
            }
        }
        let sex = segment.code(9)
        if !sex.isEmpty { person.set("gender", .string(AdministrativeSexTable.gender(sex).gender)) }
        if let birth = scope.context.dateTime(segment[field: 8]) { person.set("birthDate", .string(birth.date)) }
        for address in segment[field: 5].repetitions {
            person.append("address", AddressMap(context: scope.context).map(address))
        }
        let name = segment.text(3) + "^" + segment[field: 3][component: 2].string
        let resource = StatedResource(
            IdentityKey(
                "RelatedPerson",
                [scope.profile.id, "guarantor", scope.subject] + (number.map { [$0.system, $0.value] } ?? [name])),
            person, stamp: scope.context.eventStamp, location: segment.location)
        return (.reference(resource.address), resource)
    }
}
