import Synchronization

/// Counts of requests by route and status, and how long they took, without locks.
package final class RequestMetrics: @unchecked Sendable {
    // @unchecked because of the pointer: it is set once, points at atomics only, and is freed when nobody can use it.
    private let counts: UnsafeMutablePointer<Atomic<Int>>
    private let buckets: UnsafeMutablePointer<Atomic<Int>>
    private let nanoseconds: UnsafeMutablePointer<Atomic<Int>>
    private let inFlight = Atomic(0)

    private static let statuses = [
        200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 416, 422, 500, 503,
    ]
    /// Upper bounds in seconds.
    private static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    private static let routeCount = Route.Kind.allCases.count
    private static let methodCount = RequestMethod.allCases.count
    private static let countOfCounts = routeCount * methodCount * (statuses.count + 1)
    private static let countOfBuckets = routeCount * (bounds.count + 1)

    package init() {
        counts = Self.make(Self.countOfCounts)
        buckets = Self.make(Self.countOfBuckets)
        nanoseconds = Self.make(Self.routeCount)
    }

    deinit {
        counts.deinitialize(count: Self.countOfCounts).deallocate()
        buckets.deinitialize(count: Self.countOfBuckets).deallocate()
        nanoseconds.deinitialize(count: Self.routeCount).deallocate()
    }

    private static func make(_ count: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        let pointer = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: count)
        for index in 0..<count { (pointer + index).initialize(to: Atomic(0)) }
        return pointer
    }

    package func begin() { inFlight.wrappingAdd(1, ordering: .relaxed) }

    /// Counts an answered request.
    package func end(_ route: Route.Kind, _ method: RequestMethod, status: Int, took duration: Duration) {
        inFlight.wrappingSubtract(1, ordering: .relaxed)
        let statusIndex = Self.statuses.firstIndex(of: status) ?? Self.statuses.count
        counts[Self.index(route, method, statusIndex)].wrappingAdd(1, ordering: .relaxed)
        let (seconds, attoseconds) = duration.components
        let elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        let bucket = Self.bounds.firstIndex { elapsed <= $0 } ?? Self.bounds.count
        buckets[route.rawValue * (Self.bounds.count + 1) + bucket].wrappingAdd(1, ordering: .relaxed)
        nanoseconds[route.rawValue].wrappingAdd(Int(elapsed * 1e9), ordering: .relaxed)
    }

    private static func index(_ route: Route.Kind, _ method: RequestMethod, _ status: Int) -> Int {
        let methodIndex = RequestMethod.allCases.firstIndex(of: method) ?? 0
        return (route.rawValue * methodCount + methodIndex) * (statuses.count + 1) + status
    }

    // MARK: - Text

    /// Appends the metrics in Prometheus' text format.
    func write(to text: inout PrometheusText) {
        text.begin("martlet_http_requests_total", "counter", "Requests answered.")
        for route in Route.Kind.allCases {
            for method in RequestMethod.allCases {
                for status in 0...Self.statuses.count {
                    let count = counts[Self.index(route, method, status)].load(ordering: .relaxed)
                    guard count > 0 else { continue }
                    let code = status < Self.statuses.count ? String(Self.statuses[status]) : "other"
                    text.sample(
                        "martlet_http_requests_total",
                        [("route", route.template), ("method", method.rawValue), ("status", code)], count)
                }
            }
        }
        text.begin("martlet_http_request_duration_seconds", "histogram", "Time from head to answer.")
        for route in Route.Kind.allCases { writeHistogram(route, to: &text) }
        text.begin("martlet_http_requests_in_flight", "gauge", "Requests not answered yet.")
        text.sample("martlet_http_requests_in_flight", [], inFlight.load(ordering: .relaxed))
    }

    private func writeHistogram(_ route: Route.Kind, to text: inout PrometheusText) {
        let first = route.rawValue * (Self.bounds.count + 1)
        let values = (0...Self.bounds.count).map { buckets[first + $0].load(ordering: .relaxed) }
        let total = values.reduce(0, +)
        guard total > 0 else { return }
        let name = "martlet_http_request_duration_seconds"
        var sum = 0
        for (bucket, value) in values.enumerated() {
            sum += value
            let bound = bucket < Self.bounds.count ? String(Self.bounds[bucket]) : "+Inf"
            text.sample("\(name)_bucket", [("route", route.template), ("le", bound)], sum)
        }
        let seconds = Double(nanoseconds[route.rawValue].load(ordering: .relaxed)) / 1e9
        text.sample("\(name)_sum", [("route", route.template)], seconds)
        text.sample("\(name)_count", [("route", route.template)], total)
    }
}
