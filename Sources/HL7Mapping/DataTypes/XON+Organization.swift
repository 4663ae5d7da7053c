internal import HL7Syntax

/// XON to an Organization and a reference to it. XON[Organization].
struct OrganizationMap {
    let context: MappingContext

    /// OBX-23 with its address OBX-24; without an id only the name is carried.
    func reference(_ repetition: Repetition, address: FHIRValue? = nil) -> FHIRValue? {
        let name = repetition[component: 1].value?.cleaned
        // XON.3 is the number before 2.5.
        let id = repetition[component: 10].value?.cleaned ?? repetition[component: 3].value?.cleaned
        guard let id, !id.isEmpty, !context.profile.isDummy(id) else {
            return name.flatMap { $0.isEmpty ? nil : .object(["display": .text($0)]) }
        }
        let authority = AssigningAuthority(repetition[component: 6])
        let system = authority.system(context.profile) ?? context.profile.localSystem("ns", "")
        return share(system: system, value: id, name: name, address: address)
    }

    /// MSH-4, the sender.
    func sender() -> FHIRValue? {
        let authority = AssigningAuthority(context.message["MSH", field: 4][repetition: 1], first: 1)
        guard !authority.isEmpty else { return nil }
        if let system = authority.universalSystem {
            return share(system: "urn:ietf:rfc:3986", value: system, name: authority.namespace, address: nil)
        }
        return share(
            system: context.profile.localSystem("ns", "MSH-4"), value: authority.name, name: authority.name,
            address: nil)
    }

    private func share(system: String, value: String, name: String?, address: FHIRValue?) -> FHIRValue {
        let key = IdentityKey("Organization", [system, value])
        var organization = FHIRObject(["resourceType": .string("Organization"), "id": .string(key.id)])
        organization.append("identifier", .object(["system": .string(system), "value": .string(value)]))
        // An Organization has to have a name or an identifier; here it has the one at least.
        organization.set("name", .text(name))
        organization.append("address", address)
        context.share(MappedResource(key, organization, matching: .createIfAbsent, location: nil))
        return .reference(key.reference, display: name)
    }
}
