import Access

/// How often programs, people and strangers may ask; each server counts for itself.
package struct RequestRates: Sendable {
    /// What is allowed; nil for no limit.
    package struct Settings: Sendable, Hashable {
        /// Of each client that has a token.
        package var client: RateLimiter.Rate?
        /// Of each person who has a token.
        package var account: RateLimiter.Rate?
        /// Of each network address from which requests come without a valid token.
        package var stranger: RateLimiter.Rate?

        package init() {}
    }

    private let clients: RateLimiter?
    private let accounts: RateLimiter?
    private let strangers: RateLimiter?

    init(_ settings: Settings) {
        clients = settings.client.map { RateLimiter($0) }
        accounts = settings.account.map { RateLimiter($0) }
        strangers = settings.stranger.map { RateLimiter($0) }
    }

    /// Counts a request that access control lets in. Throws `RequestError` (429) if it is one too many.
    func admit(_ caller: Caller, from address: String?) throws {
        guard let principal = caller.rights?.principal else {
            // A token of the database's own has a name and no rights; all others are strangers.
            if caller.name == nil { try admitStranger(from: address) }
            return
        }
        if let accounts, case .account(let person) = principal.subject { try Self.take(person, accounts) }
        guard let clients else { return }
        if let client = principal.client {
            try Self.take(client, clients)
        } else if case .client(let client) = principal.subject {
            try Self.take(client, clients)
        }
    }

    /// Counts a request of somebody who did not say who they are, or not convincingly.
    func admitStranger(from address: String?) throws {
        guard let strangers, let address else { return }
        try Self.take(RateLimiter.key(ofAddress: address), strangers)
    }

    /// Seconds that a stranger has to wait.
    func strangerWait(from address: String?) -> Int {
        guard let strangers, let address else { return 0 }
        return strangers.wait(RateLimiter.key(ofAddress: address))
    }

    private static func take(_ key: String, _ limiter: RateLimiter) throws {
        let seconds = limiter.take(key)
        guard seconds == 0 else {
            throw RequestError(
                .tooManyRequests, "too many requests; the next one is welcome in \(seconds) s", retryAfter: seconds)
        }
    }
}
