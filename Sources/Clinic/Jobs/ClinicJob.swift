package import FHIRStore
package import Logging

/// Work that the clinic does by itself, again and again: holds that expire, reminders that are due.
///
/// Several servers may run the same job at once: it leases what it works on, so that nothing is done twice.
package protocol ClinicJob: Sendable {
    /// `hold-expiry`, for logs.
    var name: String { get }
    var interval: Duration { get }
    /// Whether its time is the database's, which callers wait for too, and not that of others it waits for itself.
    var burdensDatabase: Bool { get }

    /// Does what is due; returns how many things it did.
    func run(_ store: FHIRStore) async throws -> Int
}

extension ClinicJob {
    package var burdensDatabase: Bool { true }
}

/// Runs jobs until it is cancelled.
package struct ClinicUpkeep: Sendable {
    private let store: FHIRStore
    private let jobs: [any ClinicJob]
    private let logger: Logger

    package init(store: FHIRStore, jobs: [any ClinicJob], logger: Logger) {
        self.store = store
        self.jobs = jobs
        self.logger = logger
    }

    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { await keepRunning(job) } }
        }
    }

    private func keepRunning(_ job: any ClinicJob) async {
        while !Task.isCancelled {
            var pause = job.interval
            do {
                let start = ContinuousClock.now
                // What was left over is taken up soon; but callers who wait come first, so that a job works for a
                // quarter of the time at most.
                if try await job.run(store) > 0 {
                    guard job.burdensDatabase else { continue }
                    pause = min(pause, (ContinuousClock.now - start) * 3)
                }
            } catch is CancellationError {
                return
            } catch {
                // Errors name tables and codes, never content.
                logger.warning("a job failed and will be tried again", metadata: ["job": "\(job.name)"])
            }
            try? await Task.sleep(for: pause)
        }
    }
}
