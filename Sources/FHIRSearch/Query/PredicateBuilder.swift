package import FHIRDefinitions

/// Turns criteria into predicates on the tables.
package struct PredicateBuilder: Sendable {
    let indexer: SearchIndexer
    /// Microseconds since 1970.
    let now: Int64

    /// - Parameter now: microseconds since 1970, for the tolerance of `ap`.
    package init(indexer: SearchIndexer, now: Int64) {
        self.indexer = indexer
        self.now = now
    }

    /// What all criteria of a request say together, and its compartment.
    ///
    /// - Parameter isContained: of contained resources, of which none is the one whose compartment is asked for.
    package func predicate(for request: SearchRequest, isContained: Bool = false) -> SearchPredicate {
        var parts = joined(
            request.criteria.map { predicate($0, on: request.type) }, request.criteria,
            in: indexer.index(of: request.type))
        if let compartment = request.compartment {
            parts.append(
                self.compartment(
                    compartment.focus, id: compartment.id, in: request.type, includesFocus: !isContained) ?? .never)
        }
        return .conjunction(parts)
    }

    func predicate(_ criterion: SearchCriterion, on type: TypeID) -> SearchPredicate {
        let index = indexer.index(of: type)
        switch criterion {
        case .parameter(let criterion):
            return predicate(criterion, in: index)
        case .chain(let parameter, let targets):
            let chains = targets.compactMap { target -> SearchPredicate.Chain? in
                let inner = predicate(target.criterion, on: target.type)
                if inner == .never { return nil }
                let links = links(of: parameter, in: index, to: target.type)
                return SearchPredicate.Chain(target: target.type, links: links, predicate: inner)
            }
            return chains.isEmpty ? .never : .chain(chains)
        case .has(let source, let parameter, let inner):
            let links = links(of: parameter, in: indexer.index(of: source), to: type)
            let condition = predicate(inner, on: source)
            return condition == .never || links.isEmpty ? .never : .has(source: source, links, condition)
        // Looked up before predicates are built.
        case .list: return .never
        case .all(let parts): return .conjunction(parts.map { predicate($0, on: type) })
        case .any(let parts): return .disjunction(parts.map { predicate($0, on: type) })
        case .not(let inner): return .negation(predicate(inner, on: type))
        }
    }

    /// Where resources of an index keep references by `parameter` to resources of a type.
    package func links(
        of parameter: ParameterIndex, in index: TypeIndex, to target: TypeID
    ) -> [SearchPredicate.Link] {
        if let only = parameter.refersTo, only != target { return [] }
        return parameter.slots.map { number in
            let slot = index.slots[number]
            if slot.storage == .subject, indexer.definitions.name(of: target) == "Patient" { return .subject }
            return .keys(constant: Int64(bitPattern: slot.seed.referenceConstant))
        }
    }

    // MARK: - Parameters

    private func predicate(_ criterion: ParameterCriterion, in index: TypeIndex) -> SearchPredicate {
        let parameter = criterion.parameter
        switch criterion.modifier {
        case .missing(let isMissing):
            let present = PresencePredicate(index: index, definitions: indexer.definitions)
                .present(parameter)
            return isMissing ? .negation(present) : present
        case .not, .notInValueSet:
            return .negation(.disjunction(criterion.values.map { predicate($0, parameter, .none, index) }))
        default:
            return .disjunction(criterion.values.map { predicate($0, parameter, criterion.modifier, index) })
        }
    }

    private func predicate(
        _ value: SearchValue, _ parameter: ParameterIndex, _ modifier: ParameterCriterion.Modifier, _ index: TypeIndex
    ) -> SearchPredicate {
        if case .composite(let parts) = value {
            return .disjunction(
                parameter.alternatives.map { alternative in
                    switch alternative {
                    case .conjunction(let components):
                        conjunction(components, parts, modifier, index)
                    case .slot(let number):
                        CompositePredicate(slot: index.slots[number], builder: self).predicate(parts)
                    }
                })
        }
        if case .fullText(let query) = value {
            return .fullText(query, isNarrativeOnly: parameter.kind == .narrative)
        }
        if value.prefix == .ne, PredicateBuilder.repeats(parameter, in: index) {
            // Of several values, `ne` is the opposite of `eq`: none of them is equal.
            return .conjunction([
                any(of: parameter, value, modifier, index), .not(any(of: parameter, value.equal, modifier, index)),
            ])
        }
        if case .string(let text) = value, parameter.slots.count > 1 {
            return strings(text, parameter.slots.map { index.slots[$0] }, modifier)
        }
        if case .text(let query) = value {
            return ContentPredicate.text(query, parameter.slots.flatMap { index.slots[$0].paths })
        }
        return any(of: parameter, value, modifier, index)
    }

    /// The parts of a composite about the resource as a whole.
    private func conjunction(
        _ components: [ParameterIndex.Part], _ parts: [SearchValue], _ modifier: ParameterCriterion.Modifier,
        _ index: TypeIndex
    ) -> SearchPredicate {
        let whole = SearchPredicate.conjunction(
            zip(components, parts).map { component, part in
                .disjunction(component.slots.map { predicate(part, index.slots[$0], modifier) })
            })
        guard case .token(let token)? = parts.first,
            let rows = codedRows(token, components[0].slots, in: index)
        else { return whole }
        return whole.withQuantity(of: rows)
    }

    /// Tells the main quantity which code it belongs to, where another criterion asks for a single one.
    private func joined(
        _ parts: [SearchPredicate], _ criteria: [SearchCriterion], in index: TypeIndex
    ) -> [SearchPredicate] {
        guard index.quantityRows != nil, parts.count > 1 else { return parts }
        for criterion in criteria {
            guard case .parameter(let criterion) = criterion, criterion.modifier == .none, criterion.values.count == 1,
                case .token(let token) = criterion.values[0],
                let rows = codedRows(token, criterion.parameter.slots, in: index)
            else { continue }
            return parts.map { $0.withQuantity(of: rows) }
        }
        return parts
    }

    private func any(
        of parameter: ParameterIndex, _ value: SearchValue, _ modifier: ParameterCriterion.Modifier, _ index: TypeIndex
    ) -> SearchPredicate {
        .disjunction(parameter.slots.map { predicate(value, index.slots[$0], modifier) })
    }

    private static func repeats(_ parameter: ParameterIndex, in index: TypeIndex) -> Bool {
        parameter.slots.count > 1 || parameter.slots.contains { index.slots[$0].repeats }
    }

    /// One value in one slot.
    func predicate(
        _ value: SearchValue, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        switch value {
        case .token(let token): return predicate(token, slot)
        case .typedIdentifier(let system, let code, let value):
            let key = TokenKey.typed(system, code, value, seed: slot.seed.value)
            return .keys([Int64(bitPattern: key)], isSelective: true)
        case .reference(let reference): return predicate(reference, slot, modifier)
        case .uri(let uri): return predicate(uri: uri, slot, modifier)
        case .string(let text): return strings(text, [slot], modifier)
        case .number(let prefix, let number):
            return .number(parameter: slot.number, key: nil, NumberTest(prefix: prefix, number: number))
        case .quantity(let prefix, let number, let unit):
            return quantity(NumberTest(prefix: prefix, number: number), unit, slot)
        case .date(let prefix, let range):
            return date(prefix, range, slot)
        case .near(let test): return .near(parameter: slot.number, test)
        case .overlapping(let range): return overlapping(range, slot)
        // Codes are looked up before predicates are built, texts belong to the parameter as a whole.
        case .composite, .concepts, .text, .fullText: return .never
        }
    }
}
