import Testing

@testable import martlet_bench

@Suite struct LatencyHistogramTests {
    @Test func holdsNothingAtFirst() {
        #expect(LatencyHistogram().milliseconds(at: 0.5) == nil)
    }

    @Test(arguments: [1, 63, 64, 65, 1000, 123_456, 7_654_321, 3_000_000_000, 10_000_000_000_000] as [UInt64])
    func staysWithinItsBucket(_ nanoseconds: UInt64) throws {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds)
        histogram.record(nanoseconds * 2)
        let median = try #require(histogram.milliseconds(at: 0.5)) * 1e6
        #expect(median >= Double(nanoseconds) * 0.999)
        #expect(median <= Double(nanoseconds) * 1.02)
        #expect(histogram.milliseconds(at: 1) == Double(nanoseconds * 2) / 1e6)
    }

    @Test func ranksAsSortingWould() throws {
        var histogram = LatencyHistogram()
        var other = LatencyHistogram()
        for value in 1...1000 as ClosedRange<UInt64> {
            if value % 2 == 0 { histogram.record(value * 1000) } else { other.record(value * 1000) }
        }
        histogram.merge(other)
        #expect(histogram.count == 1000)
        for share in [0.01, 0.5, 0.95, 0.99] {
            let found = try #require(histogram.milliseconds(at: share))
            #expect(abs(found - share) <= share * 0.02)
        }
    }
}
