/// The generator behind every synthetic value (Steele, Lea, Flood 2014): small, quick, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A whole number from 0 up to but without `bound`, which must be positive.
    mutating func below(_ bound: Int) -> Int {
        // The bias of the remainder is far below what made-up data could show.
        Int(truncatingIfNeeded: next() % UInt64(bound))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// True in `percent` of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// About normally distributed: the sum of four uniform values, at most 3.5 deviations from the mean.
    mutating func normal(mean: Double, deviation: Double) -> Double {
        var sum = 0.0
        for _ in 0..<4 { sum += Double(next() >> 11) / 9_007_199_254_740_992 }
        return mean + deviation * (sum - 2) * 1.732
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
