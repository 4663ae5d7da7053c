/// A thread for what must not block a task: sending cancels, and ending waits that took too long.
final class Housekeeper: Sendable {
    private struct State {
        var errands = FIFO<@Sendable () -> Void>()
        var isClosing = false
        var needsTick = false
    }

    private let monitor = Monitor(State())

    /// Runs `errand` soon.
    func run(_ errand: @escaping @Sendable () -> Void) {
        monitor.withLock { $0.errands.append(errand) }
        monitor.signal()
    }

    /// Has `tick` called within a second from now.
    func requestTick() {
        monitor.withLock { $0.needsTick = true }
        monitor.signal()
    }

    func close() {
        monitor.withLock { $0.isClosing = true }
        monitor.broadcast()
    }

    /// The thread's whole life. `tick` is called once a second while it says that it is needed.
    func serve(tick: () -> Bool) {
        while true {
            let needsTick = monitor.withLock { $0.needsTick }
            let errand: (@Sendable () -> Void)??
            if needsTick {
                errand = monitor.wait(deadline: .now.advanced(by: .seconds(1)), until: Self.nextErrand)
            } else {
                errand = monitor.wait { state in
                    if state.needsTick, state.errands.isEmpty, !state.isClosing { return .some(.some({})) }
                    return Self.nextErrand(&state).map { .some($0) }
                }
            }
            switch errand {
            case .none:
                monitor.withLock { $0.needsTick = false }
                if tick() { monitor.withLock { $0.needsTick = true } }
            case .some(.none): return
            case .some(.some(let errand)): errand()
            }
        }
    }

    /// Outer nil: nothing to do yet. Inner nil: the end.
    private static func nextErrand(_ state: inout State) -> (@Sendable () -> Void)?? {
        if let errand = state.errands.popFirst() { return .some(errand) }
        return state.isClosing ? .some(nil) : nil
    }
}
