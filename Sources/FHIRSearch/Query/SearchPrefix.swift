import UCUM

/// How a stored number, quantity or date compares with the one searched for (R4 search.html#prefix).
package enum SearchPrefix: String, Hashable, Sendable, CaseIterable {
    case eq, ne, gt, lt, ge, le, sa, eb, ap

    /// Takes the prefix off a value; `eq` if there is none.
    static func take(from text: inout Substring) -> SearchPrefix {
        guard text.utf8.count >= 2, let prefix = SearchPrefix(rawValue: String(text.prefix(2))) else { return .eq }
        text = text.dropFirst(2)
        return prefix
    }
}

/// A test on a stored span of time, `lo` inclusive and `hi` exclusive.
package struct TimeTest: Hashable, Sendable {
    package var prefix: SearchPrefix
    /// The span searched for, in microseconds since 1970; widened for `ap`.
    package var range: DateRange
    /// Longest stored span, in microseconds; nil if unlimited. Lets a lower bound on `hi` bound `lo` too.
    package var longestSpan: Int64?
    /// Key of the resources whose spans are longer than that nevertheless; nil if there are none.
    package var longSpanKey: Int64?

    /// What `lo` cannot lie before, for spans no longer than `longestSpan`; nil if nothing is known.
    package var floor: Int64? {
        switch prefix {
        case .eq: range.low
        case .sa: range.high
        case .gt, .ge, .ap: longestSpan.map { range.low - $0 }
        default: nil
        }
    }

    /// What `lo` lies before; nil if nothing is known.
    package var ceiling: Int64? {
        switch prefix {
        case .eq, .le, .ap: range.high
        case .lt, .eb: range.low
        default: nil
        }
    }

    /// Overlaps `range`: `ap` without tolerance.
    init(overlapping range: DateRange, longestSpan: Int64?, longSpanKey: Int64?) {
        prefix = .ap
        self.range = range
        self.longestSpan = longestSpan
        self.longSpanKey = longSpanKey
    }

    /// R4 recommends a tenth of the distance between now and the value as tolerance of `ap`.
    init(
        prefix: SearchPrefix, range: DateRange, now: Int64, longestSpan: Int64? = nil, longSpanKey: Int64? = nil
    ) {
        self.longSpanKey = longSpanKey
        self.prefix = prefix
        self.longestSpan = longestSpan
        self.range = range
        if prefix == .ap {
            let tolerance = max(abs(now - range.low), abs(now - range.high)) / 10
            self.range = DateRange(low: range.low - tolerance, high: range.high + tolerance)
        }
    }
}

/// A test on a stored number, `lo` and `hi` inclusive.
package struct NumberTest: Hashable, Sendable {
    package var prefix: SearchPrefix
    /// The number itself, as text.
    package var value: String
    /// Bounds by precision for `eq` and `ne`, by tolerance for `ap`.
    package var low: String
    package var high: String

    init(prefix: SearchPrefix, number: DecimalText) {
        self.prefix = prefix
        value = number.text
        (low, high) = prefix == .ap ? number.approximateBounds : number.impliedBounds
    }

    /// The same test on values in the unit's base units.
    func canonical(_ unit: UCUM.Unit) -> NumberTest? {
        guard let value = unit.canonical(value), let low = unit.canonical(low), let high = unit.canonical(high)
        else { return nil }
        var test = self
        (test.value, test.low, test.high) = (value, low, high)
        return test
    }
}
