/// Statements that belong together: all of them happen, or none. Must not hold transaction commands.
package struct WriteJob: Sendable {
    private(set) var steps: [PipelineStep] = []

    package init() {}

    package init(_ commands: [(SQLStatement, SQLParameters)]) {
        for (statement, parameters) in commands { append(statement, parameters) }
    }

    /// Adds a statement, run after those before it; each sees what the earlier ones did.
    package mutating func append(_ statement: SQLStatement, _ parameters: SQLParameters) {
        steps.append(PipelineStep(statement: statement, parameters: parameters, endsGroup: false))
    }

    /// The same with the standing values that its statements ask for.
    func completed(with standing: StandingValues?) throws(PostgreSQLError) -> WriteJob {
        if steps.allSatisfy({ $0.statement.standing.isEmpty }) { return self }
        var job = WriteJob()
        for step in steps {
            job.append(step.statement, try step.statement.complete(step.parameters, with: standing))
        }
        return job
    }

    /// How many statements there are.
    package var count: Int { steps.count }
}

/// A job waiting in a write lane.
struct QueuedWrite: LaneJob {
    let job: WriteJob
    let byteCount: Int
    let enqueued: MonotonicInstant
    let continuation: UnsafeContinuation<[QueryResult], any Error>

    init(_ job: WriteJob, _ continuation: UnsafeContinuation<[QueryResult], any Error>) {
        self.job = job
        self.byteCount = job.steps.reduce(0) { $0 &+ $1.parameters.byteCount &+ 64 }
        self.enqueued = .now
        self.continuation = continuation
    }

    func fail(_ error: PostgreSQLError) { continuation.resume(throwing: error) }
}
