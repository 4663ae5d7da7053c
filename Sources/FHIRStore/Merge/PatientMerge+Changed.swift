import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape

/// What people did to merged records since, which undoing the merge has to keep.
extension PatientMerge {
    /// A merge that is in force.
    package struct Live: Sendable, Hashable {
        /// Number in the ledger.
        package var number: Int64
        package var prior: String
        package var survivor: String
    }

    /// The merge of a prior record, locked until the transaction ends; nil if it is not merged.
    package func live(prior: String) async throws -> Live? {
        guard let entry = try await record.ledger.live(type: record.typeName, prior: prior) else { return nil }
        return Live(number: entry.id, prior: prior, survivor: entry.survivor)
    }

    /// The merge of a number in the ledger, if it is in force.
    package func live(number: Int64) async throws -> Live? {
        guard let prior = try await record.ledger.prior(of: number, type: record.typeName) else { return nil }
        return try await live(prior: prior)
    }

    /// `Type/id` of what was edited since a merge, sorted; later merges are no edits.
    package func changedSince(_ live: Live) async throws -> [String] {
        let holder = try await follow(try await lock(live.prior))
        let holders = Set([live.survivor, holder.stamp.id])
        let rewrite = ReferenceRewrite(
            indexer: record.store.preparer.indexer,
            sources: Set(holders.map { SearchIndexer.LocalReference(type: record.type, id: $0) }),
            target: "\(record.typeName)/\(live.prior)")
        var found: Set<String> = []
        for change in try await record.ledger.changes(of: live.number) {
            guard let type = record.store.definitions.resourceType(named: change.type),
                let current = try await record.transaction.lock(type, id: change.id)
            else { continue }
            let isChanged: Bool
            if change.type == record.typeName, change.id == live.prior || change.id == live.survivor {
                isChanged = try await isEdited(change, current)
            } else if case .some = try await edits(change, current, rewrite) {
                isChanged = true
            } else {
                isChanged = false
            }
            if isChanged { found.insert("\(change.type)/\(change.id)") }
        }
        return found.sorted()
    }

    /// Whether one of the patients differs from what the merge left, but for what merges themselves write.
    private func isEdited(_ change: MergeLedger.Change, _ current: StoredVersion) async throws -> Bool {
        if change.versionAfter == current.stamp.version { return false }
        let after = try await record.version(record.type, id: change.id, change.versionAfter)
        guard let left = PatientLinks(after?.content), let right = PatientLinks(current.content) else { return true }
        return Self.ownContent(left) != Self.ownContent(right)
    }

    /// Everything but links, use, and identifiers that were merged in.
    private static func ownContent(_ links: PatientLinks) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in links.node.members where key != "link" && key != "active" && key != "identifier" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.key("identifier")
        writer.beginArray()
        for identifier in links.items("identifier") where identifier["use"]?.string != "old" { writer.copy(identifier) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
