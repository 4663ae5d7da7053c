import JSONTape
import UCUM

/// Numbers and quantities (R4 search.html#number, #quantity).
extension EntryCollector {
    /// A stored number or quantity: its bounds, inclusive, and its unit.
    struct Amount {
        var low = "-Infinity"
        var high = "Infinity"
        var system: Text?
        var code: Text?
        var unit: Text?
        /// The bounds in UCUM's base units, if the unit has any that keep the order.
        var canonical: Canonical?

        struct Canonical {
            var baseUnits: String
            var low: String
            var high: String
        }
    }

    /// Latitude and longitude of a Location.position, as the two numbers of one row.
    mutating func readPosition(_ value: Document.Index, slot: Int) {
        guard let latitude = number(value, "latitude"), let longitude = number(value, "longitude") else { return }
        entries.numbers.append(
            IndexEntries.NumberEntry(
                parameter: index.trie.slots[slot].number, key: nil, low: latitude, high: longitude))
    }

    mutating func readQuantity(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        guard let amount = amount(value, reader) else { return }
        if core.storage == .quantityColumns {
            guard entries.quantityLow == nil else { return }
            entries.quantityLow = amount.low
            entries.quantityHigh = amount.high
            if let canonical = amount.canonical {
                keys.append(core.seed.dimensionKey(canonical.baseUnits))
                entries.canonicalLow = canonical.low
                entries.canonicalHigh = canonical.high == canonical.low ? nil : canonical.high
            }
            for key in unitKeys(amount, seed: core.seed.value) { keys.append(key) }
            return
        }
        appendNumber(core.number, key: nil, amount, core.seed)
        for key in unitKeys(amount, seed: core.seed.value) { appendNumber(core.number, key: key, amount) }
    }

    /// The main quantity under each of the resource's codes, see `IndexSlot.quantityRows`.
    mutating func appendCodedQuantity() {
        guard let parameter = index.quantityRows, let low = entries.quantityLow else { return }
        for (position, key) in quantityKeys.enumerated() where !quantityKeys[..<position].contains(key) {
            entries.numbers.append(
                IndexEntries.NumberEntry(
                    parameter: parameter, key: Int64(bitPattern: key), low: low, high: entries.quantityHigh))
        }
    }

    /// - Parameter seed: of the slot, where the row is to hold the value in base units too.
    mutating func appendNumber(_ parameter: Int32, key: UInt64?, _ amount: Amount, _ seed: KeySeed? = nil) {
        var entry = IndexEntries.NumberEntry(
            parameter: parameter, key: key.map { Int64(bitPattern: $0) }, low: amount.low, high: amount.high)
        if let seed, let canonical = amount.canonical {
            entry.dimension = Int64(bitPattern: seed.dimensionKey(canonical.baseUnits))
            entry.canonicalLow = canonical.low
            entry.canonicalHigh = canonical.high == canonical.low ? nil : canonical.high
        }
        entries.numbers.append(entry)
    }

    /// Bounds and unit of a number, Quantity, Money, Range or SampledData; nil without a value.
    mutating func amount(_ value: Document.Index, _ reader: ValueReader) -> Amount? {
        switch reader {
        case .number:
            guard document.kind(value) == .number else { return nil }
            let number = document.string(value)
            return Amount(low: number, high: number)
        case .range:
            let low = document.member("low", of: value).flatMap { quantity($0) }
            let high = document.member("high", of: value).flatMap { quantity($0) }
            guard var amount = low ?? high else { return nil }
            amount.low = low?.low ?? "-Infinity"
            amount.high = high?.high ?? "Infinity"
            amount.canonical?.low = low?.canonical?.low ?? "-Infinity"
            amount.canonical?.high = high?.canonical?.high ?? "Infinity"
            // Ends whose units do not compare are no range in any unit.
            if let low, let high, low.canonical?.baseUnits != high.canonical?.baseUnits { amount.canonical = nil }
            return amount
        case .sampledData:
            // R4 does not define the search; the device's limits bound the samples, else the origin stands for them.
            guard var amount = document.member("origin", of: value).flatMap({ quantity($0) }) else { return nil }
            if let low = number(value, "lowerLimit"), let high = number(value, "upperLimit") {
                amount.low = low
                amount.high = high
                setCanonical(&amount)
            }
            return amount
        case .money:
            guard let number = number(value, "value") else { return nil }
            var amount = Amount(low: number, high: number)
            amount.code = document.member("currency", of: value).map { text($0) }
            if amount.code != nil { amount.system = Self.currencySystem }
            return amount
        default:
            return quantity(value)
        }
    }

    /// The system of Money.currency: ISO 4217.
    private static var currencySystem: Text {
        let text: StaticString = "urn:iso:std:iso:4217"
        return UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    private func number(_ object: Document.Index, _ name: StaticString) -> String? {
        guard let value = document.member(name, of: object), document.kind(value) == .number else { return nil }
        return document.string(value)
    }

    private mutating func quantity(_ value: Document.Index) -> Amount? {
        guard let number = number(value, "value") else { return nil }
        var amount = Amount(low: number, high: number)
        amount.system = document.member("system", of: value).map { text($0) }
        amount.code = document.member("code", of: value).map { text($0) }
        amount.unit = document.member("unit", of: value).map { text($0) }
        if let comparator = document.member("comparator", of: value) {
            let exact = DecimalText(number)
            switch document.string(comparator) {
            case "<": (amount.low, amount.high) = ("-Infinity", exact?.nudged(up: false) ?? number)
            case "<=": amount.low = "-Infinity"
            case ">": (amount.low, amount.high) = (exact?.nudged(up: true) ?? number, "Infinity")
            case ">=": amount.high = "Infinity"
            default: break
            }
        }
        setCanonical(&amount)
        return amount
    }

    /// Works out the bounds in base units.
    private func setCanonical(_ amount: inout Amount) {
        guard let code = amount.code, let system = amount.system, system.elementsEqual(UCUM.system.utf8),
            let unit = try? units.unit(String(decoding: code, as: UTF8.self)), unit.keepsOrder
        else { return }
        func bound(_ value: String) -> String? { value.hasSuffix("Infinity") ? value : unit.canonical(value) }
        guard let low = bound(amount.low), let high = bound(amount.high) else { return }
        amount.canonical = Amount.Canonical(baseUnits: unit.baseUnits, low: low, high: high)
    }

    /// Keys by which the unit is found as it is written: `system|code`, the code, and the unit where it differs from
    /// the code. Codes that have base units are found by those instead.
    func unitKeys(_ amount: Amount, seed: UInt64) -> [UInt64] {
        var result: [UInt64] = []
        if let code = amount.code, amount.canonical == nil {
            result.append(XXHash64.hash(code, seed: seed &+ 7))
            if let system = amount.system {
                var joined: [UInt8] = []
                TokenText.append(system, code, isCaseSensitive: true, to: &joined)
                result.append(joined.withUnsafeBufferPointer { XXHash64.hash($0, seed: seed &+ 8) })
            }
        }
        if let unit = amount.unit, amount.code.map({ !$0.elementsEqual(unit) }) ?? true {
            result.append(XXHash64.hash(unit, seed: seed &+ 7))
        }
        return result
    }
}
