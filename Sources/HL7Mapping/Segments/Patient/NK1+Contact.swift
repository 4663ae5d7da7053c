internal import HL7Syntax

/// NK1 to Patient.contact. NK1[Patient-Contact].
struct ContactMap {
    let context: MappingContext

    func map(_ segment: Segment) -> FHIRValue {
        var contact = FHIRObject()
        contact.append("relationship", Self.relationship(segment[field: 3][repetition: 1], context))
        contact.set("name", HumanNameMap(context: context).map(segment[field: 2][repetition: 1]))
        for (field, use) in [(5, "home"), (6, "work")] {
            for number in segment[field: field].repetitions {
                contact.append("telecom", ContactPointMap.map(number, use: use))
            }
        }
        contact.set("address", AddressMap(context: context).map(segment[field: 4][repetition: 1]))
        return .object(contact)
    }

    /// NK1-3. §2.3.
    static func relationship(_ repetition: Repetition, _ context: MappingContext) -> FHIRValue? {
        guard let code = repetition[component: 1].value?.collapsed.uppercased() else { return nil }
        let contactRole = ["EMC": "C", "EMR": "E", "OTH": "O", "UNK": "U"]
        if let role = contactRole[code] { return .concept("http://terminology.hl7.org/CodeSystem/v2-0131", role) }
        let roles = [
            "SPO": "SPS", "CHD": "CHILD", "PAR": "PRN", "MTH": "MTH", "FTH": "FTH", "SIB": "SIB", "BRO": "BRO",
            "SIS": "SIS", "GRP": "GRPRN", "DOM": "SIGOTHR", "FND": "FRND", "SEL": "ONESELF",
        ]
        if let role = roles[code] { return .concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", role) }
        return CodeableConceptMap(context: context).map(repetition, local: "NK1-3", table: "0063")
    }
}
