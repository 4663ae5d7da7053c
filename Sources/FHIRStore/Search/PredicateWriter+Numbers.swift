import FHIRSearch

/// Tests on numbers.
extension PredicateWriter {
    /// R4 search.html#prefix, for numbers: `lo` and `hi` are inclusive.
    mutating func number(_ test: NumberTest, _ lo: String, _ hi: String) -> String {
        switch test.prefix {
        case .eq: "\(lo) >= \(numeric(test.low)) AND \(lo) < \(numeric(test.high)) AND \(hi) < \(numeric(test.high))"
        case .ne: "(\(lo) < \(numeric(test.low)) OR \(hi) >= \(numeric(test.high)))"
        case .gt: "\(hi) > \(numeric(test.value))"
        case .lt: "\(lo) < \(numeric(test.value))"
        case .ge: "\(hi) >= \(numeric(test.value))"
        case .le: "\(lo) <= \(numeric(test.value))"
        case .sa: "\(lo) > \(numeric(test.value))"
        case .eb: "\(hi) < \(numeric(test.value))"
        case .ap: "\(hi) >= \(numeric(test.low)) AND \(lo) <= \(numeric(test.high))"
        }
    }
}
