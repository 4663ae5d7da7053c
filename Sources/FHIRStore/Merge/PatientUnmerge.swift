import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape

/// Undoes a merge by the ledger, newest change first.
extension PatientMerge {
    package struct Parting: Sendable, Hashable {
        package var survivor: String
        /// `Type/id` of what refers to the prior patient again.
        package var restored: [String]
    }

    /// What the merge did not touch since is as it was before; in what changed since, the references alone go back.
    /// What was made after the merge stays with the survivor.
    /// - Parameters:
    ///   - survivor: with whom the record has to be merged; nil for anybody.
    ///   - moving: `Type/id` of what refers to the survivor and belongs to the prior patient all the same.
    /// - Throws: `StoreError` `.notFound` for an unknown record, `.businessRule` with details `not-merged`.
    package func unmerge(
        prior: String, from survivor: String? = nil, moving: [String] = []
    ) async throws -> Parting {
        try await record.asMerge { try await undo(prior, survivor, moving) }
    }

    private func undo(_ prior: String, _ survivor: String?, _ moving: [String]) async throws -> Parting {
        let ids = [prior, survivor].compactMap(\.self).sorted()
        for id in ids { _ = try await lock(id) }
        guard let entry = try await record.ledger.live(type: record.typeName, prior: prior) else {
            throw StoreError(.businessRule, "the patient is not merged", details: "not-merged")
        }
        let old = try await lock(prior)
        let holder = try await follow(old)
        if let survivor, survivor != entry.survivor, survivor != holder.stamp.id {
            throw StoreError(.businessRule, "the patients are not merged", details: "not-merged")
        }
        // Those of later merges hold now what the survivor got by this one.
        let holders = Set([entry.survivor, holder.stamp.id])
        let rewrite = ReferenceRewrite(
            indexer: record.store.preparer.indexer,
            sources: Set(holders.map { SearchIndexer.LocalReference(type: record.type, id: $0) }),
            target: "\(record.typeName)/\(prior)")
        var restored: [String] = []
        let changes = try await record.ledger.changes(of: entry.id)
        let patients = Set([prior, entry.survivor].map { "\(record.typeName)/\($0)" })
        for change in changes.reversed() where !patients.contains("\(change.type)/\(change.id)") {
            if try await restore(change, rewrite) { restored.append("\(change.type)/\(change.id)") }
        }
        try await part(prior, entry, changes, holders: holders)
        for address in moving {
            if try await move(address, rewrite) { restored.append(address) }
        }
        try await record.ledger.close(entry.id, at: record.store.now().microsecondsSince1970)
        return Parting(survivor: entry.survivor, restored: restored)
    }

    /// Whether anything was written.
    private func restore(_ change: MergeLedger.Change, _ rewrite: ReferenceRewrite) async throws -> Bool {
        guard let type = record.store.definitions.resourceType(named: change.type),
            let current = try await record.transaction.lock(type, id: change.id), let content = current.content
        else { return false }
        let edits = try await edits(change, current, rewrite)
        var new: [UInt8]?
        switch edits {
        case .none: new = try await record.version(type, id: change.id, change.versionBefore)?.content
        case .some(let rewritten): new = rewritten
        case .elsewhere: return false
        }
        guard let new, new != content else { return false }
        _ = try await record.transaction.apply([try record.command(type, new, id: change.id)])
        return true
    }

    /// What became of a resource after a merge had moved it.
    enum Edits {
        /// Nothing, but for later merges that moved it on.
        case none
        /// It was edited; the content with its reference gone back.
        case some([UInt8])
        /// It refers to the survivor no longer.
        case elsewhere
    }

    func edits(
        _ change: MergeLedger.Change, _ current: StoredVersion, _ rewrite: ReferenceRewrite
    ) async throws -> Edits {
        guard let content = current.content else { return .elsewhere }
        if current.stamp.version == change.versionAfter { return .none }
        var narrow = rewrite
        narrow.paths = Set(change.paths)
        guard let rewritten = narrow.apply(content)?.content else { return .elsewhere }
        guard let after = try await record.version(current.type, id: change.id, change.versionAfter)?.content else {
            return .some(rewritten)
        }
        // Compared with the reference gone back in both, so that a merge of the survivor itself is no edit.
        return narrow.apply(after)?.content == rewritten ? .none : .some(rewritten)
    }

    /// The two records themselves, and whoever holds the survivor's by a later merge.
    private func part(
        _ prior: String, _ entry: MergeLedger.Entry, _ changes: [MergeLedger.Change], holders: Set<String>
    ) async throws {
        func change(_ id: String) -> MergeLedger.Change? {
            changes.last { $0.type == record.typeName && $0.id == id }
        }
        func before(_ id: String) async throws -> PatientLinks? {
            guard let change = change(id) else { return nil }
            return PatientLinks(try await record.version(record.type, id: id, change.versionBefore)?.content)
        }
        let current = try await lock(prior)
        guard let mine = PatientLinks(current.content) else { return }
        let mineBefore = try await before(prior)
        let gone = Set([prior] + mine.replaced)
        for holder in holders.sorted() where holder != prior {
            let version = try await lock(holder)
            guard let links = PatientLinks(version.content) else { continue }
            var new: [UInt8]?
            if let change = change(holder), try await isUntouched(change, version) {
                new = try await record.version(record.type, id: holder, change.versionBefore)?.content
            } else {
                new = links.parted(
                    from: gone, identifiers: mine.items("identifier"),
                    before: try await before(holder)?.items("identifier") ?? [])
            }
            if let new { try await record.replace(version, with: new, paths: [], entry: nil) }
        }
        if let change = change(prior), try await isUntouched(change, current),
            let content = try await record.version(record.type, id: prior, change.versionBefore)?.content
        {
            try await record.replace(current, with: content, paths: [], entry: nil)
        } else {
            let active = mineBefore.flatMap { $0.node["active"]?.bool }
            try await record.replace(current, with: mine.revived(active: active), paths: [], entry: nil)
        }
    }

    /// Whether a patient is as the merge left it, be it in a later version.
    private func isUntouched(_ change: MergeLedger.Change, _ current: StoredVersion) async throws -> Bool {
        if change.versionAfter == current.stamp.version { return true }
        return try await record.version(record.type, id: change.id, change.versionAfter)?.content == current.content
    }

    private func move(_ address: String, _ rewrite: ReferenceRewrite) async throws -> Bool {
        let parts = address.split(separator: "/")
        guard parts.count == 2, let type = record.store.definitions.resourceType(named: String(parts[0])),
            let version = try await record.transaction.lock(type, id: String(parts[1]))
        else { return false }
        return try await !record.write([version], rewrite, nil).isEmpty
    }
}
