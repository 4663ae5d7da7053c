internal import HL7Syntax

/// PR1 to Procedure. PR1[Procedure].
struct ProcedureMap {
    let context: MappingContext
    let subject: String
    let encounter: String?

    func map(_ segment: Segment) -> StatedResource? {
        guard let key = key(segment) else {
            context.warn(.requiredFieldMissing, at: segment.location, "a procedure without code or text; left out")
            return nil
        }
        var procedure = FHIRObject(["meta": context.sourceMeta])
        if let own = EntityIdentifier(segment[field: 19][repetition: 1], context.profile) {
            procedure.append("identifier", own.map(type: nil))
        }
        procedure.set("status", .string(segment.code(20) == "D" ? "entered-in-error" : "completed"))
        procedure.set("category", concept(segment, 6, table: "0230"))
        procedure.set("code", code(segment))
        procedure.set("subject", .reference(subject))
        procedure.set("encounter", encounter.map { .reference($0) })
        context.dateTime(segment[field: 5])?.set("performedDateTime", in: &procedure)
        addPerformers(segment, &procedure)
        procedure.append("reasonCode", concept(segment, 15))
        return StatedResource(
            key, procedure, rule: .source(), stamp: context.eventStamp, location: segment.location)
    }

    /// PR1-19; else the patient, what was done, and when.
    private func key(_ segment: Segment) -> IdentityKey? {
        if let own = EntityIdentifier(segment[field: 19][repetition: 1], context.profile) {
            return IdentityKey("Procedure", [context.profile.id, own.keyPart])
        }
        guard let code = CodedKey(segment[field: 3][repetition: 1], text: segment.text(4)) else { return nil }
        return IdentityKey("Procedure", [context.profile.id, subject, code.value, code.system, segment.text(5)])
    }

    private func code(_ segment: Segment) -> FHIRValue? {
        var code = FHIRObject()
        if case .object(let object)? = concept(segment, 3) { code = object }
        if let text = FHIRValue.text(segment[field: 4].value) { code.set("text", text) }
        return .object(code)
    }

    private func addPerformers(_ segment: Segment, _ procedure: inout FHIRObject) {
        let map = PractitionerMap(context: context)
        for (field, role) in [(11, "PPRF"), (8, "SPRF"), (12, "PPRF")] {
            for person in segment[field: field].repetitions {
                guard let actor = map.reference(person) else { continue }
                procedure.append(
                    "performer",
                    .object(["function": .concept(EncounterMap.participation, role), "actor": actor]))
            }
        }
    }

    private func concept(_ segment: Segment, _ field: Int, table: String? = nil) -> FHIRValue? {
        CodeableConceptMap(context: context)
            .map(segment[field: field][repetition: 1], local: "PR1-\(field)", table: table)
    }
}
