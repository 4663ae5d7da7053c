import Glibc

/// How a write lane runs a batch: all jobs before one Sync, hence one transaction and one flush of the log. If that
/// fails, the server has
/// undone all of it, and the jobs run again with a Sync each, so that an error is only its own job's.
struct WriteLane: Sendable {
    let counters: Counters
    /// How often a job is run again after a serialisation failure or deadlock.
    let retries: Int

    func process(_ connection: Connection, _ batch: [QueuedWrite]) {
        counters.writeBatches.count()
        counters.writes.count(batch.count)
        var steps: [PipelineStep] = []
        for queued in batch { steps += queued.job.steps }
        steps[steps.count - 1].endsGroup = true
        let outcomes = connection.run(steps)
        guard let error = outcomes.firstError else { return acknowledge(batch, outcomes) }
        if error.code == .connectionLost { return fail(batch, error) }
        connection.forgetStale(steps, error)
        if batch.count == 1, !error.isStaleStatement, !error.isRetryable { return fail(batch, error) }
        runOneByOne(connection, batch)
    }

    private func runOneByOne(_ connection: Connection, _ batch: [QueuedWrite]) {
        counters.writeReruns.count(batch.count)
        var waiting = batch
        for attempt in 0...max(1, retries) where !waiting.isEmpty {
            // Whoever we deadlocked with gets a moment to finish.
            if attempt > 0 { usleep(.random(in: 200...2_000)) }
            waiting = answer(connection, waiting, mayRepeat: attempt < max(1, retries))
        }
    }

    /// Answers what it can; returns the jobs that deserve another attempt.
    private func answer(_ connection: Connection, _ jobs: [QueuedWrite], mayRepeat: Bool) -> [QueuedWrite] {
        var steps: [PipelineStep] = []
        for queued in jobs {
            steps += queued.job.steps
            steps[steps.count - 1].endsGroup = true
        }
        let outcomes = connection.run(steps)
        var start = 0
        var again: [QueuedWrite] = []
        for queued in jobs {
            let own = outcomes[start..<start + queued.job.count]
            start += queued.job.count
            guard let error = own.firstError else {
                acknowledge([queued], own)
                continue
            }
            connection.forgetStale(queued.job.steps, error)
            if mayRepeat, error.isStaleStatement || error.isRetryable {
                again.append(queued)
            } else {
                fail([queued], error)
            }
        }
        return again
    }

    private func acknowledge(_ batch: [QueuedWrite], _ outcomes: some Sequence<PipelineOutcome>) {
        var results = outcomes.makeIterator()
        for queued in batch {
            var own: [QueryResult] = []
            own.reserveCapacity(queued.job.count)
            for _ in 0..<queued.job.count {
                if case .success(let result)? = results.next() { own.append(result) }
            }
            queued.continuation.resume(returning: own)
        }
    }

    private func fail(_ batch: [QueuedWrite], _ error: PostgreSQLError) {
        counters.errors.count(batch.count)
        for queued in batch { queued.fail(error) }
    }
}

extension Sequence<PipelineOutcome> {
    /// The first failure, if there is one.
    var firstError: PostgreSQLError? {
        for case .failure(let error) in self { return error }
        return nil
    }
}

extension Connection {
    /// Has statements parsed anew at their next use, if that is what the server asks for.
    func forgetStale(_ steps: [PipelineStep], _ error: PostgreSQLError) {
        guard error.isStaleStatement else { return }
        for step in steps { forget(step.statement) }
    }
}
