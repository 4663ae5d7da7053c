internal import HL7Syntax

/// RXA with its ORC, RXR, OBX and NTE to Immunization. RXA[Immunization], §2.10.
struct ImmunizationMap {
    let scope: MessageScope

    /// CVX 998, nothing was given; 999 is "unknown", which was given.
    static func isNothing(_ given: Segment) -> Bool {
        let code = given[field: 5][repetition: 1]
        return [1, 4].contains { code[component: $0].value?.collapsed == "998" }
    }

    /// ORC-3; else what was given to whom, when, and from which lot. §2.1.
    func key(_ entry: VaccinationEntry) -> IdentityKey {
        let profile = scope.profile
        if let filler = filler(entry) { return IdentityKey("Immunization", [profile.id, "filler", filler.keyPart]) }
        let given = entry.given
        let code = given[field: 5][repetition: 1]
        let text = [1, 4, 2].lazy.compactMap { code[component: $0].value?.collapsed }.first { !$0.isEmpty } ?? ""
        return IdentityKey(
            "Immunization",
            [profile.id, "given", scope.subject, text, String(given.text(3).prefix(8)), given.text(15).collapsed])
    }

    func map(_ entry: VaccinationEntry, key: IdentityKey) -> StatedResource {
        let given = entry.given
        var immunization = FHIRObject()
        if let filler = filler(entry) { immunization.append("identifier", filler.map(type: "FILL")) }
        if let placer = scope.entity(entry.control, 2) { immunization.append("identifier", placer.map(type: "PLAC")) }
        addStatus(given, &immunization)
        immunization.set("vaccineCode", scope.concept(given, 5, table: "0292") ?? .dataAbsentExtension("unknown"))
        immunization.set("patient", .reference(scope.subject))
        immunization.set("encounter", scope.encounter)
        addTimes(entry, &immunization)
        addSource(given, &immunization)
        immunization.set("location", location(given))
        immunization.set("manufacturer", manufacturer(given))
        immunization.set("lotNumber", .text(given[field: 15].value))
        if let expiry = scope.context.dateTime(given[field: 16]) {
            immunization.set("expirationDate", .string(expiry.date))
        }
        if let route = entry.route {
            immunization.set("site", scope.concept(route, 2, table: "0163"))
            immunization.set("route", scope.concept(route, 1, table: "0162"))
        }
        immunization.set("doseQuantity", dose(given))
        addPerformers(entry, &immunization)
        for note in NoteMap(context: scope.context).notes(entry.notes) { immunization.append("note", note.annotation) }
        immunization.append("reasonCode", contentsOf: scope.concepts(given, 19))
        let filler = filler(entry)
        return StatedResource(
            key, immunization, identifiers: filler?.claims ?? [], stamp: scope.context.eventStamp,
            location: given.location)
    }

    private func filler(_ entry: VaccinationEntry) -> EntityIdentifier? { scope.entity(entry.control, 3) }

    private func addStatus(_ given: Segment, _ immunization: inout FHIRObject) {
        let status = ImmunizationStatusTable.status(completion: given.code(20), action: given.code(21))
        if status == nil {
            scope.context.warn(.tableValueNotFound, at: given[field: 20].location, "completion status not known")
        }
        immunization.set("status", .string(status ?? "completed"))
        // A refusal says why; R4 has no place for a reason of what was done.
        if status == "not-done" { immunization.set("statusReason", scope.concept(given, 18)) }
    }

    private func addTimes(_ entry: VaccinationEntry, _ immunization: inout FHIRObject) {
        let context = scope.context
        if let time = context.dateTime(entry.given[field: 3]) {
            time.set("occurrenceDateTime", in: &immunization)
        } else {
            context.warn(.requiredFieldMissing, at: entry.given[field: 3].location, "no time of administration")
            immunization.set("occurrenceString", .string("unknown"))
        }
        let recorded =
            context.dateTime(entry.given[field: 22]) ?? entry.control.flatMap { context.dateTime($0[field: 9]) }
        recorded?.set("recorded", in: &immunization)
    }

    /// RXA-9: coded, or words only, which are a note.
    private func addSource(_ given: Segment, _ immunization: inout FHIRObject) {
        for repetition in given[field: 9].repetitions {
            guard let code = repetition[component: 1].value?.collapsed, !code.isEmpty else {
                if let text = FHIRValue.text(repetition[component: 2].value) {
                    immunization.append("note", .object(["text": text]))
                }
                continue
            }
            let isPrimary = ImmunizationStatusTable.isPrimarySource(code)
            immunization.set("primarySource", .bool(isPrimary))
            guard !isPrimary else { continue }
            let origin = CodeableConceptMap(context: scope.context).map(repetition, local: "RXA-9")
            immunization.set("reportOrigin", origin)
        }
    }

    /// 999 is "amount not known", and 0 goes with refusals.
    private func dose(_ given: Segment) -> FHIRValue? {
        guard let amount = DecimalText(given.text(6), usesDecimalComma: scope.profile.usesDecimalComma),
            amount.comparator == nil, !["999", "0"].contains(amount.number)
        else { return nil }
        return Unit(given[field: 7][repetition: 1], scope.profile).quantity(amount)
    }

    private func location(_ given: Segment) -> FHIRValue? {
        let map = PlaceReferenceMap(context: scope.context)
        // LA2 (RXA-11) starts like a PL.
        return map.reference(given[field: 27][repetition: 1]) ?? map.reference(given[field: 11][repetition: 1])
    }

    /// MVX names the maker, not an organisation that has a record here.
    private func manufacturer(_ given: Segment) -> FHIRValue? {
        let field = given[field: 17][repetition: 1]
        guard let code = field[component: 1].value?.collapsed, !code.isEmpty else {
            return FHIRValue.text(field[component: 2].value).map { .object(["display": $0]) }
        }
        let name = field[component: 3].value ?? ""
        let system = scope.profile.codeSystems[name] ?? CodingSystemTable.uri(name) ?? "http://hl7.org/fhir/sid/mvx"
        return .object([
            "type": .string("Organization"),
            "identifier": .object(["system": .string(system), "value": .string(code)]),
            "display": .text(field[component: 2].value ?? code),
        ])
    }

    /// RXA-10 gave it, ORC-12 ordered it.
    private func addPerformers(_ entry: VaccinationEntry, _ immunization: inout FHIRObject) {
        let system = "http://terminology.hl7.org/CodeSystem/v2-0443"
        for (people, function) in [(scope.people(entry.given, 10), "AP"), (scope.people(entry.control, 12), "OP")] {
            for person in people {
                immunization.append(
                    "performer", .object(["function": .concept(system, function), "actor": person]))
            }
        }
    }
}
