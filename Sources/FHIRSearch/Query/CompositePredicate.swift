import FHIRDefinitions

/// Searches in a composite's slot: the parts have to come from one repetition (R4 search.html#composite).
struct CompositePredicate {
    let slot: IndexSlot
    let builder: PredicateBuilder

    func predicate(_ values: [SearchValue]) -> SearchPredicate {
        guard let layout = slot.layout, values.count == slot.components.count else { return .never }
        let rowCount = layout == .keys ? 0 : layout == .numberPair ? 2 : 1
        var hashes: [UInt64] = []
        for (position, component) in slot.components.dropLast(rowCount).enumerated() {
            let variants = variants(values[position], component)
            hashes = position == 0 ? variants : CompositeKey.product(hashes, variants, seed: slot.seed)
        }
        return .disjunction(hashes.map { row(layout, $0, Array(values.suffix(rowCount))) })
    }

    private func row(
        _ layout: IndexSlot.CompositeLayout, _ hash: UInt64, _ values: [SearchValue]
    ) -> SearchPredicate {
        let key = Int64(bitPattern: CompositeKey.key(hash, seed: slot.seed))
        switch (layout, values.first, values.last) {
        case (.keys, _, _):
            return .keys([key], isSelective: false)
        case (.quantity, .quantity(let prefix, let number, let unit)?, _):
            return quantity(NumberTest(prefix: prefix, number: number), unit, key: key, hash)
        case (.number, .number(let prefix, let number)?, _):
            return .number(parameter: slot.number, key: key, NumberTest(prefix: prefix, number: number))
        case (.numberPair, .number(let lowPrefix, let low)?, .number(let highPrefix, let high)?):
            return .numberPair(
                parameter: slot.number, key: key, NumberTest(prefix: lowPrefix, number: low),
                NumberTest(prefix: highPrefix, number: high))
        case (.date, .date(let prefix, let range)?, _):
            return .range(
                parameter: slot.number, key: key, TimeTest(prefix: prefix, range: range, now: builder.now))
        case (.string, .string(let text)?, _):
            return .string(parameters: [slot.number], .keyed(key, prefix: TextFolding.normalized(text)))
        default:
            return .never
        }
    }

    private func quantity(
        _ test: NumberTest, _ unit: SearchValue.UnitValue, key: Int64, _ hash: UInt64
    ) -> SearchPredicate {
        var written = SearchPredicate.number(parameter: slot.number, key: key, test)
        guard let unitKey = UnitKey.key(unit, seed: slot.seed.value) else { return written }
        let joined = CompositeKey.key(hash, unit: unitKey, seed: slot.seed)
        written = .conjunction([.keys([Int64(bitPattern: joined)], isSelective: false), written])
        guard let (dimension, canonical) = builder.canonical(test, unit, slot) else { return written }
        let converted = SearchPredicate.canonicalNumber(
            parameter: slot.number, key: key, dimension: dimension, canonical)
        if case .coded = unit { return converted }
        return .disjunction([converted, written])
    }

    /// Hashes of a token, reference or uri part, any of which will do.
    private func variants(_ value: SearchValue, _ component: IndexSlot.Component) -> [UInt64] {
        switch value {
        case .token(var token):
            // An element of type code has no system; its index entry is the code alone.
            if component.isCaseSensitive { token.system = .any }
            guard token.code != nil else { return [] }
            return TokenKey.key(token, seed: 0, isCaseSensitive: component.isCaseSensitive).map { [$0] } ?? []
        case .reference(.local(let types, let id)):
            return types.map { SearchIndexer.selfKey(typeName: builder.indexer.definitions.name(of: $0), id: id) }
        case .reference(.literal(let text)):
            return [KeySeed.target(text)]
        case .uri(let uri):
            return [XXHash64.hash(uri, seed: 6)]
        default:
            return []
        }
    }
}
