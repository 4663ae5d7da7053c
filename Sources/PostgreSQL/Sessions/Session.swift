import Synchronization

/// A connection lent to one task for work of several round trips. Cancelling the task stops the running statement
/// on the server.
package final class Session: Sendable {
    private struct State {
        var isFinished = false
        /// Sent in front of the next statements, in the same round trip.
        var pending: [PipelineStep] = []
        /// Some of `pending` has to go out even if nothing follows but the commit.
        var owesWork = false
        var sawRetryableError = false
        var hasTimeout = false
        var reusesPlans = false
    }

    let worker: SessionWorker
    private let lease: UInt64
    private let housekeeper: Housekeeper
    private let usualTimeout: Duration
    private let standing: StandingValues?
    /// Whose rows alone reads see; nil for those of all.
    private let tenant: String?
    /// Whether all that is sent are reads of the tenant's, not only what asks for standing values.
    private let onlyReads: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - usualTimeout: the connection's limit per statement outside of leases that ask for another one.
    ///   - standing: what statements that ask for it are completed with.
    ///   - tenant: for reads, see `TenantRole`.
    ///   - onlyReads: whether nothing else is sent.
    init(
        worker: SessionWorker, lease: UInt64, housekeeper: Housekeeper, usualTimeout: Duration,
        standing: StandingValues?, tenant: String?, onlyReads: Bool
    ) {
        self.standing = standing
        self.tenant = tenant
        self.onlyReads = onlyReads
        self.usualTimeout = usualTimeout
        self.worker = worker
        self.lease = lease
        self.housekeeper = housekeeper
    }

    /// Runs one statement.
    package func query(
        _ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()
    ) async throws
        -> QueryResult
    {
        let results = try await queries([(statement, parameters)])
        guard let result = results.first else { throw PostgreSQLError(.server, "the server gave no answer") }
        return result
    }

    /// Runs statements in one round trip, in order. Outside a transaction block they are one transaction.
    package func queries(_ list: [(SQLStatement, SQLParameters)]) async throws -> [QueryResult] {
        guard !list.isEmpty else { return [] }
        let own = TenantSteps(
            try list.map { statement, parameters in
                let parameters = try statement.complete(parameters, with: standing)
                return (
                    PipelineStep(statement: statement, parameters: parameters, endsGroup: false),
                    tenant(of: statement)
                )
            })
        let pending = takePending()
        let steps = pending + own.steps
        do {
            let results = try await submit(.pipeline(steps))
            return own.own(of: Array(results.dropFirst(pending.count)))
        } catch var error as PostgreSQLError {
            // What was pending may stand in front, in the same group.
            let first = pending.lastIndex(where: \.endsGroup).map { pending.count - $0 - 1 } ?? pending.count
            error.step = error.step.flatMap { $0 >= first ? own.statement(ofStep: $0 - first) : nil }
            throw error
        }
    }

    /// What workflows ask without standing values reads their own tables, which the role of tenants may not.
    private func tenant(of statement: SQLStatement) -> String? {
        guard let tenant, onlyReads || !statement.standing.isEmpty, statement.isTenantRead else { return nil }
        return tenant
    }

    /// Sends a statement in front of the next ones, in the same round trip; its answer is dropped. It must not ask for
    /// standing values.
    package func prepend(_ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()) {
        state.withLock {
            $0.pending.append(PipelineStep(statement: statement, parameters: parameters, endsGroup: false))
        }
    }

    /// Whether `reusePlans` was called.
    package var reusesPlans: Bool { state.withLock { $0.reusesPlans } }

    /// Has prepared statements of the open transaction, and those within functions, planned once for all values: right
    /// where what is asked is few rows by their keys, for which planning takes longer than the answer.
    package func reusePlans() {
        state.withLock { $0.reusesPlans = true }
        prepend(Self.genericPlans)
    }

    private static let genericPlans = SQLStatement("SET LOCAL plan_cache_mode = force_generic_plan")

    /// Queues a statement of the open transaction whose answer nobody needs: it goes out in front of the next ones or
    /// with COMMIT, in the same round trip. If it fails, whatever it goes out with throws its error.
    package func append(_ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()) throws {
        let step = PipelineStep(
            statement: statement, parameters: try statement.complete(parameters, with: standing), endsGroup: false)
        state.withLock {
            $0.pending.append(step)
            $0.owesWork = true
        }
    }

    /// Runs a text of one or more statements through the simple protocol, for DDL and the like. No parameters;
    /// returns no rows.
    package func execute(_ sql: String) async throws {
        try await flushPending()
        _ = try await submit(.script(sql))
    }

    // MARK: - For Database

    /// Whether a serialisation failure or deadlock came up, or a statement that must be parsed anew, whatever
    /// the body made of it.
    var sawRetryableError: Bool { state.withLock { $0.sawRetryableError } }

    /// Limits every statement of this lease.
    func setTimeout(_ timeout: Duration) {
        state.withLock { state in
            state.hasTimeout = true
            let set = SQLStatement(Self.limit(timeout), isPrepared: false)
            // A group of its own: in one with a BEGIN, a rollback would undo it too.
            state.pending.append(PipelineStep(statement: set, parameters: SQLParameters(), endsGroup: true))
        }
    }

    /// Opens a transaction block with the next statement.
    func begin(_ isolation: IsolationLevel) {
        state.withLock { state in
            state.sawRetryableError = false
            let begin = PipelineStep(statement: isolation.begin, parameters: SQLParameters(), endsGroup: false)
            state.pending.append(begin)
        }
    }

    /// Commits, with what is queued. The task's cancellation no longer counts: an outcome that nobody knows would be
    /// worse.
    func commit() async throws {
        let steps: [PipelineStep]? = state.withLock { state in
            let isUnsent = state.pending.contains { IsolationLevel.isBegin($0.statement) }
            // No statement was sent, so there is nothing to commit.
            if isUnsent, !state.owesWork {
                state.pending.removeAll { IsolationLevel.isBegin($0.statement) }
                return nil
            }
            let steps = state.pending
            state.pending = []
            state.owesWork = false
            return steps
        }
        guard var steps else { return }
        steps.append(PipelineStep(statement: IsolationLevel.commit, parameters: SQLParameters(), endsGroup: true))
        let results = try await submit(.pipeline(steps), isCancellable: false)
        if results.last?.commandTag == "ROLLBACK" {
            throw PostgreSQLError(.transactionFailed, "the transaction had failed and was rolled back")
        }
    }

    /// Undoes the open transaction, if there is one.
    func rollback() async {
        state.withLock { state in
            // A time limit that was not sent yet holds for the next attempt too.
            state.pending.removeAll { $0.statement.isPrepared }
            state.owesWork = false
        }
        guard worker.needsReset else { return }
        // Cannot fail: a connection that does not take a rollback is dropped, which rolls back too.
        _ = try? await submit(.reset, isCancellable: false)
    }

    /// Ends the lease: rolls back what is open, takes back the time limit, refuses further use.
    func finish() async {
        await rollback()
        let wasLimited = state.withLock { state in
            let wasLimited = state.hasTimeout && !state.pending.contains { !$0.statement.isPrepared }
            state.pending = []
            return wasLimited
        }
        if wasLimited { _ = try? await submit(.script(Self.limit(usualTimeout)), isCancellable: false) }
        state.withLock { $0.isFinished = true }
    }

    private func flushPending() async throws {
        var steps = takePending()
        guard !steps.isEmpty else { return }
        steps[steps.count - 1].endsGroup = true
        _ = try await submit(.pipeline(steps))
    }

    private func takePending() -> [PipelineStep] {
        state.withLock { state in
            defer { state.pending = [] }
            state.owesWork = false
            return state.pending
        }
    }

    private func submit(_ work: SessionRequest.Work, isCancellable: Bool = true) async throws -> [QueryResult] {
        guard !state.withLock({ $0.isFinished }) else {
            throw PostgreSQLError(.shutDown, "the session was used after its lease ended")
        }
        let token = CancelToken()
        do {
            guard isCancellable else { return try await enqueue(work, token) }
            return try await withTaskCancellationHandler {
                try await enqueue(work, token)
            } onCancel: {
                token.cancel()
                let worker = worker
                if worker.isCurrent(token) { housekeeper.run { worker.sendCancel(token) } }
            }
        } catch let error as PostgreSQLError {
            if error.isRetryable || error.isStaleStatement { state.withLock { $0.sawRetryableError = true } }
            throw error
        }
    }

    private func enqueue(_ work: SessionRequest.Work, _ token: CancelToken) async throws -> [QueryResult] {
        try await withUnsafeThrowingContinuation { continuation in
            worker.submit(
                SessionRequest(work: work, lease: lease, token: token, enqueued: .now, continuation: continuation))
        }
    }

    private static func limit(_ timeout: Duration) -> String {
        "SET statement_timeout = \(timeout.wholeMilliseconds)"
    }
}
