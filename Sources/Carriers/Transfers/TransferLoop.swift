import CLibCurl
import Synchronization

/// Carries out transfers on a thread of its own, several at a time; connections are kept for the next ones.
///
/// One loop serves any number of senders. What is under way when the last of them goes is finished first.
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

    package init(limits: Limits = Limits()) {
        let desk = TransferDesk(limits: limits)
        self.desk = desk
        TransferThread.start(desk)
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

/// Where tasks leave their transfers and the thread of the loop finds them.
final class TransferDesk: Sendable {
    struct Job: Sendable {
        var number: Int
        var transfer: Transfer
        var continuation: CheckedContinuation<TransferResult, any Error>
    }

    /// What there is to do for the thread.
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
        /// Of the thread; gone with it.
        var multi: Waker?
    }

    /// Safe to send: it is only used to wake the thread, which libcurl allows from any other one.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    let limits: TransferLoop.Limits
    private let state: Mutex<State>

    init(limits: TransferLoop.Limits) {
        self.limits = limits
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

    /// Called by the thread: up to `count` jobs to start.
    func take(_ count: Int) -> Orders {
        state.withLock { state in
            let jobs = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(jobs.count)
            return Orders(jobs: jobs, cancelled: state.cancelled, isClosed: state.isClosed && state.waiting.isEmpty)
        }
    }

    /// Called by the thread when it has its handle, and with nil before it frees it.
    func attach(_ multi: UnsafeMutableRawPointer?) {
        let waker = multi.map { Waker(multi: $0) }
        state.withLock { $0.multi = waker }
    }

    private func wake(_ state: borrowing State) {
        if let waker = state.multi { curl_multi_wakeup(waker.multi) }
    }
}
