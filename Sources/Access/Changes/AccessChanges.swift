package import PostgreSQL
import Synchronization

/// Tells caches of this process what other processes changed: accounts, clients, grants.
///
/// Whoever changes something calls the SQL function `access_changed(topic)` in the same transaction; whoever answers a
/// request calls `catchUp` first, which asks the database at most every half second. So no answer is given on knowledge
/// older than a second, and no request costs a query.
///
/// Rows carry the number of their transaction. What was not yet committed when the last look was taken has a number at
/// or above the least one then in progress, and is found by the next look (PostgreSQL, `pg_snapshot_xmin`).
package final class AccessChanges: Sendable {
    /// Given the topics that changed, such as `person:ID`; nil for anything.
    package typealias Listener = @Sendable (_ topics: Set<String>?) -> Void

    private struct State {
        /// The least transaction that was in progress at the last look.
        var position: String?
        /// When the last look was begun.
        var known: ContinuousClock.Instant?
        var look: Task<Void, any Error>?
        var listeners: [Listener] = []
    }

    /// Knowledge younger than this is not refreshed.
    private static let freshness: Duration = .milliseconds(400)
    /// Knowledge older than this is waited for.
    private static let patience: Duration = .milliseconds(800)
    /// Rows are kept for ten minutes; after a longer pause everything is forgotten.
    private static let greatestPause: Duration = .seconds(300)

    private let database: Database
    private let state = Mutex(State())

    package init(database: Database) {
        self.database = database
    }

    /// Adds one who is told of changes, on the thread that found them. Listeners stay for good.
    package func listen(_ listener: @escaping Listener) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Returns once listeners know all that was committed until a second ago.
    package func catchUp() async throws {
        let now = ContinuousClock.now
        let look: Task<Void, any Error>? = state.withLock { state in
            let age = state.known.map { $0.duration(to: now) } ?? Self.greatestPause
            if age < Self.freshness { return nil }
            if state.look == nil {
                // Awaited below by those who need it; the next look waits for it in any case.
                state.look = Task { try await self.look(from: now) }
            }
            return age < Self.patience ? nil : state.look
        }
        try await look?.value
    }

    /// Has the next `catchUp` look: something was changed by this process.
    package func hurry() {
        state.withLock { $0.known = nil }
    }

    private func look(from start: ContinuousClock.Instant) async throws {
        let position: String? = state.withLock { state in
            let isOld = state.known.map { $0.duration(to: start) > Self.greatestPause } ?? false
            return isOld ? nil : state.position
        }
        do {
            var parameters = SQLParameters()
            parameters.append(text: position)
            let rows = try await database.lookUp(Self.changes, parameters)
            let topics = Set((0..<rows.rowCount).compactMap { rows.string($0, 1) })
            let listeners = state.withLock { state in
                state.position = rows.string(0, 0)
                state.known = start
                state.look = nil
                return state.listeners
            }
            if position == nil || !topics.isEmpty {
                for listener in listeners { listener(position == nil ? nil : topics) }
            }
        } catch {
            state.withLock { $0.look = nil }
            throw error
        }
    }

    /// Forgets what all servers have heard of.
    package func prune() async throws {
        _ = try await database.write(WriteJob([(Self.delete, SQLParameters())]))
    }

    private static let changes = SQLStatement(
        """
        SELECT s.least::text, c.topic
        FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS least) s
        LEFT JOIN access_change c ON c.xid >= $1::xid8
        """)
    private static let delete = SQLStatement("DELETE FROM access_change WHERE changed < now() - interval '10 minutes'")
}
