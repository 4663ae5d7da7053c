internal import HL7Syntax

/// PRD to a Practitioner, or to a name where no number is given.
struct ProviderMap {
    let scope: MessageScope

    func reference(_ segment: Segment) -> FHIRValue? {
        let context = scope.context
        let names = segment[field: 2].repetitions.compactMap { HumanNameMap(context: context).map($0) }
        var display: String?
        if case .object(let name)? = names.first { display = HumanNameMap.display(name) }
        // PLN: number, type, and the state that gave it.
        let number = segment[field: 7][repetition: 1]
        guard let value = number[component: 1].value?.cleaned, !value.isEmpty, !scope.profile.isDummy(value) else {
            return display.map { .object(["display": .text($0)]) }
        }
        let type = number[component: 2].value?.collapsed ?? ""
        let system =
            type.uppercased() == "NPI"
            ? "http://hl7.org/fhir/sid/us-npi"
            : scope.profile.localSystem("ns", (type + "-" + (number[component: 3].value ?? "")).cleaned)
        let key = IdentityKey("Practitioner", [system, value])
        var practitioner = FHIRObject(["resourceType": .string("Practitioner"), "id": .string(key.id)])
        practitioner.append("identifier", .object(["system": .string(system), "value": .string(value)]))
        practitioner.set("name", .array(names))
        for telecom in segment[field: 5].repetitions {
            practitioner.append("telecom", ContactPointMap.map(telecom, use: "work"))
        }
        for address in segment[field: 3].repetitions {
            practitioner.append("address", AddressMap(context: context).map(address))
        }
        context.share(MappedResource(key, practitioner, matching: .createIfAbsent, location: segment.location))
        return .reference(key.reference, display: display)
    }
}
