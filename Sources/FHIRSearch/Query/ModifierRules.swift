import FHIRDefinitions

/// Which modifiers a parameter takes (R4 search.html#modifiers).
struct ModifierRules {
    let indexer: SearchIndexer

    /// The names allowed, without the colon; `[Type]` stands for those of resource types.
    func allowed(_ parameter: ParameterIndex, on index: TypeIndex? = nil) -> [String] {
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
