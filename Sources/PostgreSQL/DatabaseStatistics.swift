import Synchronization

/// Counts since start, for `/metrics`, and what is going on now.
package struct DatabaseStatistics: Sendable, Equatable {
    /// Queries answered by the read lanes, errors included.
    package var reads = 0
    /// Round trips of the read lanes.
    package var readBatches = 0
    /// Jobs answered by the write lanes, errors included.
    package var writes = 0
    /// Shared commits of the write lanes.
    package var writeBatches = 0
    /// Write jobs that were run again on their own because their batch failed.
    package var writeReruns = 0
    /// Round trips of sessions.
    package var sessionRequests = 0
    /// Transactions begun again after a serialisation failure or deadlock.
    package var transactionRetries = 0
    /// Answers that were errors.
    package var errors = 0
    /// Work refused because too much was waiting.
    package var overloads = 0
    /// Connections made after the first ones.
    package var reconnects = 0
    /// Work handed to the lanes and not yet answered.
    package var inFlight = 0
    /// Sessions in use now.
    package var leasedSessions = 0
    /// Tasks waiting for a session now.
    package var waitingForSession = 0
}

/// The live counters behind `DatabaseStatistics`.
final class Counters: Sendable {
    let reads = Atomic(0)
    let readBatches = Atomic(0)
    let writes = Atomic(0)
    let writeBatches = Atomic(0)
    let writeReruns = Atomic(0)
    let sessionRequests = Atomic(0)
    let transactionRetries = Atomic(0)
    let errors = Atomic(0)
    let overloads = Atomic(0)
    let reconnects = Atomic(0)
    let inFlight = Atomic(0)

    var snapshot: DatabaseStatistics {
        DatabaseStatistics(
            reads: reads.load(ordering: .relaxed), readBatches: readBatches.load(ordering: .relaxed),
            writes: writes.load(ordering: .relaxed), writeBatches: writeBatches.load(ordering: .relaxed),
            writeReruns: writeReruns.load(ordering: .relaxed),
            sessionRequests: sessionRequests.load(ordering: .relaxed),
            transactionRetries: transactionRetries.load(ordering: .relaxed), errors: errors.load(ordering: .relaxed),
            overloads: overloads.load(ordering: .relaxed), reconnects: reconnects.load(ordering: .relaxed),
            inFlight: inFlight.load(ordering: .relaxed))
    }
}

extension Atomic<Int> {
    /// Adds to a counter that nothing else is ordered by.
    borrowing func count(_ difference: Int = 1) { wrappingAdd(difference, ordering: .relaxed) }
}
