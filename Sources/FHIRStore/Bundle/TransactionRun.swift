import FHIRDefinitions
import FHIRFormats
import PostgreSQL

/// What a conditional create came to (R4 http.html#ccreate).
struct FoundResource: Sendable {
    var type: TypeID
    var id: String
    /// Whether another entry of the bundle creates it.
    var isInBundle: Bool
}

/// One attempt at a transaction within an open database transaction (R4 http.html#trules).
///
///     criteria locked and matched ─▶ rows locked ─▶ DELETE ─▶ every other entry knows its resource
///       ─▶ links ─▶ conditional references ─▶ POST, PUT, PATCH ─▶ GET, HEAD, operations
///
/// The standard's order shows in what conditions see: the deletions, then what is created, then what is updated. Once
/// each entry knows its resource and no two write the same one, the order of the writes themselves cannot show, so
/// they are sent in the order that avoids deadlocks.
struct TransactionRun<Answer: Sendable> {
    let plan: TransactionPlan
    let writer: EntryWriter
    let search: SearchService
    let keepsContent: Bool
    /// Most resources that one conditional delete deletes.
    let deletionLimit: Int

    /// What is left to write, deletions excepted.
    var writes: [EntryWrite] = []
    /// Resources that conditional creates came to without writing them, by position.
    var found: [Int: FoundResource] = [:]
    /// Where links lead, once all entries know their resource.
    var links: LinkTable
    var results: [EntryOutcome<Answer>?]

    var store: FHIRStore { writer.transaction.store }
    var session: Session { writer.transaction.session }
    var definitions: FHIRDefinitions { store.definitions }

    init(
        _ plan: TransactionPlan, writer: EntryWriter, search: SearchService, keepsContent: Bool, deletionLimit: Int
    ) {
        self.plan = plan
        self.writer = writer
        self.search = search
        self.keepsContent = keepsContent
        self.deletionLimit = deletionLimit
        links = LinkTable(definitions: writer.transaction.store.definitions)
        results = Array(repeating: nil, count: plan.steps.count)
    }

    /// Does everything; one outcome per entry, in the order of the bundle.
    mutating func outcomes(
        _ answer: @Sendable (BundleEntry, StoreTransaction) async throws -> Answer
    ) async throws -> [EntryOutcome<Answer>] {
        try await identify()
        links = links(to: writes, and: found)
        try await resolveReferences()
        writes.sort(by: EntryWrite.precedes)
        try await send(writes)
        try await readFound()
        for step in plan.steps {
            guard case .answer = step.action else { continue }
            results[step.entry.position] = .answered(try await answer(step.entry, writer.transaction))
        }
        return results.compactMap(\.self)
    }

    mutating func send(_ writes: [EntryWrite]) async throws {
        var outcomes = results
        let keepsContent = keepsContent
        try await writer.send(writes, links: links) { write, result, resource in
            outcomes[write.entry.position] = .written(
                result, type: write.type, content: keepsContent ? resource?.content : nil)
        }
        results = outcomes
    }

    /// What conditional creates came to, as it is now that everything is written.
    private mutating func readFound() async throws {
        let versions = try await writer.transaction.versions(
            of: found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.type, $0.value.id) })
        for position in found.keys {
            guard let version = versions[position] else {
                throw StoreError(.stale, "the data changed in the meantime")
            }
            results[position] = .found(version)
        }
    }
}
