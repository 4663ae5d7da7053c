/// Work that waits in a lane.
protocol LaneJob: Sendable {
    var enqueued: MonotonicInstant { get }
    /// What sending it costs, about, in bytes.
    var byteCount: Int { get }
    /// Answers the task that waits, with an error.
    func fail(_ error: PostgreSQLError)
}

/// What waits for the threads of one kind of lane, in order of arrival.
final class LaneQueue<Job: LaneJob>: Sendable {
    private struct State {
        var jobs = FIFO<Job>()
        var isClosing = false
        /// Lanes that have a connection now.
        var connectedCount = 0
    }

    private let monitor = Monitor(State())
    private let limit: Int
    private let counters: Counters

    init(limit: Int, counters: Counters) {
        self.limit = limit
        self.counters = counters
    }

    /// Queues a job, or fails it at once where there is no room.
    func submit(_ job: Job) {
        let refusal: PostgreSQLError? = monitor.withLock { state in
            if state.isClosing { return PostgreSQLError(.shutDown, "the database is shutting down") }
            if state.jobs.count >= limit {
                counters.overloads.count()
                return PostgreSQLError(.overloaded, "too much work is waiting for the database")
            }
            state.jobs.append(job)
            return nil
        }
        if let refusal { return job.fail(refusal) }
        counters.inFlight.count()
        monitor.signal()
    }

    /// No further work; the lanes end once the queue is empty.
    func close() {
        monitor.withLock { $0.isClosing = true }
        monitor.broadcast()
    }

    // MARK: - For the lanes' threads

    /// Blocks until there is work (true) or nothing more will come (false).
    func waitForWork() -> Bool {
        monitor.wait { state in state.jobs.isEmpty ? (state.isClosing ? false : nil) : true }
    }

    /// Takes what goes into one round trip: at least one job if there is any, then further ones up to both limits.
    func take(count: Int, byteCount: Int) -> [Job] {
        monitor.withLock { state in
            var batch: [Job] = []
            var bytes = 0
            while batch.count < count, let next = state.jobs.first {
                bytes += next.byteCount
                if bytes > byteCount, !batch.isEmpty { break }
                batch.append(next)
                _ = state.jobs.popFirst()
            }
            return batch
        }
    }

    func connected() { monitor.withLock { $0.connectedCount += 1 } }

    func disconnected() { monitor.withLock { $0.connectedCount -= 1 } }

    /// Sleeps between attempts to connect. False when the lane should give up, because the database is shutting down.
    func pause(_ duration: Duration) -> Bool {
        let isClosing = monitor.wait(deadline: .now.advanced(by: duration)) { $0.isClosing ? true : nil }
        return isClosing == nil
    }

    /// Fails what has waited for longer than `age` while no lane of this queue had a connection.
    func expire(olderThan age: Duration, with error: PostgreSQLError) {
        let oldest = MonotonicInstant(nanoseconds: MonotonicInstant.now.nanoseconds - age.wholeNanoseconds)
        let expired: [Job] = monitor.withLock { state in
            guard state.connectedCount == 0 else { return [] }
            var expired: [Job] = []
            while let next = state.jobs.first, state.isClosing || next.enqueued < oldest {
                expired.append(next)
                _ = state.jobs.popFirst()
            }
            return expired
        }
        counters.inFlight.count(-expired.count)
        for job in expired { job.fail(error) }
    }
}
