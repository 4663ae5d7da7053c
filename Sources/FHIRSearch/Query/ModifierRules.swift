package import FHIRDefinitions

/// Which modifiers a parameter takes (R4 search.html#modifiers).
struct ModifierRules {
    let indexer: SearchIndexer

    /// The names allowed, without the colon; `[Type]` stands for those of resource types.
    func allowed(_ parameter: ParameterIndex) -> [String] {
        switch parameter.kind {
        case .string: ["missing", "exact", "contains", "text"]
        case .token:
            parameter.code == "_id"
                ? ["missing", "not"]
                : ["missing", "not", "text", "in", "not-in", "above", "below", "of-type"]
        case .reference: ["missing", "identifier", "[Type]", "text", "above", "below"]
        case .uri: ["missing", "above", "below"]
        case .number, .date, .quantity, .composite, .position: ["missing"]
        case .special, .content, .narrative: []
        }
    }

    /// As `allowed`, without those that no value of this type's resources can be searched by, and with the types that
    /// references may point at by name; `[Type]` where they may be any.
    func useful(_ parameter: ParameterIndex, on index: TypeIndex) -> [String] {
        let names = allowed(parameter)
        guard parameter.kind == .reference else { return names }
        let hasHierarchy =
            parameter.targets.isEmpty
            || parameter.targets.contains { ResourceHierarchy.parent(of: $0, indexer) != nil }
            || parameter.slots.contains { slot in index.slots[slot].paths.contains { $0.leafName == "canonical" } }
        let types = parameter.targets.map { indexer.definitions.name(of: $0) }
        return names.flatMap { name in
            switch name {
            case "above", "below": hasHierarchy ? [name] : []
            case "[Type]" where !types.isEmpty: types
            default: [name]
            }
        }
    }

    /// The meaning of a modifier, nil if it is none of these: it may be the name of a type then.
    func meaning(_ name: Substring, _ parameter: ParameterIndex) -> ParameterCriterion.Modifier? {
        guard allowed(parameter).contains(String(name)) else { return nil }
        return switch name {
        case "exact": .exact
        case "contains": .contains
        case "not": .not
        case "identifier": .identifier
        case "text": .text
        case "of-type": .ofType
        case "above": .above
        case "below": .below
        case "in": .inValueSet
        case "not-in": .notInValueSet
        default: nil
        }
    }

    /// R4 search.html#modifiers: a server rejects a search with a modifier that it does not support.
    func refusal(of name: Substring, _ parameter: ParameterIndex) -> SearchError {
        let names = allowed(parameter).map { ":" + $0 }.joined(separator: ", ")
        return SearchError(
            .unsupportedModifier,
            "The \(parameter.kind.rawValue) parameter does not take this modifier"
                + (names.isEmpty ? "." : ", only \(names)."))
    }
}

extension SearchIndexer {
    /// The modifiers by which a type's resources can be searched, without the colon; `[Type]` stands for the names of
    /// all types where references may point at any.
    package func modifiers(of parameter: ParameterIndex, on type: TypeID) -> [String] {
        ModifierRules(indexer: self).useful(parameter, on: index(of: type))
    }
}
