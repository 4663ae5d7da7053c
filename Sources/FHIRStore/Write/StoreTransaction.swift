package import FHIRDefinitions
import FHIRFormats
package import PostgreSQL
import Synchronization

/// Several reads and writes that take effect together or not at all: what bundles, workflows and messages use.
///
/// Each call is one round trip; `apply` sends any number of writes in one.
package struct StoreTransaction: Sendable {
    package let store: FHIRStore
    package let session: Session
    /// What was deleted, where references to it are forbidden.
    let deletions: PendingDeletions?
    /// What was written, as `Patient/1`.
    private let written = WrittenResources()

    init(store: FHIRStore, session: Session, deletions: PendingDeletions?) {
        self.store = store
        self.session = session
        self.deletions = deletions
    }

    /// The current version, locked until the transaction ends; nil if there is none.
    package func lock(_ type: TypeID, id: String) async throws -> StoredVersion? {
        let result = try await session.query(
            store.tables.reads(type).readForUpdate, FHIRStore.parameters(id))
        return result.rowCount > 0 ? StoredVersion(type: type, row: 0, of: result) : nil
    }

    /// The current version as this transaction sees it; nil if there is none.
    package func read(_ type: TypeID, id: String) async throws -> StoredVersion? {
        let result = try await session.query(store.tables.reads(type).read, FHIRStore.parameters(id))
        return result.rowCount > 0 ? StoredVersion(type: type, row: 0, of: result) : nil
    }

    /// Several current versions in one round trip, nil for each that there is not; those that are to be locked in the
    /// order in which they are given.
    package func fetch(_ wishes: [(type: TypeID, id: String, isLocked: Bool)]) async throws -> [StoredVersion?] {
        let results = try await session.queries(
            wishes.map { wish in
                let reads = store.tables.reads(wish.type)
                return (wish.isLocked ? reads.readForUpdate : reads.read, FHIRStore.parameters(wish.id))
            })
        return zip(wishes, results).map { wish, result in
            result.rowCount > 0 ? StoredVersion(type: wish.type, row: 0, of: result) : nil
        }
    }

    package func create(_ input: ResourceInput, id: String? = nil) async throws -> WriteResult {
        let resource = store.preparer.prepare(input, id: id ?? store.makeID())
        return try await apply([store.commands.create(resource, at: store.now())])[0]
    }

    package func update(
        _ input: ResourceInput, id: String, _ precondition: WritePrecondition = .none,
        method: WriteCommand.Method = .update
    ) async throws -> WriteResult {
        let resource = store.preparer.prepare(input, id: id)
        return try await apply([store.commands.update(resource, precondition, method: method, at: store.now())])[0]
    }

    package func delete(
        _ type: TypeID, id: String, _ precondition: WritePrecondition = .none
    ) async throws -> WriteResult {
        try await apply([store.commands.delete(type, id, precondition, at: store.now())])[0]
    }

    /// Runs the commands in order, in one round trip.
    ///
    /// Throws the `StoreError` of the first command that failed, with what `place` says of its position as
    /// `expression`; the transaction is then rolled back.
    package func apply(
        _ commands: [WriteCommand], place: (Int) -> String? = { _ in nil }
    ) async throws -> [WriteResult] {
        guard !commands.isEmpty else { return [] }
        for command in commands { note(command) }
        // An error ends the transaction, so it has to say by itself which command it was.
        let steps = store.commands.steps(of: commands, isGrouping: false)
        let answers: [QueryResult]
        do {
            answers = try await session.queries(steps.statements)
        } catch let error as PostgreSQLError {
            var refusal = StoreError(error)
            refusal.expression = steps.commands(ofStatement: error.step).first.flatMap(place) ?? refusal.expression
            throw refusal
        }
        var results: [WriteResult] = []
        results.reserveCapacity(commands.count)
        for (index, command) in commands.enumerated() {
            do {
                let result = try command.result(from: answers[steps.answers[index]])
                if let deletions, result.effect == .deleted {
                    deletions.note(.init(type: command.type, id: command.id, expression: place(index)))
                }
                results.append(result)
            } catch var error as StoreError {
                error.expression = place(index) ?? error.expression
                throw error
            }
        }
        return results
    }

    /// Runs the commands in order, with whatever comes next: at the latest with the commit, which then throws what
    /// speaks against them. Only for creates, and for updates of locked resources that really change them, whose
    /// outcome is therefore known.
    package func applyLater(_ commands: [WriteCommand]) throws {
        for command in commands { note(command) }
        for (statement, parameters) in store.commands.steps(of: commands, isGrouping: false).statements {
            try session.append(statement, parameters)
        }
    }

    /// Whether this transaction has written a resource already.
    package func hasWritten(_ typeName: String, _ id: String) -> Bool {
        written.names.withLock { $0.contains("\(typeName)/\(id)") }
    }

    private func note(_ command: WriteCommand) {
        store.definitionWrites.noteAttempt(of: command)
        _ = written.names.withLock { $0.insert("\(command.typeName)/\(command.id)") }
    }
}

/// What a transaction wrote.
private final class WrittenResources: Sendable {
    let names = Mutex<Set<String>>([])
}

extension FHIRStore {
    /// Runs `body` in one database transaction; serialisation failures and deadlocks are retried inside.
    ///
    /// `body` may run more than once, so it must have no effect but through the transaction.
    package func transaction<Result: Sendable>(
        _ body: (StoreTransaction) async throws -> Result
    ) async throws -> Result {
        try await retryingWhenStale {
            let attempts = definitionWrites.attempts
            defer { definitionWrites.noteEnd(since: attempts) }
            return try await database.transaction { session in
                let transaction = StoreTransaction(
                    store: self, session: session, deletions: integrity == .delete ? PendingDeletions() : nil)
                let result = try await body(transaction)
                try await transaction.requireNoReferrers()
                return result
            }
        }
    }
}
