internal import HL7Syntax

/// PL to a reference to the innermost place, with its name. PL[Location].
struct PlaceReferenceMap {
    let context: MappingContext

    /// Nil for an empty field.
    func reference(_ repetition: Repetition) -> FHIRValue? {
        let path = [1, 2, 3, 4].compactMap { repetition[component: $0][subcomponent: 1].value?.cleaned }
            .filter { !$0.isEmpty }
        return LocationMap(context: context).reference(repetition)
            .map { .reference($0, display: path.joined(separator: " ")) }
    }
}
