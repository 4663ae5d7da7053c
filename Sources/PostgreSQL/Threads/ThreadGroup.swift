import Synchronization

/// Counts running threads, so that a task can wait for the last one to end.
final class ThreadGroup: Sendable {
    private struct State {
        var runningCount = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts a thread that belongs to the group.
    func start(name: String, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.runningCount += 1 }
        WorkerThread.start(name: name) {
            body()
            self.leave()
        }
    }

    /// Returns once no thread of the group runs.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let isDone = state.withLock { state in
                if state.runningCount > 0 { state.waiting.append(continuation) }
                return state.runningCount == 0
            }
            if isDone { continuation.resume() }
        }
    }

    private func leave() {
        let waiting = state.withLock { state in
            state.runningCount -= 1
            guard state.runningCount == 0 else { return [UnsafeContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
