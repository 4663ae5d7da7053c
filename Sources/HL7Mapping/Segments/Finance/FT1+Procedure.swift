internal import HL7Syntax

/// FT1-25 and 26 to Procedure: what was done for the charge. §2.8.
struct ChargedProcedureMap {
    let scope: MessageScope

    func map(_ segment: Segment, charge: IdentityKey) -> StatedResource? {
        guard segment.code(6) != TransactionType.credit.rawValue, let code = scope.concept(segment, 25) else {
            return nil
        }
        var procedure = FHIRObject()
        for modifier in scope.concepts(segment, 26, table: "0340") {
            procedure.append(
                "extension", .extension("urn:martlet:procedure-modifier", "valueCodeableConcept", modifier))
        }
        procedure.set("status", .string("completed"))
        procedure.set("code", code)
        procedure.set("subject", .reference(scope.subject))
        procedure.set("encounter", scope.encounter)
        scope.context.dateTime(segment[field: 4])?.set("performedDateTime", in: &procedure)
        for person in scope.people(segment, 20) { procedure.append("performer", .object(["actor": person])) }
        return StatedResource(
            IdentityKey("Procedure", [charge.text]), procedure, stamp: scope.context.eventStamp,
            location: segment[field: 25].location)
    }
}
