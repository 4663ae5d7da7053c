/// SplitMix64: the same choices for the same seed, on every machine.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    /// A stream of its own for every request, so that one can be made again without those before it.
    init(seed: UInt64, index: Int) {
        state = seed &* 0xD6E8_FEB8_6659_FD93 &+ UInt64(index)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From 0 up to but without `bound`; 0 where there is nothing below it.
    mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }

    /// True in `percent` of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
