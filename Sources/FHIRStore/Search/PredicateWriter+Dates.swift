import FHIRSearch

/// Tests on spans of time.
extension PredicateWriter {
    /// R4 search.html#prefix, for dates: `lo` is inclusive, `hi` exclusive. Where stored spans are limited, a bound on
    /// `hi` is one on `lo` too, which the index can serve.
    mutating func time(_ test: TimeTest, _ lo: String, _ hi: String) -> String {
        let low = bind(time: test.range.low)
        let high = bind(time: test.range.high)
        let floor = floor(test, lo)
        return switch test.prefix {
        case .eq: "\(lo) >= \(low) AND \(lo) < \(high) AND \(hi) <= \(high)"
        case .ne: "(\(lo) < \(low) OR \(hi) > \(high))"
        case .gt: "\(hi) > \(high)\(floor)"
        case .lt: "\(lo) < \(low)"
        case .ge: "(\(hi) > \(high) OR \(lo) >= \(low))\(floor)"
        case .le: "(\(lo) < \(low) OR \(hi) <= \(high)) AND \(lo) < \(high)"
        case .sa: "\(lo) >= \(high)"
        case .eb: "\(hi) <= \(low) AND \(lo) < \(low)"
        case .ap: "\(hi) > \(low) AND \(lo) < \(high)\(floor)"
        }
    }

    /// What a lower bound on `hi` says of `lo`: no less than the longest span before it.
    mutating func floor(_ test: TimeTest, _ lo: String) -> String {
        guard test.longSpanKey == nil, let floor = test.floor else { return "" }
        return " AND \(lo) >= \(bind(time: floor))"
    }

    /// What all tests of the main date say of `date_lo` together, unless the span is marked as a long one. Adds nothing
    /// to what matches: it is what the index can serve, in the one form in which the planner sees both bounds.
    mutating func window(_ conjuncts: [SearchPredicate], alias: String) -> String? {
        var floor: Int64?
        var ceiling: Int64?
        var marker: Int64?
        for case .date(let test) in conjuncts {
            guard let key = test.longSpanKey else { return nil }
            marker = key
            if let bound = test.floor { floor = max(floor ?? bound, bound) }
            if let bound = test.ceiling { ceiling = min(ceiling ?? bound, bound) }
        }
        guard let floor, let marker else { return nil }
        var bounds = "\(alias).date_lo >= \(bind(time: floor))"
        if let ceiling { bounds += " AND \(alias).date_lo < \(bind(time: ceiling))" }
        return "(\(bounds) OR \(alias).keys @> \(bind([marker])))"
    }

    /// `updated` is one instant of a millisecond, so both ends of its span are known from it.
    mutating func updated(_ test: TimeTest, _ alias: String) -> String {
        let column = "\(alias).updated"
        let low = bind(time: test.range.low)
        let high = bind(time: test.range.high)
        return switch test.prefix {
        case .eq, .ap: "\(column) >= \(low) AND \(column) < \(high)"
        case .ne: "(\(column) < \(low) OR \(column) >= \(high))"
        case .gt, .sa: "\(column) >= \(high)"
        case .lt, .eb: "\(column) < \(low)"
        case .ge: "\(column) >= \(low)"
        case .le: "\(column) < \(high)"
        }
    }
}
