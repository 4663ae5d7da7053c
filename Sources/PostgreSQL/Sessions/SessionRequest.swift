import Synchronization

/// One round trip that a session asks its thread for.
struct SessionRequest: Sendable {
    enum Work: Sendable {
        /// Prepared statements, as one group.
        case pipeline([PipelineStep])
        /// Simple-protocol text.
        case script(String)
        /// Ends an open transaction and takes back the lease's settings.
        case reset
    }

    let work: Work
    /// Which lease asks. A lease whose connection broke gets no second one: its transaction would be half there.
    let lease: UInt64
    let token: CancelToken
    let enqueued: MonotonicInstant
    let continuation: UnsafeContinuation<[QueryResult], any Error>
}

/// Whether the task behind a request was cancelled.
final class CancelToken: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func cancel() { flag.store(true, ordering: .sequentiallyConsistent) }
}

extension PostgreSQLError {
    static var cancelled: PostgreSQLError { PostgreSQLError(.cancelled, "the task was cancelled") }
}
