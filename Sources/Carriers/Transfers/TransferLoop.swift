import CLibCurl
import Synchronization

/// Carries out transfers on threads of its own, several at a time; connections are kept for the next ones.
///
/// One loop serves any number of HTTP senders. What is under way when the last of them goes is finished first.
package final class TransferLoop: Sendable {
    /// How much one loop takes on.
    package struct Limits: Sendable {
        /// Transfers at a time.
        package var active: Int
        /// Further ones that wait for their turn; beyond that the answer is `CarrierError.Code.overloaded`.
        package var waiting: Int

        package init(active: Int = 8, waiting: Int = 1000) {
            self.active = active
            self.waiting = waiting
        }
    }

    private let desk: TransferDesk

    /// One thread for all that is active.
    package convenience init(limits: Limits = Limits()) { self.init(limits: limits, threadCount: 1) }

    /// - Parameter threadCount: among which the active ones are shared out. libcurl waits for some replies of mail
    ///   servers without looking after anything else, so each mail needs a thread.
    init(limits: Limits, threadCount: Int) {
        let desk = TransferDesk(limits: limits, threadCount: threadCount)
        self.desk = desk
        for number in 0..<threadCount { TransferThread.start(desk, number: number) }
    }

    deinit { desk.close() }

    /// Throws `CancellationError` at once if the task is cancelled, and `CarrierError` if there are too many; how the
    /// exchange itself went is in the result.
    func run(_ transfer: Transfer) async throws -> TransferResult {
        let number = desk.nextNumber()
        defer { desk.forget(number) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                desk.submit(TransferDesk.Job(number: number, transfer: transfer, continuation: continuation))
            }
        } onCancel: {
            desk.cancel(number)
        }
    }
}

/// Where tasks leave their transfers and the threads of the loop find them.
final class TransferDesk: Sendable {
    struct Job: Sendable {
        var number: Int
        var transfer: Transfer
        var continuation: CheckedContinuation<TransferResult, any Error>
    }

    /// What there is to do for a thread.
    struct Orders {
        var jobs: [Job] = []
        var cancelled: Set<Int> = []
        var isClosed = false
    }

    private struct State {
        var lastNumber = 0
        var waiting: [Job] = []
        var cancelled: Set<Int> = []
        var isClosed = false
        /// Of the threads; gone with them.
        var wakers: [Int: Waker] = [:]
    }

    /// Safe to send: it is only used to wake the thread, which libcurl allows from any other one.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    let activePerThread: Int
    private let limits: TransferLoop.Limits
    private let state: Mutex<State>

    init(limits: TransferLoop.Limits, threadCount: Int) {
        self.limits = limits
        activePerThread = max(1, limits.active / threadCount)
        state = Mutex(State())
    }

    func nextNumber() -> Int {
        state.withLock {
            $0.lastNumber += 1
            return $0.lastNumber
        }
    }

    func submit(_ job: Job) {
        let refusal: (any Error)? = state.withLock { state in
            if state.cancelled.contains(job.number) { return CancellationError() }
            guard state.waiting.count < limits.waiting + limits.active else {
                return CarrierError(.overloaded, "too many messages are waiting to be sent")
            }
            state.waiting.append(job)
            wake(state)
            return nil
        }
        if let refusal { job.continuation.resume(throwing: refusal) }
    }

    /// May come before `submit`, and after the end.
    func cancel(_ number: Int) {
        let job: Job? = state.withLock { state in
            state.cancelled.insert(number)
            wake(state)
            return state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        job?.continuation.resume(throwing: CancellationError())
    }

    func forget(_ number: Int) {
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            wake(state)
        }
    }

    /// Called by a thread: up to `count` jobs to start.
    func take(_ count: Int) -> Orders {
        state.withLock { state in
            let jobs = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(jobs.count)
            return Orders(jobs: jobs, cancelled: state.cancelled, isClosed: state.isClosed && state.waiting.isEmpty)
        }
    }

    /// Called by a thread while it is busy.
    func isCancelled(_ number: Int) -> Bool { state.withLock { $0.cancelled.contains(number) } }

    /// Called by a thread when it has its handle, and with nil before it frees it.
    func attach(_ multi: UnsafeMutableRawPointer?, as number: Int) {
        let waker = multi.map { Waker(multi: $0) }
        state.withLock { $0.wakers[number] = waker }
    }

    private func wake(_ state: borrowing State) {
        for waker in state.wakers.values { curl_multi_wakeup(waker.multi) }
    }
}
