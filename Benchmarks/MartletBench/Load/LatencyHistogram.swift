/// Counts of durations in buckets that are at most 1.6 % wide, so that recording one costs a few instructions.
struct LatencyHistogram {
    private var counts = [UInt64](repeating: 0, count: 64 * 40)
    private(set) var count: UInt64 = 0
    private(set) var maximum: UInt64 = 0

    /// - Parameter nanoseconds: up to about nine hours; what is longer counts as that.
    mutating func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(nanoseconds)] += 1
        count += 1
        if nanoseconds > maximum { maximum = nanoseconds }
    }

    mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The duration in milliseconds that the given share (0...1) of all stayed within; nil without any.
    func milliseconds(at share: Double) -> Double? {
        guard count > 0 else { return nil }
        let target = UInt64((Double(count) * share).rounded(.up))
        var seen: UInt64 = 0
        for (index, bucketCount) in counts.enumerated() where bucketCount > 0 {
            seen += bucketCount
            if seen >= target { return Double(min(Self.upperEdge(index), maximum)) / 1e6 }
        }
        return Double(maximum) / 1e6
    }

    /// The lowest 64 values have a bucket each; above, every power of two is cut into 64.
    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 64 else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - 6
        return min((shift + 1) * 64 + Int(value >> UInt64(shift)) - 64, 64 * 40 - 1)
    }

    private static func upperEdge(_ index: Int) -> UInt64 {
        guard index >= 64 else { return UInt64(index) }
        let shift = UInt64(index / 64 - 1)
        return (UInt64(index % 64 + 65) << shift) - 1
    }
}
