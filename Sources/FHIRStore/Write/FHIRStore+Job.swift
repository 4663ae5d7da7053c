import FHIRDefinitions
import FHIRFormats
package import PostgreSQL

/// Writes and statements of a caller's own that take effect together, in the shared write lane: one round trip, and a
/// commit shared with whatever else is waiting. For work that needs no answer before it is complete.
package struct StoreJob: Sendable {
    /// Statements that run first, such as the guards that make the job safe.
    package var statements: [(SQLStatement, SQLParameters)] = []
    /// Resources to write, in order.
    package var commands: [WriteCommand] = []
    /// Statements that run last.
    package var closing: [(SQLStatement, SQLParameters)] = []

    package init() {}
}

extension FHIRStore {
    /// The command that creates `input` under an id of the caller's making; `.stale` if the id is taken.
    package func createCommand(_ input: ResourceInput, id: String) -> WriteCommand {
        commands.create(preparer.prepare(input, id: id), at: now())
    }

    /// The command that updates or creates `input`.
    package func updateCommand(
        _ input: ResourceInput, id: String, _ precondition: WritePrecondition = .none,
        method: WriteCommand.Method = .update
    ) -> WriteCommand {
        commands.update(preparer.prepare(input, id: id), precondition, method: method, at: now())
    }

    /// The command that puts `input` in place of a resource that the transaction has locked, and that differs from it.
    package func replaceCommand(_ input: ResourceInput, id: String) -> WriteCommand {
        commands.replacement(preparer.prepare(input, id: id), at: now())
    }

    /// Runs the job once; durable when this returns.
    ///
    /// Throws `StoreError`; with `.stale` the caller's assumptions no longer hold and nothing was changed, so it looks
    /// again and makes a new job (see `retryingWhenStale`). A command whose precondition fails is told apart by its
    /// result being nil: the rest of the job is committed all the same.
    package func run(_ job: StoreJob, affinity: Int = 0) async throws -> [WriteResult?] {
        do {
            return try await run(job, affinity: affinity, isGrouping: true)
        } catch let error as StoreError where error.isOfSeveralCommands {
            // One by one, to learn which of them it was: nothing has been changed yet.
            return try await run(job, affinity: affinity, isGrouping: false)
        }
    }

    /// As `run`, but together with jobs that wait at the same time if all they do is create, whatever the types: for
    /// many small jobs of a kind, such as messages.
    package func runGathered(_ job: StoreJob, affinity: Int = 0) async throws -> [WriteResult?] {
        try await gatherer.run(job, affinity: affinity, in: self)
    }

    /// - Parameter isGrouping: whether creates of a type share a statement; if it fails, nobody knows for which of
    ///   them.
    func run(_ job: StoreJob, affinity: Int = 0, isGrouping: Bool) async throws -> [WriteResult?] {
        try await translating {
            let steps = commands.steps(of: job.commands, isGrouping: isGrouping)
            let answers: [QueryResult]
            defer { for command in job.commands { definitionWrites.noteEnd(of: command) } }
            do {
                answers = try await database.write(
                    WriteJob(job.statements + steps.statements + job.closing), affinity: affinity)
            } catch let error as PostgreSQLError {
                var refusal = StoreError(error)
                let commands = steps.commands(ofStatement: error.step.map { $0 - job.statements.count })
                refusal.commandIndex = commands.first
                refusal.isOfSeveralCommands = commands.count > 1 && refusal.code != .stale
                throw refusal
            }
            return zip(job.commands, steps.answers).map { command, position in
                try? command.result(from: answers[job.statements.count + position])
            }
        }
    }
}
