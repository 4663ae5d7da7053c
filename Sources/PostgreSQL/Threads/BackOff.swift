/// Pauses that double up to a limit, each cut at random by up to a half, so that many connections don't come back
/// in step.
struct BackOff {
    private let initial: Int64
    private let maximum: Int64
    private var current: Int64

    init(initial: Duration, maximum: Duration) {
        self.initial = max(1, initial.wholeNanoseconds)
        self.maximum = max(self.initial, maximum.wholeNanoseconds)
        self.current = self.initial
    }

    init(_ configuration: DatabaseConfiguration) {
        self.init(initial: configuration.initialBackOff, maximum: configuration.maximumBackOff)
    }

    /// The next pause.
    mutating func next() -> Duration {
        let pause = Int64.random(in: (current + 1) / 2...current)
        current = min(maximum, current * 2)
        return .nanoseconds(pause)
    }

    mutating func reset() { current = initial }
}
