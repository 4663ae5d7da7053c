import Synchronization

/// Random numbers for ids, from any thread, without asking the kernel each time.
///
/// SplitMix64 from a seed of the system's generator: no number repeats within a process, and two processes would need
/// the same seed. Not for secrets.
package final class SharedRandom: Sendable {
    private let state: Atomic<UInt64>

    package init() {
        state = Atomic(UInt64.random(in: .min ... .max))
    }

    package func next() -> UInt64 {
        var value = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
