package import FHIRDefinitions
package import FHIRFormats
import PostgreSQL

/// What one entry of a transaction came to.
package enum EntryOutcome: Sendable {
    /// A write, with the text that was stored (nil for deletions).
    case written(WriteResult, type: TypeID, content: [UInt8]?)
    /// The answer to a read or search, as the caller's closure made it.
    case answered(EntryAnswer)
}

/// Answer to a GET inside a bundle.
package struct EntryAnswer: Sendable {
    package var status: String
    /// The resource, rendered; nil for HEAD and for failures without a body.
    package var resource: [UInt8]?
    package var stamp: VersionStamp?

    package init(status: String, resource: [UInt8]?, stamp: VersionStamp?) {
        self.status = status
        self.resource = resource
        self.stamp = stamp
    }
}

extension FHIRStore {
    /// Greatest number of writes sent in one round trip: bounds what both sides buffer.
    private static let chunkSize = 200

    /// Executes a transaction bundle (R4 http#trules): all of it or nothing, whatever the order of its entries.
    ///
    /// - Parameter answer: answers GET and HEAD entries; called after every write, within the transaction.
    /// - Returns: one outcome per entry, in the order of the bundle.
    package func execute(
        _ bundle: RequestBundle, answer: @Sendable (BundleEntry, StoreTransaction) async throws -> EntryAnswer
    ) async throws -> [EntryOutcome] {
        let plan = try TransactionPlan(bundle, definitions: definitions) { makeID() }
        let prepared = try plan.steps.map { try prepare($0, links: plan.links) }
        if prepared.count <= Self.jobSize, prepared.allSatisfy(\.isUnconditionalWrite) {
            return try await executeAsJob(prepared)
        }
        return try await transaction { transaction in
            var outcomes: [EntryOutcome?] = Array(repeating: nil, count: bundle.entries.count)
            let now = self.now()
            var start = 0
            while start < prepared.count {
                let end = min(start + Self.chunkSize, prepared.count)
                let writes = prepared[start..<end].filter { $0.makeCommand != nil }
                let commands = writes.map { $0.command(now) }
                let results = try await transaction.apply(commands) { "Bundle.entry[\(writes[$0].entry.position)]" }
                for (write, result) in zip(writes, results) {
                    outcomes[write.entry.position] = .written(result, type: write.type, content: write.content)
                }
                start = end
            }
            for step in prepared where step.makeCommand == nil {
                outcomes[step.entry.position] = .answered(try await answer(step.entry, transaction))
            }
            return outcomes.compactMap(\.self)
        }
    }

    /// Greatest number of entries that go through the write lane as one job: others wait behind it.
    private static let jobSize = 50

    /// Writes whose success depends on nothing need no transaction of their own: as one job of the write lane they
    /// take effect together all the same, in one round trip and with a shared commit.
    private func executeAsJob(_ steps: [PreparedStep]) async throws -> [EntryOutcome] {
        try await retryingWhenStale {
            var job = StoreJob()
            job.commands = steps.map { $0.command(now()) }
            let results = try await run(job)
            var outcomes: [(position: Int, outcome: EntryOutcome)] = []
            for (step, result) in zip(steps, results) {
                guard let result else { throw StoreError(.fault, "a write without conditions was refused") }
                outcomes.append((step.entry.position, .written(result, type: step.type, content: step.content)))
            }
            return outcomes.sorted { $0.position < $1.position }.map(\.outcome)
        }
    }

    private struct PreparedStep: Sendable {
        var entry: BundleEntry
        var type: TypeID
        var content: [UInt8]?
        /// Whether this is a write that nothing but a failure of the database, a guard or a rule can refuse.
        var isUnconditionalWrite = false
        /// Nil for reads.
        var makeCommand: (@Sendable (Instant) -> WriteCommand)?

        func command(_ now: Instant) -> WriteCommand {
            guard let makeCommand else { preconditionFailure("a read has no command") }
            return makeCommand(now)
        }
    }

    private func prepare(_ step: TransactionPlan.Step, links: LinkTable) throws -> PreparedStep {
        let commands = self.commands
        switch step.action {
        case .create(let type, let id):
            let resource = try preparer.prepare(try resource(of: step.entry), id: id, links: links)
            return PreparedStep(
                entry: step.entry, type: type, content: resource.content, isUnconditionalWrite: true
            ) {
                commands.create(resource, at: $0)
            }
        case .update(let type, let id, let precondition):
            let resource = try preparer.prepare(try resource(of: step.entry), id: id, links: links)
            let isUnconditional = precondition == .none
            return PreparedStep(
                entry: step.entry, type: type, content: resource.content, isUnconditionalWrite: isUnconditional
            ) {
                commands.update(resource, precondition, at: $0)
            }
        case .delete(let type, let id, let precondition):
            let isUnconditional = precondition == .none && integrity == .none
            return PreparedStep(
                entry: step.entry, type: type, content: nil, isUnconditionalWrite: isUnconditional
            ) {
                commands.delete(type, id, precondition, at: $0)
            }
        case .read:
            return PreparedStep(entry: step.entry, type: tables.types[0], content: nil, makeCommand: nil)
        }
    }

    private func resource(of entry: BundleEntry) throws -> ResourceInput {
        guard let resource = entry.resource else {
            throw StoreError(
                .invalidRequest, "\(entry.method.rawValue) needs a resource", expression: entry.expression("resource"))
        }
        return resource
    }
}
