import FHIRDefinitions

/// Modifiers and values of a parameter of the type itself.
extension SearchRequestParser {
    func parameterCriterion(
        _ parameter: ParameterIndex, _ modifier: Substring?, _ value: String, on type: TypeID
    ) throws(SearchError) -> ParameterCriterion? {
        let texts = SearchValueSyntax.split(value[...], at: UInt8(ascii: ",")).filter { !$0.isEmpty }
        guard !texts.isEmpty else { return nil }
        guard texts.count <= limits.maximumValueCount else {
            throw SearchError(.tooComplex, "A parameter takes at most \(limits.maximumValueCount) values.")
        }
        if modifier == "missing", parameter.kind != .content, parameter.kind != .narrative {
            guard value == "true" || value == "false" else {
                throw SearchError(.invalidValue, "The value of :missing is true or false.")
            }
            return ParameterCriterion(parameter: parameter, modifier: .missing(value == "true"), values: [])
        }
        let rules = ModifierRules(indexer: indexer)
        var targets = parameter.targets
        var meaning = ParameterCriterion.Modifier.none
        if let modifier {
            if let known = rules.meaning(modifier, parameter) {
                meaning = known
            } else if parameter.kind == .reference {
                targets = [try target(modifier, of: parameter)]
            } else {
                throw rules.refusal(of: modifier, parameter)
            }
        }
        var values: [SearchValue] = []
        for text in texts { values.append(try self.value(text, parameter, meaning, targets, on: type)) }
        return ParameterCriterion(parameter: parameter, modifier: meaning, values: values)
    }

    func value(
        _ text: Substring, _ parameter: ParameterIndex, _ modifier: ParameterCriterion.Modifier, _ targets: [TypeID],
        on type: TypeID
    ) throws(SearchError) -> SearchValue {
        let reader = SearchValueReader(indexer: indexer)
        switch modifier {
        case .identifier: return .reference(.identifier(try reader.token(text)))
        case .ofType: return try reader.typedIdentifier(text)
        case .text: return try reader.words(text)
        case .inValueSet, .notInValueSet: return .concepts(.valueSet(SearchValueSyntax.unescaped(text)))
        case .above where parameter.kind == .token, .below where parameter.kind == .token:
            return .concepts(try reader.concept(text, isAbove: modifier == .above))
        case .above where parameter.kind == .uri, .below where parameter.kind == .uri:
            return .uri(try reader.url(text))
        case .above where parameter.kind == .reference, .below where parameter.kind == .reference:
            return .reference(try reader.hierarchical(text, parameter, targets: targets, on: type))
        default:
            if parameter.kind == .composite { return try composite(text, parameter, reader) }
            return try reader.value(text, kind: parameter.kind, targets: targets)
        }
    }

    private func composite(
        _ text: Substring, _ parameter: ParameterIndex, _ reader: SearchValueReader
    ) throws(SearchError) -> SearchValue {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "$"))
        let kinds = parameter.componentKinds
        guard parts.count == kinds.count, !parts.contains(where: \.isEmpty) else {
            throw SearchError(.invalidValue, "The value needs \(kinds.count) parts, joined by $.")
        }
        var values: [SearchValue] = []
        for (part, kind) in zip(parts, kinds) {
            values.append(try reader.value(part, kind: kind, targets: []))
        }
        return .composite(values)
    }
}

/// Values whose form a modifier changes.
extension SearchValueReader {
    /// `system|code|value`; all three are needed (R4 search.html#token, `:of-type`).
    func typedIdentifier(_ text: Substring) throws(SearchError) -> SearchValue {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "|")).map(SearchValueSyntax.unescaped)
        guard parts.count == 3, !parts.contains(where: \.isEmpty) else {
            throw SearchError(.invalidValue, "The value of :of-type is system|code|value, all three given.")
        }
        return .typedIdentifier(system: parts[0], code: parts[1], value: parts[2])
    }

    func words(_ text: Substring) throws(SearchError) -> SearchValue {
        guard let query = TextQuery(SearchValueSyntax.unescaped(text)) else {
            throw SearchError(.invalidValue, "The value of :text needs a word.")
        }
        return .text(query)
    }

    /// `system|code`: without a system nobody knows what a code subsumes.
    func concept(_ text: Substring, isAbove: Bool) throws(SearchError) -> SearchValue.ConceptQuery {
        let token = try token(text)
        guard case .named(let system) = token.system, let code = token.code else {
            throw SearchError(.invalidValue, "The value of :above and :below is system|code.")
        }
        return isAbove ? .above(system: system, code: code) : .below(system: system, code: code)
    }

    /// A reference to a resource that has others above or below it, or a canonical (R4 search.html#reference).
    func hierarchical(
        _ text: Substring, _ parameter: ParameterIndex, targets: [TypeID], on type: TypeID
    ) throws(SearchError) -> SearchValue.ReferenceValue {
        let reference = try reference(text, targets: targets)
        let index = indexer.index(of: type)
        let isCanonical = parameter.slots.contains { slot in
            index.slots[slot].paths.contains { $0.leafName == "canonical" }
        }
        switch reference {
        case .local(let types, let id):
            let hierarchical = types.filter { ResourceHierarchy.parent(of: $0, indexer) != nil }
            if !hierarchical.isEmpty { return .local(hierarchical, id: id) }
            if isCanonical { return reference }
        case .literal where isCanonical: return reference
        default: break
        }
        throw SearchError(
            .unsupportedModifier, "The modifier is for references to resources that are parts of one another.")
    }

    /// R4 search.html#uri: `:above` and `:below` apply to URLs, not to URNs.
    func url(_ text: Substring) throws(SearchError) -> String {
        let url = SearchValueSyntax.unescaped(text)
        guard let scheme = url.firstRange(of: "://"), scheme.lowerBound > url.startIndex,
            scheme.upperBound < url.endIndex
        else { throw SearchError(.invalidValue, "The value of :above and :below is a URL; URNs have no hierarchy.") }
        return url
    }
}
