import Logging

/// A thread with one connection that serves a queue: connects, takes a batch, has it processed, again.
struct Lane<Job: LaneJob>: Sendable {
    let name: String
    let queue: LaneQueue<Job>
    let settings: ConnectionSettings
    let configuration: DatabaseConfiguration
    let counters: Counters
    let logger: Logger
    /// Runs a batch and answers every job of it.
    let process: @Sendable (Connection, [Job]) -> Void

    /// The thread's whole life; returns when the queue is closed and empty.
    func run() {
        var backOff = BackOff(configuration)
        var connectionCount = 0
        while true {
            guard let connection = connect(&backOff, isFirst: connectionCount == 0) else { return }
            connectionCount += 1
            queue.connected()
            let isFinished = serve(connection)
            queue.disconnected()
            if isFinished { return }
            logger.warning("database connection lost", metadata: ["lane": "\(name)"])
        }
    }

    /// Tries until it works. Nil when the database shuts down before that.
    private func connect(_ backOff: inout BackOff, isFirst: Bool) -> Connection? {
        var attemptCount = 0
        while true {
            do {
                let connection = try Connection(
                    settings: settings, preparedLimit: configuration.preparedStatementLimit)
                backOff.reset()
                if !isFirst {
                    counters.reconnects.count()
                    logger.info("database connection made again", metadata: ["lane": "\(name)"])
                }
                return connection
            } catch {
                attemptCount += 1
                if attemptCount == 5 {
                    logger.error(
                        "database cannot be reached", metadata: ["lane": "\(name)", "reason": "\(error.message)"])
                }
                queue.expire(olderThan: configuration.disconnectedWait, with: .notConnected)
                guard queue.pause(backOff.next()) else {
                    queue.expire(olderThan: configuration.disconnectedWait, with: .notConnected)
                    return nil
                }
            }
        }
    }

    /// Serves until the queue ends (true) or the connection does (false).
    private func serve(_ connection: Connection) -> Bool {
        while queue.waitForWork() {
            // Looked at before taking work, so that a connection lost while idle fails nothing.
            guard connection.isAlive() else { return false }
            let batch = queue.take(count: configuration.batchCount, byteCount: configuration.batchByteCount)
            guard !batch.isEmpty else { continue }
            process(connection, batch)
            counters.inFlight.count(-batch.count)
        }
        return true
    }
}

extension PostgreSQLError {
    static var notConnected: PostgreSQLError {
        PostgreSQLError(.notConnected, "no connection to the database within the time allowed")
    }
}
