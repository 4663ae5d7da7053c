internal import HL7Syntax

/// AIG to a Device that is booked. AIG[Appointment].
struct EquipmentMap {
    let context: MappingContext

    /// The reference and the Device, which is made if it is not there.
    func map(_ segment: Segment) -> (reference: FHIRValue, resource: StatedResource?)? {
        let code = segment[field: 3][repetition: 1]
        let name = (code[component: 2].value ?? code[component: 1].value)?.cleaned
        guard let value = code[component: 1].value?.cleaned, !value.isEmpty, !context.profile.isDummy(value) else {
            return name.map { (.object(["display": .text($0)]), nil) }
        }
        let kind = code[component: 3].value ?? ""
        let isLocal = kind.isEmpty || kind.uppercased() == "L" || kind.hasPrefix("99")
        let system =
            isLocal ? context.profile.localSystem("resource", "") : context.profile.localSystem("resource", kind)
        var device = FHIRObject()
        device.append("identifier", .object(["system": .string(system), "value": .string(value)]))
        device.set("status", .string("active"))
        if let name {
            device.append("deviceName", .object(["name": .text(name), "type": .string("user-friendly-name")]))
        }
        device.set("type", CodeableConceptMap(context: context).map(segment[field: 4][repetition: 1], local: "AIG-4"))
        let statement = StatedResource(
            IdentityKey("Device", [system, value]), device,
            identifiers: [FHIRIdentifier(system: system, value: value)], rule: .mention, location: segment.location)
        return (.reference(statement.address, display: name), statement)
    }
}
