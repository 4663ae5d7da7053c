import PostgreSQL
import Synchronization

/// Gathers what happened without a write, and puts it into the inbox in batches: reads, searches, refusals, sign-ins.
///
/// An answer waits for none of it, unless the database cannot keep up: then everybody waits rather than that something
/// is lost. What a killed process had gathered in its last milliseconds is lost; writes are not (decision 0046).
final class AuditRecorder: Sendable {
    /// Entries of one statement.
    private static let batchCount = 1000
    /// Above this many, whoever brings more waits.
    private static let capacity = 8192
    /// For how long entries gather.
    private static let pause = Duration.milliseconds(5)
    private static let pauseAfterFailure = Duration.milliseconds(250)

    private struct State {
        var entries: [AuditEntry] = []
        var isWriting = false
        /// Wait until there is room.
        var crowd: [CheckedContinuation<Void, Never>] = []
        /// Wait until everything is written.
        var last: [CheckedContinuation<Void, Never>] = []
    }

    private let database: Database
    private let state = Mutex(State())

    init(database: Database) {
        self.database = database
    }

    func record(_ entry: AuditEntry) async {
        let (starts, waits) = state.withLock { state in
            state.entries.append(entry)
            defer { state.isWriting = true }
            return (!state.isWriting, state.entries.count >= Self.capacity)
        }
        // Awaited by `drain`.
        if starts { Task { await write() } }
        guard waits else { return }
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if !state.isWriting || state.entries.count < Self.capacity { return true }
                state.crowd.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// Returns when all that was recorded before is in the inbox, or the database is gone for good.
    func drain() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if !state.isWriting { return true }
                state.last.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// Writes until nothing is left.
    private func write() async {
        while true {
            try? await Task.sleep(for: Self.pause)
            let batch = state.withLock { Array($0.entries.prefix(Self.batchCount)) }
            var count = batch.count
            do {
                try await insert(batch)
            } catch let error as PostgreSQLError where error.code == .shutDown {
                // Nobody is left who could take it.
                count = .max
            } catch {
                try? await Task.sleep(for: Self.pauseAfterFailure)
                continue
            }
            let (waiting, isDone) = state.withLock { state in
                state.entries.removeFirst(min(count, state.entries.count))
                var waiting = state.crowd
                state.crowd = []
                guard state.entries.isEmpty else { return (waiting, false) }
                state.isWriting = false
                waiting += state.last
                state.last = []
                return (waiting, true)
            }
            for each in waiting { each.resume() }
            if isDone { return }
        }
    }

    private func insert(_ batch: [AuditEntry]) async throws {
        guard !batch.isEmpty else { return }
        do {
            _ = try await database.write(WriteJob([AuditEntry.insertion(batch)]))
        } catch let error as PostgreSQLError where error.code == .server || error.code == .invalidParameter {
            // One that cannot be stored as it is must not keep the others out.
            for entry in batch {
                do {
                    _ = try await database.write(WriteJob([AuditEntry.insertion([entry])]))
                } catch let error as PostgreSQLError where error.code == .server || error.code == .invalidParameter {
                    var bare = AuditEntry(AuditFacts("unknown").encoded, at: entry.happened, status: entry.status)
                    bare.detail = "the facts could not be stored"
                    _ = try await database.write(WriteJob([AuditEntry.insertion([bare])]))
                }
            }
        }
    }
}
