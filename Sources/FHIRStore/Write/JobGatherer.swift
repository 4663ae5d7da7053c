import PostgreSQL
import Synchronization

/// Joins jobs that nothing but create: those that come while one runs are made one job, so that what they create of a
/// type shares a statement. Each still takes effect whole or not at all.
final class JobGatherer: Sendable {
    /// Jobs of one round trip, and bytes of content in them.
    private static let jobCount = 16
    private static let byteCount = 1 << 20

    private struct Waiting {
        let job: StoreJob
        let continuation: UnsafeContinuation<[WriteResult?], any Error>
    }

    private struct State {
        var isBusy = false
        var waiting: [Waiting] = []
    }

    private let state = Mutex(State())

    /// Runs the job once; durable when this returns. Throws as `FHIRStore.run` does.
    func run(_ job: StoreJob, affinity: Int, in store: FHIRStore) async throws -> [WriteResult?] {
        // What changes a resource may undo what another job's guards have seen.
        guard job.commands.allSatisfy({ $0.creation != nil }) else {
            return try await store.run(job, affinity: affinity)
        }
        let isFirst = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if isFirst {
            defer { passOn(store) }
            return try await store.run(job, affinity: affinity)
        }
        return try await withUnsafeThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                defer { state.isBusy = true }
                state.waiting.append(Waiting(job: job, continuation: continuation))
                return !state.isBusy
            }
            if isFirst { passOn(store) }
        }
    }

    /// Runs what waits, if anything does.
    private func passOn(_ store: FHIRStore) {
        let jobs = take()
        guard !jobs.isEmpty else { return }
        Task {
            await run(jobs, in: store)
            passOn(store)
        }
    }

    private func take() -> [Waiting] {
        state.withLock { state in
            var bytes = 0
            let end = state.waiting.firstIndex { waiting in
                bytes += waiting.job.commands.reduce(0) { $0 + ($1.creation?.content.count ?? 0) }
                return bytes > Self.byteCount
            }
            // At least one, however large.
            let count = min(Self.jobCount, max(1, end ?? Int.max), state.waiting.count)
            let jobs = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            state.isBusy = count > 0
            return jobs
        }
    }

    private func run(_ waiting: [Waiting], in store: FHIRStore) async {
        if waiting.count > 1 {
            do {
                let results = try await store.run(StoreJob(joining: waiting.map(\.job)), isGrouping: true)
                var start = 0
                for each in waiting {
                    let end = start + each.job.commands.count
                    each.continuation.resume(returning: Array(results[start..<end]))
                    start = end
                }
                return
            } catch let error as StoreError where error.code == .unavailable || error.code == .overloaded {
                for each in waiting { each.continuation.resume(throwing: error) }
                return
            } catch {
                // Each by itself, so that an error is only its own job's: nothing has been changed yet.
            }
        }
        await withDiscardingTaskGroup { group in
            for each in waiting {
                group.addTask {
                    do {
                        each.continuation.resume(returning: try await store.run(each.job))
                    } catch {
                        each.continuation.resume(throwing: error)
                    }
                }
            }
        }
    }
}

extension StoreJob {
    /// All that the jobs do, in one.
    fileprivate init(joining jobs: [StoreJob]) {
        statements = jobs.flatMap(\.statements)
        commands = jobs.flatMap(\.commands)
        closing = jobs.flatMap(\.closing)
    }
}
