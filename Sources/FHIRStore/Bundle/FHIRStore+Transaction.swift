import FHIRDefinitions
import FHIRFormats
import PostgreSQL

extension FHIRStore {
    /// Executes a transaction bundle (R4 http.html#trules): all of it or nothing, whatever the order of its entries.
    ///
    /// - Parameters:
    ///   - search: what resolves conditions.
    ///   - keepsContent: whether the outcomes bring the texts that were stored.
    ///   - deletionLimit: most resources that one conditional delete deletes; at 1 several matches fail the bundle.
    ///   - patch: makes the new resource of a PATCH entry from the current version; throws where that is none.
    ///   - answer: answers reads, searches and operations; called after every write, within the transaction.
    /// - Returns: one outcome per entry, in the order of the bundle.
    /// - Throws: `StoreError` that names the entry at fault, and what the closures throw.
    package func execute<Answer: Sendable>(
        _ bundle: RequestBundle, search: SearchService, keepsContent: Bool = false, deletionLimit: Int = 1,
        patch: @escaping EntryPatching = EntryPatch.refuse,
        answer: @Sendable (BundleEntry, StoreTransaction) async throws -> Answer
    ) async throws -> [EntryOutcome<Answer>] {
        let plan = try TransactionPlan(bundle, indexer: preparer.indexer)
        // Deletes that have to look for referrers need a transaction of their own.
        let looksForReferrers = integrity != .none && plan.steps.contains(where: \.isDelete)
        if plan.steps.count <= Self.jobSize, plan.isUnconditional, !looksForReferrers {
            return try await executeAsJob(plan, keepsContent: keepsContent)
        }
        return try await transaction { transaction in
            let writer = EntryWriter(transaction: transaction, now: now(), patch: patch)
            var run = TransactionRun<Answer>(
                plan, writer: writer, search: search, keepsContent: keepsContent, deletionLimit: deletionLimit)
            return try await run.outcomes(answer)
        }
    }

    /// Greatest number of entries that go through the write lane as one job: others wait behind it.
    private static let jobSize = 50

    /// Writes whose success depends on nothing need no transaction of their own: as one job of the write lane they
    /// take effect together all the same, in one round trip and with a shared commit.
    private func executeAsJob<Answer: Sendable>(
        _ plan: TransactionPlan, keepsContent: Bool
    ) async throws -> [EntryOutcome<Answer>] {
        var writes: [EntryWrite] = []
        var links = LinkTable(definitions: definitions)
        var identities = WrittenIdentities()
        for step in plan.steps {
            guard let write = step.write(makeID: makeID) else { continue }
            let typeName = definitions.name(of: write.type)
            try identities.claim(write, typeName: typeName)
            if !write.isDelete, let fullURL = step.entry.fullURL { links.add(fullURL, "\(typeName)/\(write.id)") }
            writes.append(write)
        }
        writes.sort(by: EntryWrite.precedes)
        let commands = self.commands
        let prepared = try writes.map { try preparer.prepare($0, links: links) }
        return try await retryingWhenStale {
            var job = StoreJob()
            let now = self.now()
            job.commands = zip(writes, prepared).map { commands.command($0, $1, at: now) }
            let results: [WriteResult?]
            do {
                results = try await run(job)
            } catch var error as StoreError {
                if let index = error.commandIndex { error.expression = writes[index].entry.expression }
                throw error
            }
            var outcomes: [EntryOutcome<Answer>?] = Array(repeating: nil, count: plan.steps.count)
            for (index, result) in results.enumerated() {
                guard let result else { throw StoreError(.fault, "a write without conditions was refused") }
                outcomes[writes[index].entry.position] = .written(
                    result, type: writes[index].type, content: keepsContent ? prepared[index]?.content : nil)
            }
            return outcomes.compactMap(\.self)
        }
    }
}

extension TransactionPlan.Step {
    var isDelete: Bool { if case .delete = action { true } else { false } }

    /// The write of an entry that names its resource itself; nil for answers and for conditions.
    func write(makeID: () -> String) -> EntryWrite? {
        switch action {
        case .create(let type, nil): EntryWrite(entry: entry, type: type, id: makeID(), kind: .create)
        case .update(let type, .id(let id), let precondition):
            EntryWrite(entry: entry, type: type, id: id, kind: .update(precondition))
        case .patch(let type, .id(let id), let precondition):
            EntryWrite(entry: entry, type: type, id: id, kind: .patch(precondition))
        case .delete(let type, .id(let id), let precondition):
            EntryWrite(entry: entry, type: type, id: id, kind: .delete(precondition))
        default: nil
        }
    }
}
