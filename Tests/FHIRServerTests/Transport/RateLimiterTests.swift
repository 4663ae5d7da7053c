import Testing

@testable import FHIRServer

@Suite struct RateLimiterTests {
    private let start = ContinuousClock.now

    @Test func aBucketEmptiesAndFillsAgain() {
        let limiter = RateLimiter(RateLimiter.Rate(perSecond: 2, burst: 3))
        for _ in 0..<3 { #expect(limiter.take("a", at: start) == 0) }
        #expect(limiter.take("a", at: start) == 1)
        #expect(limiter.wait("a", at: start) == 1)
        #expect(limiter.take("b", at: start) == 0, "another one has a bucket of its own")
        #expect(limiter.take("a", at: start + .milliseconds(500)) == 0)
        #expect(limiter.take("a", at: start + .milliseconds(600)) == 1)
        #expect(limiter.wait("a", at: start + .seconds(60)) == 0)
        for _ in 0..<3 { #expect(limiter.take("a", at: start + .seconds(60)) == 0) }
        #expect(limiter.take("a", at: start + .seconds(60)) == 1, "no more than the burst is saved up")
    }

    @Test func slowRatesTellHowLong() {
        let limiter = RateLimiter(RateLimiter.Rate(perSecond: 0.1, burst: 1))
        #expect(limiter.take("a", at: start) == 0)
        #expect(limiter.take("a", at: start) == 10)
    }

    /// Whoever calls from ever new addresses fills no memory, and has no empty bucket forgotten.
    @Test func memoryIsBounded() {
        let limiter = RateLimiter(RateLimiter.Rate(perSecond: 0.01, burst: 5), greatestCount: 100)
        for _ in 0..<6 { _ = limiter.take("attacker", at: start) }
        for number in 0..<1000 { #expect(limiter.take("n\(number)", at: start) == 0) }
        #expect(limiter.count <= 100)
        #expect(limiter.take("attacker", at: start) > 0)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8::1", "2001:db8::/64"),
        ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ])
    func networksAreTakenTogether(address: String, key: String) {
        #expect(RateLimiter.key(ofAddress: address) == key)
    }
}
