import Synchronization

/// How much one network address may ask for without having signed in: a bucket that fills again as time goes by.
package final class AddressLimiter: Sendable {
    package struct Limits: Sendable {
        /// Requests at once. Default 300: behind one address may be a whole clinic.
        package var burst: Double = 300
        /// Requests per second after that. Default 2.
        package var perSecond: Double = 2

        package init() {}
    }

    private struct Bucket {
        var level: Double
        var time: ContinuousClock.Instant
    }

    private static let greatestCount = 50_000

    private let limits: Limits
    private let buckets = Mutex<[String: Bucket]>([:])

    package init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Counts a request; seconds to wait if it is one too many, otherwise 0.
    func take(_ address: String, at now: ContinuousClock.Instant = .now) -> Int {
        buckets.withLock { buckets in
            if buckets.count >= Self.greatestCount {
                // Full ones are as good as new ones.
                buckets = buckets.filter { Self.refilled($0.value, limits, now) < limits.burst }
                if buckets.count >= Self.greatestCount { buckets.removeAll() }
            }
            var bucket = buckets[address] ?? Bucket(level: limits.burst, time: now)
            bucket.level = Self.refilled(bucket, limits, now)
            bucket.time = now
            guard bucket.level >= 1 else {
                buckets[address] = bucket
                return max(1, Int(((1 - bucket.level) / limits.perSecond).rounded(.up)))
            }
            bucket.level -= 1
            buckets[address] = bucket
            return 0
        }
    }

    private static func refilled(_ bucket: Bucket, _ limits: Limits, _ now: ContinuousClock.Instant) -> Double {
        let seconds = (now - bucket.time) / .seconds(1)
        return min(limits.burst, bucket.level + seconds * limits.perSecond)
    }
}
