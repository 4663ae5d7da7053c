internal import HL7Syntax

/// PV1 and PV2 to what they say of an Encounter, apart from status and places. PV1[Encounter], §2.7.1.
struct EncounterMap {
    let context: MappingContext
    /// PV1.
    let visit: Segment
    /// PV2.
    let details: Segment?

    /// PV1-19 is the visit number; before anybody gave one, PV1-50 may stand for it.
    var number: FHIRIdentifier? {
        let map = IdentifierMap(context: context)
        return map.pair(visit[field: 19][repetition: 1]) ?? map.pair(visit[field: 50][repetition: 1])
    }

    /// PV1-44, when the visit began.
    var admission: FHIRDateTime? { context.dateTime(visit[field: 44]) }

    /// PV1-45, when it ended; the newest of several.
    var discharge: FHIRDateTime? {
        visit[field: 45].repetitions.compactMap {
            context.dateTime($0[component: 1].string, at: visit[field: 45].location)
        }.last
    }

    /// PV1-2 in the words of FHIR; nil if empty.
    var patientClass: FHIRValue? { EncounterClassTable.coding(visit.code(2)) }

    func content(subject: String) -> FHIRObject {
        var encounter = FHIRObject()
        addExtensions(&encounter)
        for (field, type) in [(19, "VN"), (50, nil)] {
            for repetition in visit[field: field].repetitions {
                encounter.append("identifier", IdentifierMap(context: context).map(repetition, type: type))
            }
        }
        encounter.set("class", patientClass)
        encounter.append("type", concept(visit, 4, table: "0007"))
        encounter.set("serviceType", concept(visit, 10, table: "0069"))
        encounter.set("priority", details.flatMap { concept($0, 25, table: "0217") })
        encounter.set("subject", .reference(subject))
        if let episode = IdentifierMap(context: context).map(visit[field: 54][repetition: 1]) {
            encounter.append("episodeOfCare", .object(["type": .string("EpisodeOfCare"), "identifier": episode]))
        }
        addParticipants(&encounter)
        if let days = details.flatMap({ Int($0.text(11)) }), days >= 0 {
            encounter.set(
                "length",
                .object([
                    "value": .number("\(days)"), "unit": .string("d"),
                    "system": .string("http://unitsofmeasure.org"), "code": .string("d"),
                ]))
        }
        encounter.append("reasonCode", details.flatMap { concept($0, 3) })
        addHospitalization(&encounter)
        return encounter
    }

    private func addExtensions(_ encounter: inout FHIRObject) {
        guard let details else { return }
        for (field, url) in [(8, ExtensionURL.plannedStartR5), (9, ExtensionURL.plannedEndR5)] {
            let time = context.dateTime(details[field: field]).map { FHIRValue.string($0.text) }
            encounter.append("extension", .extension(url, "valueDateTime", time))
        }
        if let mode = details[field: 38][component: 1].value?.collapsed {
            let display = details[field: 38][component: 2].value
            let coding = FHIRValue.coding("http://terminology.hl7.org/CodeSystem/v2-0430", mode, display: display)
            encounter.append("extension", .extension(ExtensionURL.modeOfArrival, "valueCoding", coding))
        }
        // PV2-22: somebody asked that the visit be kept from others.
        if details.code(22) == "Y" {
            let label = FHIRValue.coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R")
            encounter.set("meta", .object(["security": .array([label])]))
        }
    }

    private func addParticipants(_ encounter: inout FHIRObject) {
        let map = PractitionerMap(context: context)
        var people = Self.roles.flatMap { field, role in
            visit[field: field].repetitions.map { (role, $0) }
        }
        people += details.map { $0[field: 13].repetitions.map { ("REF", $0) } } ?? []
        var seen: Set<FHIRValue> = []
        for (role, person) in people {
            guard let individual = map.reference(person) else { continue }
            let participant: FHIRValue = .object([
                "type": .array([.concept(Self.participation, role)]), "individual": individual,
            ])
            if seen.insert(participant).inserted { encounter.append("participant", participant) }
        }
    }

    /// Fields of PV1 that name people, by what they are to the visit.
    private static let roles = [(7, "ATND"), (8, "REF"), (9, "CON"), (17, "ADM"), (52, "PART")]

    /// Codes of those that came as `""`: the visit has none of them any more.
    var clearedRoles: Set<String> {
        Set(Self.roles.filter { visit[field: $0.0].isNull }.map(\.1))
    }

    private func addHospitalization(_ encounter: inout FHIRObject) {
        var stay = FHIRObject()
        stay.set("preAdmissionIdentifier", IdentifierMap(context: context).map(visit[field: 5][repetition: 1]))
        stay.set("admitSource", concept(visit, 14, table: "0023"))
        stay.set("reAdmission", concept(visit, 13, table: "0092"))
        for (field, element, table) in [
            (38, "dietPreference", "0114"), (16, "specialCourtesy", "0099"), (15, "specialArrangement", "0009"),
        ] {
            for repetition in visit[field: field].repetitions {
                stay.append(
                    element,
                    CodeableConceptMap(context: context).map(repetition, local: "PV1-\(field)", table: table))
            }
        }
        let place = visit[field: 37][repetition: 1]
        let destination = place[component: 2].value ?? place[component: 1].value
        stay.set("destination", FHIRValue.text(destination).map { .object(["display": $0]) })
        stay.set("dischargeDisposition", concept(visit, 36, table: "0112"))
        encounter.set("hospitalization", .object(stay))
    }

    private func concept(_ segment: Segment, _ field: Int, table: String? = nil) -> FHIRValue? {
        CodeableConceptMap(context: context)
            .map(segment[field: field][repetition: 1], local: "\(segment.name)-\(field)", table: table)
    }

    static let participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
}
