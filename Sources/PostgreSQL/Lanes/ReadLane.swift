/// One query for the read lanes.
struct ReadJob: LaneJob {
    let statement: SQLStatement
    let parameters: SQLParameters
    let enqueued: MonotonicInstant
    let continuation: UnsafeContinuation<QueryResult, any Error>

    var byteCount: Int { parameters.byteCount &+ 64 }

    func fail(_ error: PostgreSQLError) { continuation.resume(throwing: error) }
}

/// How a read lane runs a batch: one round trip with a Sync after each query, so that an error is only its own query's.
struct ReadLane: Sendable {
    let counters: Counters

    func process(_ connection: Connection, _ jobs: [ReadJob]) {
        counters.readBatches.count()
        counters.reads.count(jobs.count)
        let stale = answer(connection, jobs, isLastAttempt: false)
        // The server wants these parsed anew: their tables have changed.
        if !stale.isEmpty { _ = answer(connection, stale, isLastAttempt: true) }
    }

    /// Answers what it can; returns the jobs whose statements were stale.
    private func answer(_ connection: Connection, _ jobs: [ReadJob], isLastAttempt: Bool) -> [ReadJob] {
        let steps = jobs.map { PipelineStep(statement: $0.statement, parameters: $0.parameters, endsGroup: true) }
        var stale: [ReadJob] = []
        for (job, outcome) in zip(jobs, connection.run(steps)) {
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
