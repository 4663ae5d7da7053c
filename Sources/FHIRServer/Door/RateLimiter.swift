import Synchronization

/// How often somebody may ask: a bucket for each, which empties with each request and fills again as time goes by.
package final class RateLimiter: Sendable {
    /// How much one may ask for.
    package struct Rate: Sendable, Hashable {
        /// Requests per second in the long run.
        package var perSecond: Double
        /// Requests at once.
        package var burst: Double

        package init(perSecond: Double, burst: Double) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    private struct Bucket {
        var level: Double
        var time: ContinuousClock.Instant
    }

    private let rate: Rate
    private let greatestCount: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter greatestCount: most buckets that are kept.
    package init(_ rate: Rate, greatestCount: Int = 50_000) {
        self.rate = rate
        self.greatestCount = greatestCount
    }

    /// Counts a request; seconds to wait if it is one too many, otherwise 0.
    package func take(_ key: String, at now: ContinuousClock.Instant = .now) -> Int {
        buckets.withLock { buckets in
            var bucket = Bucket(level: rate.burst, time: now)
            if let found = buckets[key] {
                bucket.level = refilled(found, now)
            } else if buckets.count >= greatestCount {
                makeRoom(&buckets, now)
            }
            let wait = missing(bucket.level)
            if wait == 0 { bucket.level -= 1 }
            buckets[key] = bucket
            return wait
        }
    }

    /// Seconds to wait before the next request, without counting one.
    package func wait(_ key: String, at now: ContinuousClock.Instant = .now) -> Int {
        buckets.withLock { $0[key].map { missing(refilled($0, now)) } ?? 0 }
    }

    /// How many buckets are kept now.
    var count: Int { buckets.withLock { $0.count } }

    /// Seconds until a bucket has enough for a request.
    private func missing(_ level: Double) -> Int {
        level >= 1 ? 0 : max(1, Int(((1 - level) / rate.perSecond).rounded(.up)))
    }

    private func refilled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        let seconds = (now - bucket.time) / .seconds(1)
        return min(rate.burst, bucket.level + max(0, seconds) * rate.perSecond)
    }

    /// Full buckets are as good as new ones. Where that is not enough, those go that are fullest: whoever calls from
    /// ever new addresses must not be able to have the empty ones forgotten.
    private func makeRoom(_ buckets: inout [String: Bucket], _ now: ContinuousClock.Instant) {
        buckets = buckets.filter { refilled($0.value, now) < rate.burst }
        guard buckets.count >= greatestCount * 9 / 10 else { return }
        let byLevel = buckets.sorted { refilled($0.value, now) < refilled($1.value, now) }
        buckets = Dictionary(uniqueKeysWithValues: byLevel.prefix(greatestCount / 2).map { ($0.key, $0.value) })
    }

    /// The key of a network address: of IPv6 the network, of whose addresses everybody has plenty (RFC 6177).
    package static func key(ofAddress address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        // As many groups as stand before a gap are known; an address with its gap there has zeros behind it.
        let head = address.prefix(while: { $0 != "%" })
        let parts = head.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [Substring] = []
        for part in parts.prefix(4) {
            if part.isEmpty { break }
            groups.append(part)
        }
        return groups.joined(separator: ":") + "::/64"
    }
}
