/// The first connection, which shows whether address and credentials are right.
struct Probe: Sendable {
    let settings: ConnectionSettings
    let configuration: DatabaseConfiguration

    /// Connects and hangs up, on a thread of its own, trying again while nothing answers.
    func run() async throws {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
            WorkerThread.start(name: "pg-probe") {
                if let error = attempt() { continuation.resume(throwing: error) } else { continuation.resume() }
            }
        }
    }

    private func attempt() -> PostgreSQLError? {
        let deadline = MonotonicInstant.now.advanced(by: configuration.disconnectedWait)
        var backOff = BackOff(configuration)
        let sleeper = Monitor(())
        var wasAccepting = false
        while true {
            do {
                _ = try Connection(settings: settings, preparedLimit: 1)
                return nil
            } catch {
                if error.code == .configuration { return error }
                // A server that answers, but not to us, will not change its mind.
                // Asked before the attempt that counts, as a server that was starting may have become ready in between.
                if wasAccepting { return PostgreSQLError(.configuration, error.message) }
                wasAccepting = settings.isServerAccepting()
                if wasAccepting { continue }
                let pauseEnd = MonotonicInstant.now.advanced(by: backOff.next())
                guard pauseEnd < deadline else { return error }
                _ = sleeper.wait(deadline: pauseEnd) { _ -> Bool? in nil }
            }
        }
    }
}
