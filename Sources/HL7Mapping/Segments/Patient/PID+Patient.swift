internal import HL7Syntax

/// PID (and NK1, PD1) to Patient. PID[Patient], §2.5.1.
struct PatientMap {
    let context: MappingContext
    let segment: Segment

    /// Every identifier that may decide who the patient is, in the order sent: PID-3, then PID-2 and PID-4 up to 2.3.
    func candidates() -> [FHIRIdentifier] {
        let map = IdentifierMap(context: context)
        var fields = [3]
        if context.header.versionNumbers.lexicographicallyPrecedes([2, 3, 1]) { fields += [2, 4] }
        var pairs: [FHIRIdentifier] = []
        for field in fields {
            for repetition in segment[field: field].repetitions {
                guard let pair = map.pair(repetition), isTrusted(pair, field), !pairs.contains(pair) else { continue }
                pairs.append(pair)
            }
        }
        return pairs
    }

    /// Whether the sender may state identifiers of this system (F-39), as it may its own local ones; others stay with
    /// the message.
    private func isTrusted(_ identifier: FHIRIdentifier, _ field: Int) -> Bool {
        guard let trusted = context.profile.trustedAssigners, !trusted.contains(identifier.system),
            !identifier.system.hasPrefix(context.profile.localSystem("ns", ""))
        else { return true }
        context.warn(
            .tableValueNotFound, at: segment[field: field].location,
            "an identifier of an assigner that this sender does not speak for; left out")
        return false
    }

    func map(id: String, key: IdentityKey, related: [Segment], notes: [Segment]) -> MappedResource {
        var patient = FHIRObject(["resourceType": .string("Patient"), "id": .string(id)])
        for member in content(related: related, notes: notes).members { patient.set(member.key, member.value) }
        return MappedResource(
            key, patient, matching: .patient,
            stamp: ResultStamp(
                seconds: context.dateTime(segment[field: 33])?.instantSeconds ?? headerSeconds, rank: 0),
            location: segment.location, id: id)
    }

    /// The Patient without type and id.
    func content(related: [Segment], notes: [Segment]) -> FHIRObject {
        var patient = FHIRObject()
        addExtensions(&patient, notes)
        addIdentifiers(&patient)
        for field in [5, 9] {
            for name in segment[field: field].repetitions {
                patient.append("name", HumanNameMap(context: context).map(name))
            }
        }
        addTelecom(&patient)
        addGender(&patient)
        addBirthDate(&patient)
        addDeath(&patient)
        for address in segment[field: 11].repetitions {
            patient.append("address", AddressMap(context: context).map(address))
        }
        addMaritalStatus(&patient)
        addBirthOrder(&patient)
        for contact in related { patient.append("contact", ContactMap(context: context).map(contact)) }
        if let language = concept(15, table: "0296") {
            patient.append("communication", .object(["language": language, "preferred": .bool(true)]))
        }
        return patient
    }

    private var headerSeconds: Int {
        context.dateTime(context.message["MSH", field: 7])?.instantSeconds ?? 0
    }

    private func addExtensions(_ patient: inout FHIRObject, _ notes: [Segment]) {
        if let name = segment[field: 6][component: 1][subcomponent: 1].value {
            patient.append("extension", .extension(ExtensionURL.mothersMaidenName, "valueString", .text(name)))
        }
        patient.append(
            "extension", .extension(ExtensionURL.religion, "valueCodeableConcept", concept(17, table: "0006")))
        if let place = segment[field: 23].value {
            let address = FHIRValue.text(place).map { FHIRValue.object(["text": $0]) }
            patient.append("extension", .extension(ExtensionURL.birthPlace, "valueAddress", address))
        }
        for (field, url) in [(26, ExtensionURL.citizenship), (28, ExtensionURL.nationality)] {
            let inner = FHIRValue.extension(
                "code", "valueCodeableConcept", concept(field, table: field == 26 ? "0171" : "0212"))
            patient.append("extension", inner.map { .object(["url": .string(url), "extension": .array([$0])]) })
        }
        for note in NoteMap(context: context).notes(notes) {
            patient.append("extension", .extension("urn:martlet:patient-comment", "valueString", .text(note.text)))
        }
    }

    private func addIdentifiers(_ patient: inout FHIRObject) {
        let map = IdentifierMap(context: context)
        var seen: [FHIRIdentifier] = []
        for field in [3, 2, 4] {
            for repetition in segment[field: field].repetitions {
                guard let pair = map.pair(repetition), isTrusted(pair, field), !seen.contains(pair) else { continue }
                seen.append(pair)
                patient.append("identifier", map.map(repetition))
            }
        }
        if let number = segment[field: 19].value?.cleaned, !context.profile.isDummy(number) {
            let type = FHIRValue.concept("http://terminology.hl7.org/CodeSystem/v2-0203", "SS")
            patient.append(
                "identifier",
                .object(["type": type, "system": .string("http://hl7.org/fhir/sid/us-ssn"), "value": .text(number)]))
        }
        if let licence = segment[field: 20][component: 1].value?.cleaned, !licence.isEmpty {
            let state = segment[field: 20][component: 2].value ?? ""
            let type = FHIRValue.concept("http://terminology.hl7.org/CodeSystem/v2-0203", "DL")
            let system = context.profile.localSystem("ns", "DL-" + state)
            patient.append("identifier", .object(["type": type, "system": .string(system), "value": .text(licence)]))
        }
    }

    /// PID-40 (2.7) holds all numbers and wins over PID-13 and PID-14.
    private func addTelecom(_ patient: inout FHIRObject) {
        let fields: [(Int, String?)] = segment[field: 40].isValued ? [(40, nil)] : [(13, "home"), (14, "work")]
        for (field, use) in fields {
            for number in segment[field: field].repetitions {
                patient.append("telecom", ContactPointMap.map(number, use: use))
            }
        }
    }

    private func addGender(_ patient: inout FHIRObject) {
        guard let code = segment[field: 8][component: 1].value?.collapsed, !code.isEmpty else { return }
        let (gender, isExact) = AdministrativeSexTable.gender(code)
        patient.set("gender", .string(gender))
        guard !isExact else { return }
        let original = FHIRValue.concept("http://terminology.hl7.org/CodeSystem/v2-0001", code)
        patient.set(
            "_gender",
            FHIRValue.extension(ExtensionURL.alternateCodes, "valueCodeableConcept", original)
                .map { .object(["extension": .array([$0])]) })
    }

    /// The time of birth only where there is one: many senders fill the field up with zeros.
    private func addBirthDate(_ patient: inout FHIRObject) {
        guard let birth = context.dateTime(segment[field: 7]) else { return }
        patient.set("birthDate", .string(birth.date))
        let digits = segment.text(7).dropFirst(8).prefix { $0.isNumber }
        guard birth.instantSeconds != nil, digits.contains(where: { $0 != "0" }) else { return }
        let time = FHIRValue.extension(ExtensionURL.birthTime, "valueDateTime", .string(birth.text))
        patient.set("_birthDate", time.map { .object(["extension": .array([$0])]) })
    }

    private func addDeath(_ patient: inout FHIRObject) {
        if let death = context.dateTime(segment[field: 29]) {
            death.set("deceasedDateTime", in: &patient)
        } else if let flag = flag(30) {
            patient.set("deceasedBoolean", .bool(flag))
        }
    }

    private func addMaritalStatus(_ patient: inout FHIRObject) {
        guard let code = segment[field: 16][component: 1].value?.collapsed else { return }
        if let concept = MaritalStatusTable.concept(code) {
            patient.set("maritalStatus", concept)
        } else {
            context.warn(.tableValueNotFound, at: segment[field: 16].location, "marital status kept as text")
            patient.set(
                "maritalStatus",
                FHIRValue.text(segment[field: 16][component: 2].value ?? code).map { .object(["text": $0]) })
        }
    }

    private func addBirthOrder(_ patient: inout FHIRObject) {
        if let order = Int(segment.text(25)), order > 0 {
            patient.set("multipleBirthInteger", .number("\(order)"))
        } else if let flag = flag(24) {
            patient.set("multipleBirthBoolean", .bool(flag))
        }
    }

    private func flag(_ field: Int) -> Bool? {
        switch segment.code(field) {
        case "Y": true
        case "N": false
        default: nil
        }
    }

    private func concept(_ field: Int, table: String) -> FHIRValue? {
        CodeableConceptMap(context: context)
            .map(segment[field: field][repetition: 1], local: "PID-\(field)", table: table)
    }
}
