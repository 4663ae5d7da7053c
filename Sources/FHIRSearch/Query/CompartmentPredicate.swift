package import FHIRDefinitions

extension PredicateBuilder {
    /// What it means for a resource of `type` to be in the compartment of a resource: to refer to it by one of the
    /// parameters that the compartment's definition names (R4 compartmentdefinition.html). The resource whose
    /// compartment it is belongs to it as well.
    ///
    /// - Parameters:
    ///   - focus: the type that gives the compartment its name; `Patient` in the compartment of `Patient/23`.
    ///   - id: of the resource whose compartment it is; need not exist.
    ///   - includesFocus: whether the resource itself may be among those asked.
    /// - Returns: nil if resources of the type are in no compartment of this kind, or if there is no such kind.
    package func compartment(
        _ focus: TypeID, id: String, in type: TypeID, includesFocus: Bool = true
    ) -> SearchPredicate? {
        let name = indexer.definitions.name(of: focus)
        guard let compartment = indexer.definitions.compartments.first(where: { $0.code == name }) else { return nil }
        let codes = compartment.parameters(for: type)
        if codes.isEmpty, type != focus { return nil }
        let index = indexer.index(of: type)
        let target = Int64(bitPattern: SearchIndexer.selfKey(typeName: name, id: id))
        var ways: [SearchPredicate] = type == focus && includesFocus ? [.ids([id])] : []
        var seen: Set<SearchPredicate.Link> = []
        for code in codes {
            guard let parameter = index.parameters[code] else { continue }
            for link in links(of: parameter, in: index, to: focus) where seen.insert(link).inserted {
                switch link {
                case .subject: ways.append(.subject([target]))
                case .keys(let constant):
                    ways.append(.keys([target ^ constant], isSelective: Self.selectiveTargets.contains(name)))
                }
            }
        }
        return .disjunction(ways)
    }

    /// The types whose resources can be in such a compartment, sorted by name; empty if there is no such kind.
    package func compartmentTypes(_ focus: TypeID) -> [TypeID] {
        let definitions = indexer.definitions
        let name = definitions.name(of: focus)
        guard let compartment = definitions.compartments.first(where: { $0.code == name }) else { return [] }
        let members = Set(compartment.members.map(\.resource)).union([focus])
        return definitions.resourceTypes.filter(members.contains)
    }
}
