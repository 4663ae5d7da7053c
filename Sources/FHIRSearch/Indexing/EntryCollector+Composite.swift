import JSONTape

/// Composites over a repeating element (R4 search.html#composite): all parts come from one and the same repetition.
extension EntryCollector {
    mutating func readComposite(_ value: Document.Index, slot number: Int) {
        let slot = index.slots[number]
        guard let layout = slot.layout else { return }
        let rowCount = layout == .keys ? 0 : layout == .numberPair ? 2 : 1
        let keyed = slot.components.dropLast(rowCount)
        var hashes: [UInt64] = []
        for (position, component) in keyed.enumerated() {
            let variants = tokenVariants(component, at: value)
            if variants.isEmpty { return }
            hashes = position == 0 ? variants : CompositeKey.product(hashes, variants, seed: slot.seed)
        }
        let rows = Array(slot.components.suffix(rowCount))
        var found = true
        switch layout {
        case .keys: for hash in hashes { keys.append(CompositeKey.key(hash, seed: slot.seed)) }
        case .quantity, .number: found = appendAmounts(rows[0], hashes, slot, at: value)
        case .numberPair: found = appendPair(rows[0], rows[1], hashes, slot, at: value)
        case .date: found = appendDates(rows[0], hashes, slot, at: value)
        case .string: found = appendStrings(rows[0], hashes, slot, at: value)
        }
        if found { keys.append(slot.seed.presenceKey) }
    }

    private mutating func appendAmounts(
        _ component: IndexSlot.Component, _ hashes: [UInt64], _ slot: IndexSlot, at base: Document.Index
    ) -> Bool {
        var found = false
        for (value, reader) in values(component, at: base) {
            guard let amount = amount(value, reader) else { continue }
            found = true
            for hash in hashes {
                let key = CompositeKey.key(hash, seed: slot.seed)
                appendNumber(slot.number, key: key, amount, slot.seed)
                for unit in unitKeys(amount, seed: slot.seed.value) {
                    keys.append(CompositeKey.key(hash, unit: unit, seed: slot.seed))
                }
            }
        }
        return found
    }

    private mutating func appendPair(
        _ first: IndexSlot.Component, _ second: IndexSlot.Component, _ hashes: [UInt64], _ slot: IndexSlot,
        at base: Document.Index
    ) -> Bool {
        guard let (low, lowReader) = values(first, at: base).first,
            let (high, highReader) = values(second, at: base).first,
            let lowAmount = amount(low, lowReader), let highAmount = amount(high, highReader)
        else { return false }
        for hash in hashes {
            appendNumber(
                slot.number, key: CompositeKey.key(hash, seed: slot.seed),
                Amount(low: lowAmount.low, high: highAmount.high))
        }
        return true
    }

    private mutating func appendDates(
        _ component: IndexSlot.Component, _ hashes: [UInt64], _ slot: IndexSlot, at base: Document.Index
    ) -> Bool {
        var found = false
        for (value, reader) in values(component, at: base) {
            guard let range = dateRange(value, reader) else { continue }
            found = true
            for hash in hashes {
                let key = Int64(bitPattern: CompositeKey.key(hash, seed: slot.seed))
                entries.ranges.append(
                    IndexEntries.RangeEntry(parameter: slot.number, key: key, low: range.low, high: range.high))
            }
        }
        return found
    }

    private mutating func appendStrings(
        _ component: IndexSlot.Component, _ hashes: [UInt64], _ slot: IndexSlot, at base: Document.Index
    ) -> Bool {
        var found = false
        for (value, _) in values(component, at: base) {
            guard let (norm, _) = string(value) else { continue }
            found = true
            for hash in hashes {
                let key = Int64(bitPattern: CompositeKey.key(hash, seed: slot.seed))
                entries.strings.append(IndexEntries.StringEntry(parameter: slot.number, key: key, norm: norm))
            }
        }
        return found
    }

    // MARK: - Parts

    /// Hashes under which a token, reference or uri part is found.
    private mutating func tokenVariants(_ component: IndexSlot.Component, at base: Document.Index) -> [UInt64] {
        var result: [UInt64] = []
        for (value, reader) in values(component, at: base) {
            switch reader {
            case .tokenCodeableConcept:
                guard let codings = document.member("coding", of: value) else { continue }
                for coding in JSONNode(document, codings).items {
                    appendVariants(coding.index, .tokenCoding, component, to: &result)
                }
            case .reference, .canonical, .inlineResource:
                if let hash = referenceHash(value, reader) { result.append(hash) }
            case .uri, .canonicalURI:
                result.append(XXHash64.hash(text(value), seed: 6))
            default:
                appendVariants(value, reader, component, to: &result)
            }
        }
        return result
    }

    private mutating func appendVariants(
        _ value: Document.Index, _ reader: ValueReader, _ component: IndexSlot.Component, to result: inout [UInt64]
    ) {
        let (system, code) = token(value, reader)
        guard let code else { return }
        result.append(tokenHash(nil, code, seed: 1, component.isCaseSensitive))
        if let system {
            result.append(tokenHash(system, code, seed: 2, component.isCaseSensitive))
        } else if !component.isCaseSensitive {
            result.append(tokenHash(nil, code, seed: 4, component.isCaseSensitive))
        }
    }

    private func values(
        _ component: IndexSlot.Component, at base: Document.Index
    ) -> [(Document.Index, ValueReader)] {
        var result: [(Document.Index, ValueReader)] = []
        for path in component.paths {
            guard let reader = ValueReader(kind: component.kind, typeName: path.leafName) else { continue }
            var level = [component.startsAtResource ? root : base]
            for step in path.steps {
                level = level.flatMap { value -> [Document.Index] in
                    guard let member = document.member(named: step.property, of: value) else { return [] }
                    return JSONNode(document, member).items.map(\.index)
                }
            }
            for value in level { result.append((value, reader)) }
        }
        return result
    }
}

/// How the hashes of a composite's parts become one, shared by indexing and searching.
enum CompositeKey {
    static func product(_ left: [UInt64], _ right: [UInt64], seed: KeySeed) -> [UInt64] {
        left.flatMap { first in right.map { XXHash64.combine(first, $0, seed: seed.value) } }
    }

    /// The key of a combination, or of the parts before a number.
    static func key(_ hash: UInt64, seed: KeySeed) -> UInt64 { XXHash64.combine(hash, 0, seed: seed.value) }

    /// The key that a combination with a quantity in this unit leaves in `keys`.
    static func key(_ hash: UInt64, unit: UInt64, seed: KeySeed) -> UInt64 {
        XXHash64.combine(hash, unit, seed: seed.value)
    }
}
