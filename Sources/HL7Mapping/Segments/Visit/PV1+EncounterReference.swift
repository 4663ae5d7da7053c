internal import HL7Syntax

/// PV1-19 to a reference by identifier: the Encounter itself is made from ADT messages.
enum EncounterReferenceMap {
    static func map(_ context: MappingContext, _ visit: Segment?) -> FHIRValue? {
        guard let visit, let pair = IdentifierMap(context: context).pair(visit[field: 19][repetition: 1]) else {
            return nil
        }
        let type = FHIRValue.concept("http://terminology.hl7.org/CodeSystem/v2-0203", "VN")
        return .object([
            "type": .string("Encounter"),
            "identifier": .object(["type": type, "system": .string(pair.system), "value": .string(pair.value)]),
        ])
    }
}
