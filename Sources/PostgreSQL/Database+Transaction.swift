extension Database {
    /// Runs `body` between BEGIN and COMMIT on a leased connection. Serialisation failures and deadlocks roll
    /// back and run `body` again,
    /// after a short random pause; so it must have no effects outside the database. Any other error rolls back
    /// and is thrown on.
    /// - Parameters:
    ///   - retries: how many further attempts are made.
    ///   - timeout: the limit for each statement, in place of the configured one.
    package func transaction<R>(
        isolation: IsolationLevel = .readCommitted, retries: Int = 5, timeout: Duration? = nil,
        _ body: (Session) async throws -> R
    ) async throws -> R {
        try await withSession(timeout: timeout) { session in
            var attempt = 0
            while true {
                session.begin(isolation)
                do {
                    let value = try await body(session)
                    try await session.commit()
                    return value
                } catch {
                    await session.rollback()
                    // The session remembers: `body` may have wrapped the error in one of its own.
                    guard session.sawRetryableError, attempt < retries, !Task.isCancelled else { throw error }
                }
                attempt += 1
                counters.transactionRetries.count()
                let limit = Int64(1) << min(attempt, 6)
                try await Task.sleep(for: .microseconds(Int64.random(in: 100...1_000 * limit)))
            }
        }
    }
}
