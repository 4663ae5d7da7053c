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

    /// What all criteria of a request say together.
    package func predicate(for request: SearchRequest) -> SearchPredicate {
        .conjunction(request.criteria.map { predicate($0, on: request.type) })
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
            return .has(source: source, links, predicate(inner, on: source))
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
            return isMissing ? .not(present) : present
        case .not:
            return .not(.disjunction(criterion.values.map { predicate($0, parameter, .none, index) }))
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
                        .conjunction(
                            zip(components, parts).map { component, part in
                                .disjunction(component.slots.map { predicate(part, index.slots[$0], modifier) })
                            })
                    case .slot(let number):
                        CompositePredicate(slot: index.slots[number], builder: self).predicate(parts)
                    }
                })
        }
        if case .string(let text) = value, parameter.slots.count > 1 {
            return strings(text, parameter.slots.map { index.slots[$0] }, modifier)
        }
        return .disjunction(
            parameter.slots.map { number in
                predicate(value, index.slots[number], modifier)
            })
    }

    /// One value in one slot.
    func predicate(
        _ value: SearchValue, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        switch value {
        case .token(let token): return predicate(token, slot)
        case .reference(let reference): return predicate(reference, slot)
        case .uri(let uri):
            let seed = slot.seed.value &+ 6
            return .keys([Int64(bitPattern: XXHash64.hash(uri, seed: seed))], isSelective: true)
        case .string(let text): return strings(text, [slot], modifier)
        case .number(let prefix, let number):
            return .number(parameter: slot.number, key: nil, NumberTest(prefix: prefix, number: number))
        case .quantity(let prefix, let number, let unit):
            return quantity(NumberTest(prefix: prefix, number: number), unit, slot)
        case .date(let prefix, let range):
            return date(prefix, range, slot)
        case .composite: return .never
        }
    }

    private func predicate(_ token: SearchValue.TokenValue, _ slot: IndexSlot) -> SearchPredicate {
        if slot.storage == .idColumn {
            guard let code = token.code, case .any = token.system else { return .never }
            return .ids([code])
        }
        if slot.isCaseSensitive, !slot.hasPresenceKey, token.code == nil, case .named(let system) = token.system {
            // Any code of the system bound to a mandatory element.
            return isBound(slot, to: system) ? .always : .never
        }
        let isIdentifier = slot.paths.allSatisfy { $0.leafName == "Identifier" }
        guard let key = tokenKey(token, slot) else { return .never }
        return .keys([Int64(bitPattern: key)], isSelective: isIdentifier && token.code != nil)
    }

    /// The key of a token; nil if no value of the slot can match.
    private func tokenKey(_ token: SearchValue.TokenValue, _ slot: IndexSlot) -> UInt64? {
        guard slot.isCaseSensitive else {
            return TokenKey.key(token, seed: slot.seed.value, isCaseSensitive: false)
        }
        // Elements of type code have no system of their own; the one bound to them counts (R4 search.html#token).
        if case .named(let system) = token.system, !isBound(slot, to: system) { return nil }
        guard let code = token.code else { return slot.hasPresenceKey ? slot.seed.presenceKey : nil }
        let plain = SearchValue.TokenValue(system: .any, code: code)
        return TokenKey.key(plain, seed: slot.seed.value, isCaseSensitive: true)
    }

    private func isBound(_ slot: IndexSlot, to system: String) -> Bool {
        slot.paths.contains { path in
            guard let binding = path.element?.binding,
                let codes = indexer.definitions.codes(ofValueSet: binding.valueSet)
            else { return false }
            return codes.groups.contains { $0.system == system }
        }
    }

    private func predicate(_ reference: SearchValue.ReferenceValue, _ slot: IndexSlot) -> SearchPredicate {
        switch reference {
        case .local(let types, let id):
            return .disjunction(types.map { target($0, id, slot) })
        case .literal(let text):
            let key = KeySeed.target(text) ^ slot.seed.referenceConstant
            return .keys([Int64(bitPattern: key)], isSelective: true)
        case .identifier(let token):
            guard let key = TokenKey.key(token, seed: slot.seed.identifier, isCaseSensitive: false) else {
                return .never
            }
            return .keys([Int64(bitPattern: key)], isSelective: true)
        }
    }

    private func target(_ type: TypeID, _ id: String, _ slot: IndexSlot) -> SearchPredicate {
        let name = indexer.definitions.name(of: type)
        let hash = SearchIndexer.selfKey(typeName: name, id: id)
        if slot.storage == .subject, name == "Patient" { return .subject([Int64(bitPattern: hash)]) }
        return .keys(
            [Int64(bitPattern: hash ^ slot.seed.referenceConstant)], isSelective: Self.selectiveTargets.contains(name))
    }

    /// Types that few resources refer to, each: the key of such a reference can drive a search.
    private static let selectiveTargets: Set<String> = [
        "Patient", "Encounter", "EpisodeOfCare", "Appointment", "Account", "ServiceRequest", "Claim", "Coverage",
        "DiagnosticReport", "Specimen", "Composition", "Condition", "MedicationRequest", "Procedure", "Slot",
        "Observation", "Invoice", "ChargeItem", "Task", "CarePlan", "RelatedPerson", "QuestionnaireResponse",
    ]

    private func strings(
        _ text: String, _ slots: [IndexSlot], _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        let norm = TextFolding.normalized(text)
        let parameters = slots.map(\.number)
        switch modifier {
        case .exact:
            let keys = slots.map { Int64(bitPattern: XXHash64.hash(text, seed: $0.seed.value &+ 9)) }
            return .string(parameters: parameters, .exact(norm, keys: keys))
        case .contains: return .string(parameters: parameters, .contains(norm))
        default: return .string(parameters: parameters, .prefix(norm))
        }
    }

    private func quantity(
        _ test: NumberTest, _ unit: SearchValue.UnitValue, _ slot: IndexSlot
    ) -> SearchPredicate {
        let key = UnitKey.key(unit, seed: slot.seed.value).map { Int64(bitPattern: $0) }
        guard slot.storage == .quantityColumns else {
            return .number(parameter: slot.number, key: key, test)
        }
        return .conjunction([key.map { .keys([$0], isSelective: false) } ?? .always, .quantity(test)])
    }

    func date(_ prefix: SearchPrefix, _ range: DateRange, _ slot: IndexSlot) -> SearchPredicate {
        let marksLongSpans = slot.marksLongSpans
        let test = TimeTest(
            prefix: prefix, range: range, now: now,
            longestSpan: marksLongSpans ? IndexSlot.shortSpan : slot.longestSpan,
            longSpanKey: marksLongSpans ? Int64(bitPattern: slot.seed.longSpanKey) : nil)
        switch slot.storage {
        case .updatedColumn: return .updated(test)
        case .dateColumns: return .date(test)
        default: return .range(parameter: slot.number, key: nil, test)
        }
    }
}

/// Keys of tokens by the table of `KeySeed`.
enum TokenKey {
    static func key(_ token: SearchValue.TokenValue, seed: UInt64, isCaseSensitive: Bool) -> UInt64? {
        switch (token.system, token.code) {
        case (.any, let code?): hash(nil, code, seed: seed &+ 1, isCaseSensitive)
        case (.absent, let code?): hash(nil, code, seed: seed &+ 4, isCaseSensitive)
        case (.named(let system), let code?): hash(system, code, seed: seed &+ 2, isCaseSensitive)
        case (.named(let system), nil): XXHash64.hash(system, seed: seed &+ 3)
        case (_, nil): nil
        }
    }

    static func hash(_ system: String?, _ code: String, seed: UInt64, _ isCaseSensitive: Bool) -> UInt64 {
        var output: [UInt8] = []
        var code = code
        code.withUTF8 { code in
            if var system {
                system.withUTF8 { TokenText.append($0, code, isCaseSensitive: isCaseSensitive, to: &output) }
            } else {
                TokenText.append(nil, code, isCaseSensitive: isCaseSensitive, to: &output)
            }
        }
        return output.withUnsafeBufferPointer { XXHash64.hash($0, seed: seed) }
    }
}

/// Keys of units by the table of `KeySeed`; nil for any unit.
enum UnitKey {
    static func key(_ unit: SearchValue.UnitValue, seed: UInt64) -> UInt64? {
        switch unit {
        case .any: nil
        case .codeOrUnit(let text): XXHash64.hash(text, seed: seed &+ 7)
        case .coded(let system, let code): XXHash64.hash(system + "|" + code, seed: seed &+ 8)
        }
    }
}
