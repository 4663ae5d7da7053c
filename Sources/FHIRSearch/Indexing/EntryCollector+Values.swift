import JSONTape

/// Strings, numbers, quantities and dates (R4 search.html#string, #number, #quantity, #date).
extension EntryCollector {
    // MARK: - Strings

    mutating func readString(_ value: Document.Index, slot: Int) {
        let core = index.trie.slots[slot]
        guard let (norm, raw) = string(value) else { return }
        entries.strings.append(
            IndexEntries.StringEntry(
                parameter: core.number,
                key: Int64(bitPattern: XXHash64.hash(raw, seed: core.seed.value &+ 9)), norm: norm))
    }

    mutating func string(_ value: Document.Index) -> (norm: [UInt8], raw: Text)? {
        guard document.kind(value) == .string || document.kind(value) == .escapedString else { return nil }
        let raw = text(value)
        return (TextFolding.normalized(raw), raw)
    }

    // MARK: - Numbers and quantities

    /// A stored number or quantity: its bounds, inclusive, and its unit.
    struct Amount {
        var low = "-Infinity"
        var high = "Infinity"
        var system: Text?
        var code: Text?
        var unit: Text?
    }

    mutating func readQuantity(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        guard let amount = amount(value, reader) else { return }
        if core.storage == .quantityColumns {
            guard entries.quantityLow == nil else { return }
            entries.quantityLow = amount.low
            entries.quantityHigh = amount.high
            for key in unitKeys(amount, seed: core.seed.value) { keys.append(key) }
            return
        }
        appendNumber(core.number, key: nil, amount)
        for key in unitKeys(amount, seed: core.seed.value) { appendNumber(core.number, key: key, amount) }
    }

    mutating func appendNumber(_ parameter: Int32, key: UInt64?, _ amount: Amount) {
        entries.numbers.append(
            IndexEntries.NumberEntry(
                parameter: parameter, key: key.map { Int64(bitPattern: $0) }, low: amount.low, high: amount.high))
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
            return amount
        case .sampledData:
            // R4 does not define the search; the device's limits bound the samples, else the origin stands for them.
            guard var amount = document.member("origin", of: value).flatMap({ quantity($0) }) else { return nil }
            if let low = number(value, "lowerLimit"), let high = number(value, "upperLimit") {
                amount.low = low
                amount.high = high
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
        guard let comparator = document.member("comparator", of: value) else { return amount }
        let exact = DecimalText(number)
        switch document.string(comparator) {
        case "<": (amount.low, amount.high) = ("-Infinity", exact?.nudged(up: false) ?? number)
        case "<=": amount.low = "-Infinity"
        case ">": (amount.low, amount.high) = (exact?.nudged(up: true) ?? number, "Infinity")
        case ">=": amount.high = "Infinity"
        default: break
        }
        return amount
    }

    /// Keys by which the unit is found: `system|code`, the code, and the unit where it differs from the code.
    func unitKeys(_ amount: Amount, seed: UInt64) -> [UInt64] {
        var result: [UInt64] = []
        if let code = amount.code {
            result.append(XXHash64.hash(code, seed: seed &+ 7))
            if let system = amount.system {
                var joined: [UInt8] = []
                TokenText.append(system, code, isCaseSensitive: true, to: &joined)
                result.append(joined.withUnsafeBufferPointer { XXHash64.hash($0, seed: seed &+ 8) })
            }
        }
        if let unit = amount.unit {
            let key = XXHash64.hash(unit, seed: seed &+ 7)
            if result.first != key { result.append(key) }
        }
        return result
    }

    // MARK: - Dates

    mutating func readDate(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        guard let range = dateRange(value, reader) else { return }
        if core.storage == .dateColumns {
            guard entries.dateLow == nil else { return }
            entries.dateLow = range.low
            entries.dateHigh = range.high
            let (span, isInfinite) = range.high.subtractingReportingOverflow(range.low)
            if core.marksLongSpans, isInfinite || span > IndexSlot.shortSpan { keys.append(core.seed.longSpanKey) }
        } else {
            entries.ranges.append(
                IndexEntries.RangeEntry(parameter: core.number, key: nil, low: range.low, high: range.high))
        }
    }

    /// The outer limits of a date, Period or Timing; nil if it has none.
    mutating func dateRange(_ value: Document.Index, _ reader: ValueReader) -> DateRange? {
        switch reader {
        case .period: return period(value)
        case .timing: return timing(value)
        default:
            guard document.kind(value) == .string else { return nil }
            return DateRange(document.rawText(value))
        }
    }

    private mutating func period(_ value: Document.Index) -> DateRange? {
        let start = document.member("start", of: value).flatMap { DateRange(text($0)) }
        let end = document.member("end", of: value).flatMap { DateRange(text($0)) }
        if start == nil, end == nil { return nil }
        return DateRange(low: start?.low ?? DateRange.distantPast, high: end?.high ?? DateRange.distantFuture)
    }

    private mutating func timing(_ value: Document.Index) -> DateRange? {
        var limits: DateRange?
        if let events = document.member("event", of: value) {
            for event in JSONNode(document, events).items {
                guard let range = DateRange(text(event.index)) else { continue }
                limits = DateRange(
                    low: min(limits?.low ?? range.low, range.low), high: max(limits?.high ?? range.high, range.high))
            }
        }
        guard let rule = document.member("repeat", of: value), let bounds = document.member("boundsPeriod", of: rule),
            let range = period(bounds)
        else { return limits }
        return DateRange(
            low: min(limits?.low ?? range.low, range.low), high: max(limits?.high ?? range.high, range.high))
    }
}
