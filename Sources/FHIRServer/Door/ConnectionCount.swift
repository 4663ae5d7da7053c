import Logging
import Synchronization
import TransportSecurity

/// How many connections there are, and from where.
final class ConnectionCount: Sendable {
    private struct State {
        var all = 0
        var byAddress: [String: Int] = [:]
        /// When a refusal was last told of; an attacker must not fill the log as well.
        var told = ContinuousClock.now - Duration.seconds(60)
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let trusted: [AddressRange]
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: connections at once.
    ///   - limitPerAddress: connections at once from one address, unless that is one of `trusted`, behind which are
    ///     many.
    init(limit: Int, limitPerAddress: Int, trusted: [AddressRange], logger: Logger) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        self.trusted = trusted
        self.logger = logger
    }

    /// Whether there is room for one more.
    func enter(_ address: String) -> Bool {
        let isTrusted = trusted.contains { $0.contains(address) }
        let (isIn, tells) = state.withLock { state -> (Bool, Bool) in
            let own = state.byAddress[address] ?? 0
            if state.all < limit, own < limitPerAddress || isTrusted {
                state.all += 1
                state.byAddress[address] = own + 1
                return (true, false)
            }
            let tells = state.told.duration(to: .now) >= .seconds(60)
            if tells { state.told = .now }
            return (false, tells)
        }
        if tells { logger.warning("connection refused: too many are open", metadata: ["address": "\(address)"]) }
        return isIn
    }

    func leave(_ address: String) {
        state.withLock { state in
            state.all -= 1
            let own = (state.byAddress[address] ?? 1) - 1
            state.byAddress[address] = own > 0 ? own : nil
        }
    }
}
