/// One query for the read lanes.
struct ReadJob: LaneJob {
    let statement: SQLStatement
    let parameters: SQLParameters
    /// Under whose eyes alone it is answered; nil for the server's own role.
    var tenant: String?
    let enqueued: MonotonicInstant
    let continuation: UnsafeContinuation<QueryResult, any Error>

    var byteCount: Int { parameters.byteCount &+ 64 }

    func step(endsGroup: Bool) -> PipelineStep {
        PipelineStep(statement: statement, parameters: parameters, endsGroup: endsGroup)
    }

    func fail(_ error: PostgreSQLError) { continuation.resume(throwing: error) }
}

/// How a read lane runs a batch: one round trip and one Sync for all. Should a query fail, the batch is asked again
/// with a Sync after each, so that an error is only its own query's; reading twice changes nothing.
///
/// libpq writes to the socket at every Sync, so one for each query would cost a system call here and a wake-up there.
struct ReadLane: Sendable {
    let counters: Counters

    func process(_ connection: Connection, _ jobs: [ReadJob]) {
        counters.readBatches.count()
        counters.reads.count(jobs.count)
        if jobs.count > 1, answerTogether(connection, jobs) { return }
        let stale = answer(connection, jobs, isLastAttempt: false)
        // The server wants these parsed anew: their tables have changed.
        if !stale.isEmpty { _ = answer(connection, stale, isLastAttempt: true) }
    }

    /// Answers all, or none if one of them failed while the connection holds.
    private func answerTogether(_ connection: Connection, _ jobs: [ReadJob]) -> Bool {
        let outcomes: [PipelineOutcome]
        if jobs.contains(where: { $0.tenant != nil }) {
            let steps = TenantSteps(together: jobs.map { ($0.step(endsGroup: false), $0.tenant) })
            outcomes = steps.own(of: connection.run(steps.steps))
        } else {
            var steps = jobs.map { $0.step(endsGroup: false) }
            steps[steps.count - 1].endsGroup = true
            outcomes = connection.run(steps)
        }
        if let error = outcomes.firstError, error.code != .connectionLost { return false }
        for (job, outcome) in zip(jobs, outcomes) {
            switch outcome {
            case .success(let result): job.continuation.resume(returning: result)
            case .failure(let error):
                counters.errors.count()
                job.fail(error)
            }
        }
        return true
    }

    /// Answers what it can; returns the jobs whose statements were stale.
    private func answer(_ connection: Connection, _ jobs: [ReadJob], isLastAttempt: Bool) -> [ReadJob] {
        let steps = TenantSteps(apart: jobs.map { ($0.step(endsGroup: true), $0.tenant) })
        var stale: [ReadJob] = []
        for (job, outcome) in zip(jobs, steps.own(of: connection.run(steps.steps))) {
            switch outcome {
            case .success(let result):
                job.continuation.resume(returning: result)
            case .failure(let error) where error.isStaleStatement && !isLastAttempt:
                connection.forget(job.statement)
                stale.append(job)
            case .failure(let error):
                counters.errors.count()
                job.fail(error)
            }
        }
        return stale
    }
}
