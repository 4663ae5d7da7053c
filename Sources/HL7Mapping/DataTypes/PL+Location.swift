internal import HL7Syntax

/// PL to a chain of Locations: a bed is part of a room, a room of a ward, a ward of a facility. PL[Location].
struct LocationMap {
    let context: MappingContext

    private struct Level {
        let name: String
        /// HL7 location-physical-type.
        let code: String
    }

    /// The innermost place; the whole chain is made if it is not there. Nil for an empty field.
    /// - Parameter operationalStatus: of the bed, HL7 table 0116 (PV1-40).
    func reference(_ repetition: Repetition, operationalStatus: String? = nil) -> String? {
        guard repetition.isValued else { return nil }
        func part(_ number: Int) -> String? {
            let text = repetition[component: number][subcomponent: 1].value?.cleaned
            return text?.isEmpty == true ? nil : text
        }
        let authority = AssigningAuthority(repetition[component: 4])
        let facility = authority.isEmpty ? context.facility : authority.name
        var levels: [Level] = []
        if let ward = part(1) { levels.append(Level(name: ward, code: "wa")) }
        if let room = part(2) { levels.append(Level(name: room, code: "ro")) }
        if let bed = part(3) { levels.append(Level(name: bed, code: "bd")) }
        if levels.isEmpty, let building = part(7) { levels.append(Level(name: building, code: "bu")) }
        guard !levels.isEmpty || !authority.isEmpty else { return nil }
        var parent = facility.isEmpty ? nil : share([], facility: facility, Level(name: facility, code: "si"), nil, nil)
        var path: [String] = []
        for (index, level) in levels.enumerated() {
            path.append("\(level.code)=\(level.name)")
            let isLast = index == levels.count - 1
            parent = share(
                path, facility: facility, level, parent,
                Details(
                    description: isLast ? part(9) : nil,
                    operationalStatus: level.code == "bd" ? operationalStatus : nil))
        }
        return parent
    }

    private struct Details {
        let description: String?
        let operationalStatus: String?
    }

    private func share(
        _ path: [String], facility: String, _ level: Level, _ parent: String?, _ details: Details?
    ) -> String {
        let key = IdentityKey("Location", [context.profile.id, facility] + path)
        let value = path.map { $0.drop { $0 != "=" }.dropFirst() }.joined(separator: "^")
        var location = FHIRObject(["resourceType": .string("Location"), "id": .string(key.id)])
        location.append(
            "identifier",
            .object([
                "system": .string(context.profile.localSystem("location", facility)),
                "value": .text(value.isEmpty ? facility : value),
            ]))
        location.set("status", .string("active"))
        location.set(
            "operationalStatus",
            details?.operationalStatus.map { .coding("http://terminology.hl7.org/CodeSystem/v2-0116", $0) })
        location.set("name", .text(level.name))
        location.set("description", .text(details?.description))
        location.set("mode", .string("instance"))
        location.set(
            "physicalType",
            .concept("http://terminology.hl7.org/CodeSystem/location-physical-type", level.code))
        location.set("partOf", parent.map { .reference($0) })
        context.share(MappedResource(key, location, matching: .createIfAbsent, location: nil))
        return key.reference
    }
}
