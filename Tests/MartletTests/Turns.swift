import Synchronization

/// Lets only so many do something at once; the others wait for their turn.
///
/// A program built for debugging takes seconds of a core to start. Dozens at once would leave nothing to the tests that
/// wait for an answer within a time.
final class Turns: Sendable {
    /// Servers until they are ready, and commands until they have ended.
    static let starting = Turns(2)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isTurn = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isTurn { continuation.resume() }
        }
    }

    func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
