internal import HL7Syntax

/// IN1 to Coverage. IN1[Coverage].
struct CoverageMap {
    let context: MappingContext
    let subject: String

    /// - Parameter financialClass: PV1-20, where IN1-15 does not say what kind of plan it is.
    func map(_ segment: Segment, financialClass: FHIRValue?) -> StatedResource? {
        let plan = segment[field: 2][component: 1].value?.cleaned ?? ""
        let payor = payor(segment)
        let payorName = segment[field: 4][component: 1].value?.cleaned ?? ""
        let number = segment[field: 36].value?.cleaned ?? ""
        guard !plan.isEmpty || !payorName.isEmpty || !number.isEmpty else {
            context.warn(.requiredFieldMissing, at: segment.location, "an insurance without plan or company; left out")
            return nil
        }
        // §2.1: (patient, IN1-2 or IN1-4, IN1-36).
        let key = IdentityKey(
            "Coverage", [context.profile.id, subject, plan.isEmpty ? payorName : plan, number])
        var coverage = FHIRObject(["meta": context.sourceMeta])
        if !number.isEmpty, !context.profile.isDummy(number) {
            coverage.append(
                "identifier",
                .object([
                    "type": .concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
                    "system": .string(context.profile.localSystem("policy", payorName.isEmpty ? plan : payorName)),
                    "value": .text(number),
                ]))
        }
        coverage.set("status", .string("active"))
        coverage.set("type", concept(segment, 15, table: "0086") ?? financialClass)
        let isSelf = segment.code(17) == "SEL"
        if isSelf { coverage.set("subscriber", .reference(subject)) }
        let subscriber = segment[field: 49][component: 1].value ?? segment[field: 36].value
        coverage.set("subscriberId", .text(subscriber))
        coverage.set("beneficiary", .reference(subject))
        coverage.set("relationship", relationship(segment))
        let period = PeriodMap.map(
            context, start: segment.text(12), end: segment.text(13), at: segment[field: 12].location)
        if case .object(let object)? = period, StoredTime.isOrdered(object["start"], object["end"]) {
            coverage.set("period", period)
        }
        coverage.append("payor", payor)
        addClass("group", segment[field: 8].value, name: segment[field: 9][component: 1].value, &coverage)
        addClass("plan", segment[field: 2][component: 1].value, name: segment[field: 2][component: 2].value, &coverage)
        if let order = Int(segment.text(22)), order > 0 { coverage.set("order", .number("\(order)")) }
        return StatedResource(
            key, coverage, rule: .source(), stamp: context.eventStamp, location: segment.location)
    }

    /// IN1-3 with the name of IN1-4. R4 wants one, so a name alone or nothing is said in its place.
    private func payor(_ segment: Segment) -> FHIRValue {
        let name = segment[field: 4][component: 1].value?.cleaned ?? ""
        if let id = IdentifierMap(context: context).pair(segment[field: 3][repetition: 1]) {
            let key = IdentityKey("Organization", [id.system, id.value])
            var organization = FHIRObject(["resourceType": .string("Organization"), "id": .string(key.id)])
            organization.append("identifier", .object(["system": .string(id.system), "value": .string(id.value)]))
            organization.set("name", .text(name))
            organization.append("address", AddressMap(context: context).map(segment[field: 5][repetition: 1]))
            context.share(MappedResource(key, organization, matching: .createIfAbsent, location: nil))
            return .reference(key.reference, display: name)
        }
        return name.isEmpty ? .dataAbsentExtension("unknown") : .object(["display": .text(name)])
    }

    private func addClass(_ type: String, _ value: String?, name: String?, _ coverage: inout FHIRObject) {
        guard let value = FHIRValue.text(value) else { return }
        coverage.append(
            "class",
            .object([
                "type": .concept("http://terminology.hl7.org/CodeSystem/coverage-class", type), "value": value,
                "name": .text(name),
            ]))
    }

    /// IN1-17 (HL7 table 0063) in the words of FHIR where there are some.
    private func relationship(_ segment: Segment) -> FHIRValue? {
        let known = ["SEL": "self", "SPO": "spouse", "CHD": "child", "PAR": "parent", "OTH": "other"]
        if let code = known[segment.code(17)] {
            return .concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", code)
        }
        return concept(segment, 17, table: "0063")
    }

    private func concept(_ segment: Segment, _ field: Int, table: String) -> FHIRValue? {
        CodeableConceptMap(context: context)
            .map(segment[field: field][repetition: 1], local: "IN1-\(field)", table: table)
    }
}
