internal import HL7Syntax

/// OBX to Observation. OBX[Observation], §2.5.1.
struct ObservationMap {
    let context: MappingContext
    let scope: ResultScope

    /// What the report needs to know of the observation it lists.
    struct Mapped {
        let resource: MappedResource
        let reference: String
        /// The document that is its value.
        let document: MappedDocument?
        /// OBX-29 is QST or SCI: an answer to a question of the order, no result.
        let isOrderInformation: Bool
        let isResult: Bool
    }

    func map(_ entry: ResultEntry, key: IdentityKey, hasMember: [String], derivedFrom: [String]) -> Mapped? {
        guard let segment = entry.lines.first else { return nil }
        let code = segment.code(11)
        if !ObservationStatusTable.entry(code, reportStatus: scope.reportStatus).isKnown {
            context.warn(.tableValueNotFound, at: segment[field: 11].location, "result status not known")
        }
        let status = ObservationStatusTable.entry(code, reportStatus: scope.reportStatus)
        var observation = FHIRObject(["resourceType": .string("Observation"), "id": .string(key.id)])
        var values = ObservationValueMap(context: context).map(entry.lines)
        // X is "cannot be obtained": what may stand in OBX-5 is no result.
        if status.status == "cancelled" { values.values = [] }

        let document = values.attachment.flatMap {
            MappedDocument(
                $0, owner: key, type: concept(segment, 3, "OBX-3"), status: status.status, scope: scope,
                location: segment.location)
        }
        addExtensions(segment, document?.link, &observation)
        if let instance = EntityIdentifier(segment[field: 21][repetition: 1], context.profile) {
            observation.append("identifier", instance.map(type: "FILL"))
        }
        observation.set("status", .string(status.status))
        if status.keepsCode {
            let concept = FHIRValue.concept("http://terminology.hl7.org/CodeSystem/v2-0085", code)
            observation.set(
                "_status",
                FHIRValue.extension(ExtensionURL.alternateCodes, "valueCodeableConcept", concept)
                    .map { .object(["extension": .array([$0])]) })
        }
        addCategories(segment, &observation)
        addCode(segment, values: values.values, &observation)
        observation.set("subject", .reference(scope.subject))
        observation.set("focus", scope.focus.map { .array([.reference($0)]) })
        observation.set("encounter", scope.encounter)
        (context.dateTime(segment[field: 14]) ?? scope.effective)?.set("effectiveDateTime", in: &observation)
        scope.issued?.setInstant("issued", in: &observation)
        observation.set("performer", .array(performers(segment)))
        addValues(values.values, status, code: observation["code"], &observation)
        addInterpretation(segment, &observation)
        addNotes(entry.notes, &observation)
        observation.set("bodySite", concept(segment, 20, "OBX-20"))
        observation.set("method", concept(segment, 17, "OBX-17"))
        observation.set("specimen", (specimen(segment) ?? scope.specimen).map { .reference($0) })
        if let device = EntityIdentifier(segment[field: 18][repetition: 1], context.profile) {
            observation.set("device", .object(["identifier": device.map(type: nil)]))
        }
        addReferenceRange(segment, &observation)
        observation.set("hasMember", .array(hasMember.map { .reference($0) }))
        observation.set("derivedFrom", .array(derivedFrom.map { .reference($0) }))

        var resource = MappedResource(
            key, observation, matching: .update,
            stamp: ResultStamp(seconds: scope.stampSeconds, rank: ResultStamp.rank(status: status.status)),
            location: segment.location)
        if status.keepsStoredValue {
            resource.storedValue = .required
        } else if values.values.isEmpty, values.attachment == nil,
            ResultStamp.rank(status: status.status) == 3 || code == "C"
        {
            resource.storedValue = segment[field: 5].isEmpty && code != "N" ? .keepIfAny : .replace
        }
        let isCritical =
            isFlaggedCritical(segment)
            || context.profile.criticalLimits?.isBeyond(values.values, observation["code"]) ?? false
        let kind = segment.code(29)
        resource.notice = ResultNotice(
            group: scope.group, status: status.status, isCritical: isCritical, isWrong: code == "W")
        return Mapped(
            resource: resource, reference: key.reference, document: document,
            isOrderInformation: kind == "QST" || kind == "SCI", isResult: status.isResult)
    }
}

extension ObservationMap {
    private func addExtensions(_ segment: Segment, _ attachment: FHIRValue?, _ observation: inout FHIRObject) {
        if let subID = segment[field: 4].value {
            let original: FHIRValue = .object([
                "url": .string("original-sub-identifier"), "valueString": .text(subID),
            ])
            observation.append(
                "extension", .object(["url": .string(ExtensionURL.subID), "extension": .array([original])]))
        }
        for repetition in segment[field: 10].repetitions {
            let concept = CodeableConceptMap(context: context).map(repetition, local: "OBX-10", table: "0080")
            observation.append(
                "extension", .extension(ExtensionURL.natureOfAbnormalTest, "valueCodeableConcept", concept))
        }
        if let time = context.dateTime(segment[field: 19]) {
            observation.append(
                "extension", .extension(ExtensionURL.analysisTime, "valueDateTime", .string(time.text)))
        }
        // R4 has no attachment as a value. The data itself is in a Binary.
        if let attachment {
            observation.append(
                "extension", .extension(ExtensionURL.observationValueR5, "valueAttachment", attachment))
        }
    }

    private func addCategories(_ segment: Segment, _ observation: inout FHIRObject) {
        if let category = scope.category {
            observation.append(
                "category", .concept("http://terminology.hl7.org/CodeSystem/observation-category", category))
        }
        if let kind = segment[field: 29].value?.collapsed {
            observation.append("category", .concept("http://terminology.hl7.org/CodeSystem/v2-0936", kind))
        }
    }

    private func addCode(_ segment: Segment, values: [ObservationValue], _ observation: inout FHIRObject) {
        if let code = CodeableConceptMap(context: context).map(segment[field: 3][repetition: 1], local: "OBX-3") {
            observation.set("code", code)
        } else {
            context.warn(.requiredFieldMissing, at: segment[field: 3].location, "a result without code")
            observation.set("code", .dataAbsentExtension("unknown"))
        }
    }

    private func addValues(
        _ values: [ObservationValue], _ status: ObservationStatusTable.Entry, code: FHIRValue?,
        _ observation: inout FHIRObject
    ) {
        if values.count == 1 { values[0].set(in: &observation) }
        if values.count > 1 {
            for value in values {
                var component = FHIRObject(["code": code])
                value.set(in: &component)
                observation.append("component", .object(component))
            }
        }
        guard values.isEmpty, observation["extension"].map(hasAttachment) != true, !status.keepsStoredValue else {
            return
        }
        observation.set("dataAbsentReason", .dataAbsentReason(status.dataAbsentReason ?? "unknown"))
    }

    private func hasAttachment(_ extensions: FHIRValue) -> Bool {
        guard case .array(let items) = extensions else { return false }
        return items.contains { item in
            guard case .object(let object) = item else { return false }
            return object["url"] == .string(ExtensionURL.observationValueR5)
        }
    }

    private func addInterpretation(_ segment: Segment, _ observation: inout FHIRObject) {
        for repetition in segment[field: 8].repetitions {
            guard let code = repetition[component: 1].value?.collapsed ?? repetition[component: 2].value, !code.isEmpty
            else { continue }
            let (concept, isKnown) = InterpretationTable.concept(code)
            if !isKnown {
                context.warn(.tableValueNotFound, at: segment[field: 8].location, "interpretation kept as text")
            }
            observation.append("interpretation", concept)
        }
    }

    private func isFlaggedCritical(_ segment: Segment) -> Bool {
        guard !segment[field: 8].isEmpty else { return false }
        return segment[field: 8].repetitions.contains { flag in
            ["AA", "HH", "LL"].contains(flag[component: 1].string.collapsed.uppercased())
        }
    }

    private func addNotes(_ segments: [Segment], _ observation: inout FHIRObject) {
        for note in NoteMap(context: context).notes(segments) { observation.append("note", note.annotation) }
    }

    private func addReferenceRange(_ segment: Segment, _ observation: inout FHIRObject) {
        let map = ReferenceRangeMap(
            unit: Unit(segment[field: 6][repetition: 1], context.profile),
            usesDecimalComma: context.profile.usesDecimalComma)
        guard let (range, isReversed) = map.map(segment[field: 7].string) else { return }
        if isReversed {
            context.warn(.dataType, at: segment[field: 7].location, "reference range upside down; kept as text")
        }
        observation.append("referenceRange", range)
    }

    private func performers(_ segment: Segment) -> [FHIRValue] {
        let people = PractitionerMap(context: context)
        var performers = segment[field: 16].repetitions.compactMap { people.reference($0) }
        let address = AddressMap(context: context).map(segment[field: 24][repetition: 1])
        if let organization = OrganizationMap(context: context).reference(
            segment[field: 23][repetition: 1], address: address)
        {
            performers.append(organization)
        } else if let producer = segment[field: 15][component: 2].value ?? segment[field: 15][component: 1].value {
            performers.append(.object(["display": .text(producer)]))
        }
        return performers
    }

    /// OBX-33 names the specimen by SPM-2.
    private func specimen(_ segment: Segment) -> String? {
        let numbers = segment[field: 33][repetition: 1]
        for number in [2, 1] {
            if let value = numbers[component: number][subcomponent: 1].value, let found = scope.specimens[value.cleaned]
            {
                return found
            }
        }
        return nil
    }

    private func concept(_ segment: Segment, _ field: Int, _ local: String) -> FHIRValue? {
        CodeableConceptMap(context: context).map(segment[field: field][repetition: 1], local: local)
    }
}
