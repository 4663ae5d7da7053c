/// When a message that failed for a passing reason is tried again.
package struct RetrySchedule: Sendable {
    /// Seconds after each failed attempt.
    package var delays: [Int]

    /// - Parameter delays: one less than there are attempts.
    package init(delays: [Int] = [2, 15, 60, 300]) {
        self.delays = delays
    }

    /// Seconds until the next attempt; nil when there is none left and the message waits for a person.
    func delay(afterAttempt attempt: Int) -> Int? {
        delays.indices.contains(attempt - 1) ? delays[attempt - 1] : nil
    }
}
