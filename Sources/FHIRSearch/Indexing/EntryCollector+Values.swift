import JSONTape

/// Strings and dates (R4 search.html#string, #date).
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
            return DateRange(document.rawText(value), zone: zone)
        }
    }

    private mutating func period(_ value: Document.Index) -> DateRange? {
        let start = document.member("start", of: value).flatMap { DateRange(text($0), zone: zone) }
        let end = document.member("end", of: value).flatMap { DateRange(text($0), zone: zone) }
        if start == nil, end == nil { return nil }
        return DateRange(low: start?.low ?? DateRange.distantPast, high: end?.high ?? DateRange.distantFuture)
    }

    /// R4 search.html#date: only the outer limits of a schedule count. One that names no time at all has none.
    private mutating func timing(_ value: Document.Index) -> DateRange? {
        var limits: DateRange?
        if let events = document.member("event", of: value) {
            for event in JSONNode(document, events).items {
                guard let range = DateRange(text(event.index), zone: zone) else { continue }
                limits = DateRange(
                    low: min(limits?.low ?? range.low, range.low), high: max(limits?.high ?? range.high, range.high))
            }
        }
        guard let rule = document.member("repeat", of: value), let bounds = document.member("boundsPeriod", of: rule),
            let range = period(bounds)
        else { return limits ?? (hasContent(value) ? .unbounded : nil) }
        return DateRange(
            low: min(limits?.low ?? range.low, range.low), high: max(limits?.high ?? range.high, range.high))
    }
}
