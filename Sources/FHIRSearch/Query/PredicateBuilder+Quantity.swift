import UCUM

/// Quantities (R4 search.html#quantity).
///
/// A unit of UCUM stands for all that compare with it: `5400||ug` finds 5.4 mg. Stored values in such units are found
/// by their base units alone; values in any other unit, and in pH and its kind, whose order is turned round, are found
/// by the unit as it is written.
extension PredicateBuilder {
    func quantity(
        _ test: NumberTest, _ unit: SearchValue.UnitValue, _ slot: IndexSlot
    ) -> SearchPredicate {
        let key = UnitKey.key(unit, seed: slot.seed.value).map { Int64(bitPattern: $0) }
        let isColumn = slot.storage == .quantityColumns
        let written: SearchPredicate =
            isColumn
            ? .conjunction([key.map { .keys([$0], isSelective: false) } ?? .always, .quantity(test)])
            : .number(parameter: slot.number, key: key, test)
        guard let (dimension, canonical) = canonical(test, unit, slot) else { return written }
        let converted: SearchPredicate =
            isColumn
            ? .conjunction([.keys([dimension], isSelective: false), .canonicalQuantity(canonical)])
            : .canonicalNumber(parameter: slot.number, key: nil, dimension: dimension, canonical)
        if case .coded = unit { return converted }
        return .disjunction([converted, written])
    }

    /// Where the quantities of resources with the code stand; nil if the slot's codes lead to none.
    func codedRows(_ token: SearchValue.TokenValue, _ slots: [Int], in index: TypeIndex) -> SearchPredicate.CodedRows? {
        guard slots.count == 1, let parameter = index.slots[slots[0]].quantityRows, token.code != nil else {
            return nil
        }
        let slot = index.slots[slots[0]]
        let plain = SearchValue.TokenValue(system: .any, code: token.code)
        return TokenKey.key(plain, seed: slot.seed.value, isCaseSensitive: slot.isCaseSensitive).map {
            SearchPredicate.CodedRows(parameter: parameter, key: Int64(bitPattern: $0))
        }
    }

    /// The test in base units and their key; nil if the unit has none.
    func canonical(
        _ test: NumberTest, _ unit: SearchValue.UnitValue, _ slot: IndexSlot
    ) -> (dimension: Int64, test: NumberTest)? {
        let code: String
        switch unit {
        case .codeOrUnit(let text): code = text
        case .coded(UCUM.system, let text): code = text
        default: return nil
        }
        guard let unit = try? indexer.units.unit(code), unit.keepsOrder, let converted = test.canonical(unit) else {
            return nil
        }
        return (Int64(bitPattern: slot.seed.dimensionKey(unit.baseUnits)), converted)
    }
}

/// Keys of units as they are written, by the table of `KeySeed`; nil for any unit.
enum UnitKey {
    static func key(_ unit: SearchValue.UnitValue, seed: UInt64) -> UInt64? {
        switch unit {
        case .any: nil
        case .codeOrUnit(let text): XXHash64.hash(text, seed: seed &+ 7)
        case .coded(let system, let code): XXHash64.hash(system + "|" + code, seed: seed &+ 8)
        }
    }
}
