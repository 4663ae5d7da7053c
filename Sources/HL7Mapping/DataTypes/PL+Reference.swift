internal import HL7Syntax

/// PL to a reference by what the place is called. PL[Location].
struct PlaceReferenceMap {
    let context: MappingContext

    /// Point of care, room and bed within the facility; nil for an empty field.
    func reference(_ repetition: Repetition) -> FHIRValue? {
        func part(_ number: Int) -> String? {
            let text = repetition[component: number][subcomponent: 1].value?.cleaned
            return text?.isEmpty == true ? nil : text
        }
        let path = [1, 2, 3].compactMap(part)
        let authority = AssigningAuthority(repetition[component: 4])
        let facility = authority.isEmpty ? context.facility : authority.name
        guard !path.isEmpty || !authority.isEmpty else { return nil }
        let value = path.isEmpty ? facility : path.joined(separator: "^")
        return .object([
            "type": .string("Location"),
            "identifier": .object([
                "system": .string(context.profile.localSystem("location", facility)), "value": .text(value),
            ]),
            "display": .text((path.isEmpty ? [facility] : path).joined(separator: " ")),
        ])
    }
}
