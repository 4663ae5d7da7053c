/// What one window of load came to.
struct LoadResult {
    /// Seconds that were measured.
    var seconds = 0.0
    /// Answers within those seconds that were as expected.
    var successes = 0
    /// Answers of another kind and broken connections, within the window or while it drained.
    var errors = 0
    /// All answers, also those that came while the window drained: what CPU time is divided by.
    var answers = 0
    var latency = LatencyHistogram()
    /// The same by kind of request, where there are several.
    var shapes: [LatencyHistogram] = []
    /// Unexpected answers by status; 0 stands for a broken connection.
    var errorStatuses: [Int: Int] = [:]
    /// First unexpected answer, shortened.
    var firstError: String?
    /// Open loop only: requests that were sent late although a connection was free, because the generator was busy.
    var lateSends = 0

    var rate: Double { seconds > 0 ? Double(successes) / seconds : 0 }

    /// Takes down how long an expected answer took.
    mutating func record(_ nanoseconds: UInt64, shape: Int) {
        latency.record(nanoseconds)
        while shapes.count <= shape { shapes.append(LatencyHistogram()) }
        shapes[shape].record(nanoseconds)
    }

    mutating func merge(_ other: LoadResult) {
        seconds += other.seconds
        successes += other.successes
        errors += other.errors
        answers += other.answers
        latency.merge(other.latency)
        while shapes.count < other.shapes.count { shapes.append(LatencyHistogram()) }
        for (index, shape) in other.shapes.enumerated() { shapes[index].merge(shape) }
        errorStatuses.merge(other.errorStatuses, uniquingKeysWith: +)
        firstError = firstError ?? other.firstError
        lateSends += other.lateSends
    }
}
