package import FHIRDefinitions
import FHIRFormats
import PostgreSQL

extension FHIRStore {
    /// Creates a resource under a new id (R4 http#create); durable when this returns.
    package func create(_ input: ResourceInput) async throws -> WriteResult {
        let resource = preparer.prepare(input, id: makeID())
        return try await run { self.commands.create(resource, at: self.now()) }
    }

    /// Updates or creates the resource with this id (R4 http#update).
    ///
    /// Throws `StoreError` with `.versionConflict`, `.preconditionFailed` or `.notFound` where the precondition does
    /// not hold, `.conflict` and `.businessRule` where a workflow forbids it.
    package func update(
        _ input: ResourceInput, id: String, _ precondition: WritePrecondition = .none,
        method: WriteCommand.Method = .update
    ) async throws -> WriteResult {
        guard ResourceID.isValid(id) else { throw StoreError.invalidID }
        let resource = preparer.prepare(input, id: id)
        return try await run {
            self.commands.update(resource, precondition, method: method, at: self.now())
        }
    }

    /// Deletes the resource; `.absent` if there is none, which is no error (R4 http#delete).
    ///
    /// Throws `StoreError` with `.conflict` where integrity is asked for and something refers to the resource.
    package func delete(
        _ type: TypeID, id: String, _ precondition: WritePrecondition = .none
    ) async throws -> WriteResult {
        guard ResourceID.isValid(id) else { throw StoreError.invalidID }
        // Whether something refers to it can only be said behind the write, when its row is gone.
        if integrity == .delete { return try await transaction { try await $0.delete(type, id: id, precondition) } }
        return try await run { self.commands.delete(type, id, precondition, at: self.now()) }
    }

    /// Runs one command in the write lane, where it shares a transaction with whatever else is waiting.
    private func run(_ makeCommand: () -> WriteCommand) async throws -> WriteResult {
        try await retryingWhenStale {
            let command = makeCommand()
            defer { definitionWrites.noteEnd(of: command) }
            let statements = commands.statements(of: command)
            let answers = try await database.write(
                WriteJob(statements + commands.closing(of: command)), affinity: command.id.hashValue)
            guard answers.count >= statements.count, !statements.isEmpty else {
                throw StoreError(.fault, "a write gave no answer")
            }
            return try command.result(from: answers[statements.count - 1])
        }
    }

    /// Runs `body` again while it finds that somebody else was faster, so that it sees what they did.
    package func retryingWhenStale<Result>(_ body: () async throws -> Result) async throws -> Result {
        for _ in 0..<Self.attempts {
            do {
                return try await translating(body)
            } catch let error as StoreError where error.code == .stale {
                if error.details == StoreError.searchIndexMoved { try await refreshSearchParameters() }
                continue
            }
        }
        throw StoreError(.conflict, "concurrent changes to the same data", details: "concurrent-change")
    }

    private static let attempts = 16
}

extension StoreError {
    static let invalidID = StoreError(
        .invalidRequest, "an id has 1 to 64 characters of A-Z, a-z, 0-9, - and .", expression: "Resource.id")
}
