import FHIRDefinitions
import FHIRFormats
import PostgreSQL

/// Asking the database as it will be.
extension TransactionRun {
    /// As many matches of one condition as are told apart; more are as good as these many.
    static var matchLimit: Int { 16 }

    /// Ids of resources that would meet each of the criteria if `candidates` were written; `matchLimit` at most.
    ///
    /// The candidates are written, seen, and taken back: their ids and links may change afterwards.
    func ids(
        meeting criteria: [ConditionalCriteria], amid candidates: [EntryWrite], links: LinkTable
    ) async throws -> [[String]] {
        _ = try await session.query(TrialStatements.begin)
        try await writer.send(candidates.sorted(by: EntryWrite.precedes), links: links) { _, _, _ in }
        let found = try await search.ids(
            meeting: criteria, limit: Self.matchLimit, in: session, now: writer.now.microsecondsSince1970)
        _ = try await session.query(TrialStatements.undo)
        return found
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

private enum TrialStatements {
    static let begin = SQLStatement("SAVEPOINT trial")
    static let undo = SQLStatement("ROLLBACK TO SAVEPOINT trial")
}
