internal import HL7Syntax

/// XCN to a Practitioner and a reference to it. XCN[Practitioner].
struct PractitionerMap {
    let context: MappingContext

    /// The reference; without an id it only carries the name, because a name identifies nobody.
    func reference(_ repetition: Repetition) -> FHIRValue? {
        let name = HumanNameMap(context: context).mapPerson(repetition)
        let display = HumanNameMap.display(name)
        guard let value = repetition[component: 1].value?.cleaned, !value.isEmpty, !context.profile.isDummy(value)
        else {
            return display.map { .object(["display": .text($0)]) }
        }
        let authority = AssigningAuthority(repetition[component: 9])
        let type = repetition[component: 13].value?.collapsed
        return share(value, authority, type: type, name: name, display: display)
    }

    /// NDL (OBR-32 to OBR-35): the person is the first component, its parts are subcomponents.
    func reference(nested component: Component) -> FHIRValue? {
        var name = FHIRObject()
        name.set("family", .text(component[subcomponent: 2].value))
        name.append("given", .text(component[subcomponent: 3].value))
        name.append("given", .text(component[subcomponent: 4].value))
        name.append("prefix", .text(component[subcomponent: 6].value))
        name.append("suffix", .text(component[subcomponent: 5].value))
        let display = HumanNameMap.display(name)
        guard let value = component[subcomponent: 1].value?.cleaned, !value.isEmpty, !context.profile.isDummy(value)
        else {
            return display.map { .object(["display": .text($0)]) }
        }
        let authority = AssigningAuthority(
            namespace: component[subcomponent: 9].value, universalID: component[subcomponent: 10].value,
            type: component[subcomponent: 11].value)
        return share(value, authority, type: nil, name: name, display: display)
    }

    private func share(
        _ value: String, _ authority: AssigningAuthority, type: String?, name: FHIRObject, display: String?
    ) -> FHIRValue {
        let isNPI = type == "NPI" || authority.namespace.uppercased() == "NPI"
        let system =
            isNPI
            ? "http://hl7.org/fhir/sid/us-npi"
            : authority.system(context.profile) ?? context.profile.localSystem("ns", "")
        // Two kinds of number from one office (licence, staff number) may be equal; a national one stands alone.
        let key = IdentityKey("Practitioner", [system, value] + (isNPI ? [] : [type ?? ""]))
        var practitioner = FHIRObject(["resourceType": .string("Practitioner"), "id": .string(key.id)])
        practitioner.append(
            "identifier",
            .object([
                "type": type.map { .concept("http://terminology.hl7.org/CodeSystem/v2-0203", $0) },
                "system": .string(system), "value": .string(value),
            ]))
        practitioner.append("name", .object(name))
        context.share(MappedResource(key, practitioner, matching: .createIfAbsent, location: nil))
        return .reference(key.reference, display: display)
    }
}

extension AssigningAuthority {
    init(namespace: String?, universalID: String?, type: String?) {
        self.namespace = namespace?.cleaned ?? ""
        self.universalID = universalID?.cleaned ?? ""
        universalIDType = type?.cleaned ?? ""
    }
}
