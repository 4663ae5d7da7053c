import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import PostgreSQL

/// Asking the database as it will be.
extension TransactionRun {
    /// As many matches of one condition as are told apart; more are as good as these many.
    static var matchLimit: Int { 16 }

    /// Criteria, and the position of the entry whose own write does not count, if there is one.
    typealias Question = (criteria: ConditionalCriteria, own: Int?)

    /// Ids of resources that would meet each of the criteria if `candidates` were written; `matchLimit` at most.
    ///
    /// The candidates are written, seen, and taken back: their ids and links may change afterwards.
    func ids(
        meeting criteria: [ConditionalCriteria], amid candidates: [EntryWrite], links: LinkTable
    ) async throws -> [[String]] {
        if !candidates.isEmpty {
            _ = try await session.query(TrialStatements.begin)
            try await writer.send(candidates.sorted(by: EntryWrite.precedes), links: links) { _, _, _ in }
        }
        let found = try await search.ids(
            meeting: criteria, limit: Self.matchLimit, in: session, now: writer.now.microsecondsSince1970)
        if !candidates.isEmpty { _ = try await session.query(TrialStatements.undo) }
        return found
    }

    /// Those of `writes` that could meet one of the criteria, judged by the keys they will be found by.
    ///
    /// Most criteria ask for an identifier, which stands among the keys; so this spares most trials.
    func candidates(among writes: [EntryWrite], for questions: [Question], links: LinkTable) throws -> [EntryWrite] {
        let builder = PredicateBuilder(indexer: search.indexer, now: writer.now.microsecondsSince1970)
        // Per type: who asks for a key, and who asks for anything else.
        var askers: [TypeID: [Int64: [Int?]]] = [:]
        var others: [TypeID: [Int?]] = [:]
        for question in questions {
            let predicate = builder.predicate(for: question.criteria.request)
            guard let keys = predicate.requiredKeys else {
                others[question.criteria.type, default: []].append(question.own)
                continue
            }
            for key in keys { askers[question.criteria.type, default: [:]][key, default: []].append(question.own) }
        }
        return try writes.filter { write in
            func isForeign(_ own: Int?) -> Bool { own != write.entry.position }
            if others[write.type]?.contains(where: isForeign) == true { return true }
            guard let askers = askers[write.type] else { return false }
            // What a patch makes of a resource shows only when it is applied.
            guard let resource = try store.preparer.prepare(write, links: links) else { return true }
            return resource.entries.keys.contains { askers[$0]?.contains(where: isForeign) == true }
        }
    }

    /// The links as they are when entries write and find so.
    func links(to writes: [EntryWrite], and found: [Int: FoundResource]) -> LinkTable {
        var links = LinkTable(definitions: definitions)
        for write in writes where !write.isDelete { add(write.entry, write.type, write.id, to: &links) }
        for (position, resource) in found { add(plan.steps[position].entry, resource.type, resource.id, to: &links) }
        return links
    }

    private func add(_ entry: BundleEntry, _ type: TypeID, _ id: String, to links: inout LinkTable) {
        guard let fullURL = entry.fullURL else { return }
        links.add(fullURL, "\(definitions.name(of: type))/\(id)")
    }
}

extension SearchPredicate {
    /// Keys of which a resource must have one to meet the predicate; nil if that cannot be said.
    fileprivate var requiredKeys: [Int64]? {
        switch self {
        case .keys(let keys, _): keys
        case .all(let parts): parts.lazy.compactMap(\.requiredKeys).first
        default: nil
        }
    }
}

private enum TrialStatements {
    static let begin = SQLStatement("SAVEPOINT trial")
    static let undo = SQLStatement("ROLLBACK TO SAVEPOINT trial")
}
