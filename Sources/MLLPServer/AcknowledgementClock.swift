internal import HL7Syntax
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Time and control ids for the answers that are written here; a value, so that tests can fix both.
package struct AcknowledgementClock: Sendable {
    /// Seconds since 1970.
    private let seconds: @Sendable () -> Int
    private let counter: Counter

    package init(seconds: @escaping @Sendable () -> Int = { time(nil) }) {
        self.seconds = seconds
        counter = Counter(start: seconds())
    }

    /// MSH-7 of an answer.
    package func now() -> String { HL7Timestamp.utc(secondsSince1970: seconds()) }

    /// MSH-10 of an answer: counts on from the start time, so that a restart does not repeat one. At most 20 digits.
    package func nextControlID() -> String { "\(counter.next())" }

    private final class Counter: Sendable {
        private let value: Atomic<Int>

        init(start: Int) { value = Atomic(start &* 1_000_000) }

        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }
}
