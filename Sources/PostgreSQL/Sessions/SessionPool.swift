import Synchronization

/// Lends sessions, first come first served; makes their threads when they are needed.
final class SessionPool: Sendable {
    private struct State {
        var idle: [SessionWorker] = []
        var waiting = FIFO<SessionWaiter>()
        var workerCount = 0
        var leaseCounter: UInt64 = 0
        var isClosing = false
    }

    private let state = Mutex(State())
    /// The most sessions at a time.
    private let limit: Int
    private let settings: ConnectionSettings
    private let configuration: DatabaseConfiguration
    private let counters: Counters
    private let threads: ThreadGroup
    private let housekeeper: Housekeeper

    init(
        limit: Int, settings: ConnectionSettings, configuration: DatabaseConfiguration, counters: Counters,
        threads: ThreadGroup, housekeeper: Housekeeper
    ) {
        self.limit = limit
        self.settings = settings
        self.configuration = configuration
        self.counters = counters
        self.threads = threads
        self.housekeeper = housekeeper
    }

    /// Sessions in use, and tasks waiting for one.
    var load: (leased: Int, waiting: Int) {
        state.withLock { ($0.workerCount - $0.idle.count, $0.waiting.count) }
    }

    /// Takes a session, waiting for one where all are in use. Give it back with `release`.
    func lease(
        standing: StandingValues?, tenant: String?, onlyReads: Bool
    ) async throws -> Session {
        let waiter = SessionWaiter(deadline: .now.advanced(by: configuration.sessionWait))
        let worker = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                waiter.begin(continuation)
                place(waiter)
            }
        } onCancel: {
            waiter.fail(.cancelled)
        }
        let lease = state.withLock { state in
            state.leaseCounter += 1
            return state.leaseCounter
        }
        return Session(
            worker: worker, lease: lease, housekeeper: housekeeper, usualTimeout: configuration.statementTimeout,
            standing: standing, tenant: tenant, onlyReads: onlyReads)
    }

    /// Ends a lease. What it left open is rolled back before anybody else gets the connection.
    func release(_ session: Session) async {
        await session.finish()
        hand(session.worker)
    }

    /// Refuses further leases; those in use go on, and their threads end when they are given back.
    func close() {
        let (idle, waiting) = state.withLock { state in
            state.isClosing = true
            state.workerCount -= state.idle.count
            defer { state.idle = [] }
            return (state.idle, state.waiting.removeAll())
        }
        for worker in idle { worker.close() }
        for waiter in waiting { waiter.fail(PostgreSQLError(.shutDown, "the database is shutting down")) }
    }

    /// Fails those who have waited too long. True while somebody waits.
    func expireWaiting() -> Bool {
        let now = MonotonicInstant.now
        return state.withLock { state in
            while let next = state.waiting.first, next.isDone || next.deadline < now {
                _ = state.waiting.popFirst()
                next.fail(PostgreSQLError(.overloaded, "no session became free within the time allowed"))
            }
            return !state.waiting.isEmpty
        }
    }

    private func place(_ waiter: SessionWaiter) {
        enum Place {
            case worker(SessionWorker)
            case newWorker, queue
            case refused(PostgreSQLError)
        }
        let place: Place = state.withLock { state in
            if state.isClosing { return .refused(PostgreSQLError(.shutDown, "the database is shutting down")) }
            if let worker = state.idle.popLast() { return .worker(worker) }
            if state.workerCount < limit {
                state.workerCount += 1
                return .newWorker
            }
            if state.waiting.count >= configuration.queueLimit {
                counters.overloads.count()
                return .refused(PostgreSQLError(.overloaded, "too many tasks wait for a session"))
            }
            state.waiting.append(waiter)
            return .queue
        }
        switch place {
        case .worker(let worker): if !waiter.succeed(worker) { hand(worker) }
        case .newWorker:
            let worker = SessionWorker(settings: settings, configuration: configuration, counters: counters)
            threads.start(name: "pg-session") { worker.run() }
            if !waiter.succeed(worker) { hand(worker) }
        case .queue: housekeeper.requestTick()
        case .refused(let error): waiter.fail(error)
        }
    }

    /// Gives a clean worker to whoever waits, or lays it aside.
    private func hand(_ worker: SessionWorker) {
        while true {
            let next: SessionWaiter? = state.withLock { state in
                if let next = state.waiting.popFirst() { return next }
                if state.isClosing {
                    state.workerCount -= 1
                    worker.close()
                } else {
                    state.idle.append(worker)
                }
                return nil
            }
            guard let next else { return }
            if next.succeed(worker) { return }
        }
    }
}

/// A task that wants a session; answered once, whoever comes first.
final class SessionWaiter: Sendable {
    private enum State {
        case new
        case waiting(UnsafeContinuation<SessionWorker, any Error>)
        /// Cancelled before it began to wait.
        case failed(PostgreSQLError)
        case done
    }

    let deadline: MonotonicInstant
    private let state = Mutex(State.new)

    init(deadline: MonotonicInstant) { self.deadline = deadline }

    var isDone: Bool { state.withLock { if case .done = $0 { true } else { false } } }

    func begin(_ continuation: UnsafeContinuation<SessionWorker, any Error>) {
        let early: PostgreSQLError? = state.withLock { state in
            if case .failed(let error) = state {
                state = .done
                return error
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(throwing: early) }
    }

    /// False when somebody answered before.
    func succeed(_ worker: SessionWorker) -> Bool {
        guard let continuation = takeContinuation() else { return false }
        continuation.resume(returning: worker)
        return true
    }

    func fail(_ error: PostgreSQLError) {
        if let continuation = takeContinuation() { return continuation.resume(throwing: error) }
        state.withLock { if case .new = $0 { $0 = .failed(error) } }
    }

    private func takeContinuation() -> UnsafeContinuation<SessionWorker, any Error>? {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .done
            return continuation
        }
    }
}
