import Synchronization

/// A thread with a connection of its own, lent to one lease at a time.
final class SessionWorker: Sendable {
    private struct State {
        var requests = FIFO<SessionRequest>()
        var isClosing = false
        var current: CancelToken?
        /// A cancel for `current` is on its way or has been sent.
        var isCancelSent = false
        var ticket: CancelTicket?
        /// The connection is in a transaction.
        var needsReset = false
    }

    private let monitor = Monitor(State())
    /// Held while a cancel is being sent, so that it cannot hit the next statement instead.
    private let cancelGate = Mutex(())
    private let settings: ConnectionSettings
    private let configuration: DatabaseConfiguration
    private let counters: Counters

    init(settings: ConnectionSettings, configuration: DatabaseConfiguration, counters: Counters) {
        self.settings = settings
        self.configuration = configuration
        self.counters = counters
    }

    /// Whether a transaction is still open.
    var needsReset: Bool { monitor.withLock { $0.needsReset } }

    func submit(_ request: SessionRequest) {
        monitor.withLock { $0.requests.append(request) }
        monitor.signal()
    }

    /// Ends the thread once its requests are done.
    func close() {
        monitor.withLock { $0.isClosing = true }
        monitor.broadcast()
    }

    /// Whether this request is what the server works on now.
    func isCurrent(_ token: CancelToken) -> Bool { monitor.withLock { $0.current === token } }

    /// Asks the server to stop a request's statement. Blocks; call on the housekeeping thread.
    func sendCancel(_ token: CancelToken) {
        cancelGate.withLock { _ in
            let ticket: CancelTicket? = monitor.withLock { state in
                guard state.current === token else { return nil }
                state.isCancelSent = true
                return state.ticket
            }
            ticket?.cancel()
        }
    }

    // MARK: - The thread

    /// The thread's whole life.
    func run() {
        var thread = Thread()
        while let request = nextRequest() {
            let outcome = perform(request, &thread)
            let needsReset = thread.connection?.isInTransaction ?? false
            monitor.withLock { $0.needsReset = needsReset }
            if case .failure = outcome { counters.errors.count() }
            switch outcome {
            case .success(let results): request.continuation.resume(returning: results)
            case .failure(let error): request.continuation.resume(throwing: error)
            }
        }
    }

    /// What belongs to the thread alone.
    private struct Thread {
        var connection: Connection?
        /// The last lease that used `connection`.
        var lease: UInt64 = 0
        var connectionCount = 0
    }

    private func nextRequest() -> SessionRequest? {
        monitor.wait { state -> SessionRequest?? in
            if let request = state.requests.popFirst() { return .some(request) }
            return state.isClosing ? .some(nil) : nil
        }
    }

    private func perform(_ request: SessionRequest, _ thread: inout Thread) -> Result<[QueryResult], PostgreSQLError> {
        if case .reset = request.work { return reset(&thread) }
        counters.sessionRequests.count()
        if request.token.isCancelled { return .failure(.cancelled) }
        if let connection = thread.connection, !connection.isAlive() { drop(&thread) }
        if thread.connection == nil {
            guard thread.lease != request.lease else {
                return .failure(PostgreSQLError(.connectionLost, "the connection of this session was lost"))
            }
            if let error = connect(request, &thread) { return .failure(error) }
        }
        guard let connection = thread.connection else { return .failure(.notConnected) }
        thread.lease = request.lease
        let outcome = run(request, on: connection)
        if case .failure(let error) = outcome, error.code == .connectionLost { drop(&thread) }
        return outcome
    }

    private func run(_ request: SessionRequest, on connection: Connection) -> Result<[QueryResult], PostgreSQLError> {
        monitor.withLock { state in
            state.current = request.token
            state.isCancelSent = false
        }
        defer { monitor.withLock { $0.current = nil } }
        // Asked after `current` is set: a cancellation sees one or the other.
        if request.token.isCancelled { return .failure(.cancelled) }
        let outcome = execute(request.work, on: connection)
        monitor.withLock { $0.current = nil }
        cancelGate.withLock { _ in }
        let wasCancelled = monitor.withLock { $0.isCancelSent }
        if wasCancelled, case .failure(let error) = outcome, error.code == .timeout { return .failure(.cancelled) }
        return outcome
    }

    private func execute(
        _ work: SessionRequest.Work, on connection: Connection
    ) -> Result<[QueryResult], PostgreSQLError> {
        switch work {
        case .reset: return .success([])
        case .script(let text):
            if let error = connection.script(text) { return .failure(error) }
            return .success([])
        case .pipeline(let steps):
            let isInTransaction = connection.isInTransaction
            var outcomes = connection.run(steps)
            if let error = outcomes.firstError, error.isStaleStatement {
                connection.forgetStale(steps, error)
                // In a transaction the server refuses everything now; the transaction as a whole can be run again.
                if !isInTransaction, !connection.isInTransaction { outcomes = connection.run(steps) }
            }
            if let error = outcomes.firstError { return .failure(error) }
            return .success(outcomes.compactMap { try? $0.get() })
        }
    }

    /// Rolls back what a lease left open; where that fails the connection goes.
    private func reset(_ thread: inout Thread) -> Result<[QueryResult], PostgreSQLError> {
        guard let connection = thread.connection else { return .success([]) }
        if connection.isInTransaction, connection.script("ROLLBACK") != nil { drop(&thread) }
        return .success([])
    }

    private func connect(_ request: SessionRequest, _ thread: inout Thread) -> PostgreSQLError? {
        let deadline = request.enqueued.advanced(by: configuration.disconnectedWait)
        var backOff = BackOff(configuration)
        while true {
            do {
                let connection = try Connection(
                    settings: settings, preparedLimit: configuration.preparedStatementLimit)
                let ticket = connection.makeCancelTicket()
                monitor.withLock { $0.ticket = ticket }
                if thread.connectionCount > 0 { counters.reconnects.count() }
                thread.connectionCount += 1
                thread.connection = connection
                return nil
            } catch {
                let pauseEnd = MonotonicInstant.now.advanced(by: backOff.next())
                guard pauseEnd < deadline, !request.token.isCancelled else { return .notConnected }
                let isClosing = monitor.wait(deadline: pauseEnd) { $0.isClosing ? true : nil }
                if isClosing != nil { return .notConnected }
            }
        }
    }

    private func drop(_ thread: inout Thread) {
        monitor.withLock { $0.ticket = nil }
        thread.connection = nil
    }
}
