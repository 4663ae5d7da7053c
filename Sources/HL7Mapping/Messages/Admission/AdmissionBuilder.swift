internal import HL7Syntax
internal import JSONTape

/// Puts together what an ADT message states, patient by patient.
struct AdmissionBuilder {
    let context: MappingContext
    let event: AdmissionEvent
    /// Ids in the store by those in the message.
    let patients: [String: String]
    private(set) var resources: [StatedResource] = []
    private(set) var sets: [AdmissionStatement.WholeSet] = []
    private(set) var visits: [String: String] = [:]
    /// The first patient's address.
    private(set) var patient: String?

    init(context: MappingContext, patients: [String: String]) {
        self.context = context
        self.patients = patients
        event = AdmissionEvent(trigger: context.header.triggerEvent)
    }

    mutating func add(_ group: AdmissionGroup) throws(MappingError) {
        let person = try person(group)
        append(person)
        patient = patient ?? person.address
        let subject = patients[person.id].map { "Patient/" + $0 } ?? person.address
        let account = AccountMap(context: context, subject: subject).map(group.patient[field: 18])
        if let account { append(account) }
        var visit: StatedResource?
        if !event.isAboutPersonOnly { visit = encounter(group, subject, account?.address) }
        if let visit {
            append(visit)
            visits[visit.address] = person.address
        }
        addSets(group, subject, patient: person.address, visit: visit?.address)
        for segment in group.all("PR1") {
            ProcedureMap(context: context, subject: subject, encounter: visit?.address).map(segment).map { append($0) }
        }
        addObservations(group, subject, visit: visit?.address)
    }

    /// The same resource twice in one message would be written twice: the later statement counts.
    private mutating func append(_ resource: StatedResource) {
        if let index = resources.firstIndex(where: { $0.address == resource.address }) {
            resources[index] = resource
        } else {
            resources.append(resource)
        }
    }

    // MARK: Person

    private func person(_ group: AdmissionGroup) throws(MappingError) -> StatedResource {
        let cleared = context.profile.trustsNulls ? PatientStatement.cleared(group.patient) : []
        let replacesContacts = event.replacesSets
        let active: FHIRValue? = event.deletesPerson ? .bool(false) : event.trigger == "A28" ? .bool(true) : nil
        let rule = StatedResource.Rule.combine { stored, stated, isOlder in
            var stated = stated
            if !replacesContacts { stated.merge("contact", from: stored) { $0["name"] } }
            stated.merge("generalPractitioner", from: stored) { $0["reference"] ?? $0["display"] }
            if !isOlder { stated.set("active", active) }
            return ElementOverlay.lay(stated, over: stored, clearing: cleared, fillsOnly: isOlder)
        }
        return try PatientStatement(context: context, segment: group.patient).make(
            rule: rule, related: group.all("NK1"), notes: group.notes, practice: group["PD1"],
            stamp: context.eventStamp)
    }

    // MARK: Visit

    /// - Returns: nil without PV1, or where nothing tells the visit apart.
    func encounter(_ group: AdmissionGroup, _ subject: String, _ account: String?) -> StatedResource? {
        guard let segment = group["PV1"] else { return nil }
        let map = EncounterMap(context: context, visit: segment, details: group["PV2"])
        guard let key = key(map, segment, subject) else {
            context.warn(.requiredFieldMissing, at: segment[field: 19].location, "no visit number; no visit was filed")
            return nil
        }
        var plain = map.content(subject: subject)
        if let account { plain.append("account", .reference(account)) }
        let diagnoses = DiagnosisMap(context: context, subject: subject, encounter: key.reference)
        for diagnosis in group.all("DG1") {
            guard let condition = diagnoses.key(diagnosis) else { continue }
            plain.append("diagnosis", diagnoses.diagnosis(diagnosis, condition: condition.reference))
        }
        let change = change(map, segment, plain)
        // A class that was not sent says nothing of the stored one.
        let own = EncounterChange.own.union(plain["class"] == nil ? ["class"] : [])
        let rule = StatedResource.Rule.combine { stored, stated, isOlder in
            change.apply(to: stored, plain: stated.without(own), isOlder: isOlder)
        }
        return StatedResource(
            key, change.apply(to: FHIRObject(), plain: plain, isOlder: false),
            identifiers: map.number.map { [$0] } ?? [], rule: rule, stamp: context.eventStamp,
            location: segment.location)
    }

    /// PV1-19, else PV1-50; else (patient, PV1-44, class). §2.1.
    private func key(_ map: EncounterMap, _ segment: Segment, _ subject: String) -> IdentityKey? {
        if let number = map.number { return IdentityKey("Encounter", [number.system, number.value]) }
        let start = map.admission?.text ?? (event.beginsVisit ? context.occurrence?.date : nil)
        return start.map { IdentityKey("Encounter", [context.profile.id, subject, $0, segment.code(2)]) }
    }

    private func change(_ map: EncounterMap, _ segment: Segment, _ plain: FHIRObject) -> EncounterChange {
        let places = LocationMap(context: context)
        let bed = segment[field: 40][component: 1].value?.collapsed
        let kinds = [(11, "active", "temporary"), (42, "reserved", "pending"), (43, "completed", "prior-temporary")]
        let others = kinds.compactMap { field, status, role in
            places.reference(segment[field: field][repetition: 1])
                .map { OtherPlace(reference: $0, status: status, role: role) }
        }
        let admission = map.admission
        var isAhead = false
        if let start = admission?.instantSeconds, let now = context.eventTime?.instantSeconds { isAhead = start > now }
        return EncounterChange(
            event: event, stated: context.eventTime, happened: context.occurrence, admission: admission,
            discharge: map.discharge, status: event.status(isAhead: isAhead),
            firstStatus: EncounterClassTable.status(segment.code(2)),
            place: places.reference(segment[field: 3][repetition: 1], operationalStatus: bed),
            priorPlace: places.reference(segment[field: 6][repetition: 1]), otherPlaces: others,
            clearedRoles: context.profile.trustsNulls ? map.clearedRoles : [])
    }

    // MARK: Groups of segments

    private mutating func addSets(_ group: AdmissionGroup, _ subject: String, patient: String, visit: String?) {
        let allergies = AllergyMap(context: context, subject: subject)
        let reactions = group.withNotes("AL1") + group.withNotes("IAM")
        // IAM-6 with deletions alone is a change of the set, not the set.
        let isChange = group["AL1"] == nil && !group.all("IAM").contains { $0.code(6) != "D" }
        add(
            "AllergyIntolerance", isThere: !reactions.isEmpty && !isChange, patient: patient,
            reactions.compactMap { allergies.map($0.segment, notes: $0.notes) })
        let diagnoses = DiagnosisMap(context: context, subject: subject, encounter: visit)
        add(
            "Condition", isThere: group["DG1"] != nil, patient: patient, visit: visit,
            group.all("DG1").compactMap { diagnoses.map($0) })
        let people = RelatedPersonMap(context: context, subject: subject)
        let mother = people.mother(group.patient)
        add(
            "RelatedPerson", isThere: group["NK1"] != nil, patient: patient,
            group.all("NK1").compactMap { people.map($0) } + [mother].compactMap(\.self))
        let insurance = CoverageMap(context: context, subject: subject)
        let financialClass = group["PV1"].flatMap {
            CodeableConceptMap(context: context).map($0[field: 20][repetition: 1], local: "PV1-20", table: "0064")
        }
        add(
            "Coverage", isThere: group["IN1"] != nil, patient: patient,
            group.all("IN1").compactMap { insurance.map($0, financialClass: financialClass) })
    }

    private mutating func add(
        _ type: String, isThere: Bool, patient: String, visit: String? = nil, _ members: [StatedResource]
    ) {
        for member in members { append(member) }
        guard isThere, event.replacesSets else { return }
        sets.append(
            AdmissionStatement.WholeSet(
                type: type, patient: patient, visit: visit, members: Set(members.map(\.address)),
                stamp: context.eventStamp))
    }

    // MARK: OBX

    private mutating func addObservations(_ group: AdmissionGroup, _ subject: String, visit: String?) {
        let stamp = context.eventStamp
        let scope = ResultScope(
            subject: subject, encounter: visit.map { .reference($0) }, reportStatus: "", effective: context.occurrence,
            issued: nil, stampSeconds: stamp?.seconds ?? 0, category: nil)
        let map = ObservationMap(context: context, scope: scope)
        var counts: [String: Int] = [:]
        for (segment, notes) in group.withNotes("OBX") {
            let entry = ResultEntry(lines: [segment], notes: notes)
            let key = observationKey(entry, subject, visit, &counts)
            guard let mapped = map.map(entry, key: key, hasMember: [], derivedFrom: []),
                let document = try? Document.parse(mapped.resource.json)
            else { continue }
            let content = FHIRObject(JSONNode(document)).without(["resourceType", "id"])
            append(StatedResource(key, content, rule: .overlay, stamp: stamp, location: segment.location))
        }
    }

    /// OBX-21; else the patient, the visit, the time, and what was observed. §2.1.
    private func observationKey(
        _ entry: ResultEntry, _ subject: String, _ visit: String?, _ counts: inout [String: Int]
    ) -> IdentityKey {
        let profile = context.profile
        if let own = EntityIdentifier(entry.first[field: 21][repetition: 1], profile) {
            return IdentityKey("Observation", [profile.id, "instance", own.keyPart, subject])
        }
        let base = [profile.id, "admission", subject, visit ?? "", entry.first.text(14), entry.code, entry.subID]
        let text = IdentityKey("Observation", base).text
        counts[text, default: 0] += 1
        return IdentityKey("Observation", base + ["\(counts[text, default: 1])"])
    }
}
