import FHIRDefinitions
import FHIRFormats
import JSONTape
import PostgreSQL

/// Joins two records of one person, in the caller's transaction, so that it can be undone.
///
/// The prior record goes out of use and points to the survivor, which takes its identifiers as old ones and everything
/// that refers to it. Whoever was merged into the prior record before points to the survivor then.
package struct PatientMerge: Sendable {
    let record: RecordMerge

    package init(_ transaction: StoreTransaction) throws {
        guard let type = transaction.store.definitions.resourceType(named: "Patient") else {
            throw StoreError(.fault, "there is no type Patient")
        }
        record = RecordMerge(transaction, type: type)
    }

    package enum Outcome: Sendable, Hashable {
        /// The survivor's id, and `Type/id` of what was written beside the two.
        case merged(survivor: String, moved: [String])
        /// Both are the same record.
        case same
        /// Nothing to do: they are one already.
        case alreadyMerged(survivor: String)
    }

    /// - Parameters:
    ///   - cause: who or what wanted it, for the ledger; holds nothing of the patients.
    ///   - result: what the survivor's content shall be, in place of its own; links and identifiers are added.
    /// - Throws: `StoreError` `.notFound` for an unknown record; `.businessRule` with details `merge-cycle` where the
    ///   survivor was itself merged into the prior one, `merged-elsewhere` where the prior one was merged into another.
    package func merge(
        prior: String, into survivor: String, cause: String, result: [UInt8]? = nil
    ) async throws -> Outcome {
        if prior == survivor { return .same }
        // In the order of the ids, so that merges of the same pair wait for each other.
        var locked: [String: StoredVersion] = [:]
        for id in [prior, survivor].sorted() { locked[id] = try await lock(id) }
        guard let old = locked[prior], let named = locked[survivor], let oldLinks = PatientLinks(old.content) else {
            throw StoreError(.notFound, "no such patient")
        }
        let final = try await follow(named)
        if oldLinks.survivor != nil {
            let holder = try await follow(old)
            if holder.stamp.id == final.stamp.id, final.stamp.id != prior {
                return .alreadyMerged(survivor: final.stamp.id)
            }
            throw StoreError(
                .businessRule, "the prior patient was merged into another one", details: "merged-elsewhere")
        }
        guard final.stamp.id != prior else {
            throw StoreError(
                .businessRule, "the survivor was merged into the prior patient", details: "merge-cycle")
        }
        return try await record.asMerge { try await join(old, oldLinks, into: final, cause: cause, result: result) }
    }

    private func join(
        _ old: StoredVersion, _ oldLinks: PatientLinks, into final: StoredVersion, cause: String, result: [UInt8]?
    ) async throws -> Outcome {
        let (prior, survivor) = (old.stamp.id, final.stamp.id)
        guard let links = PatientLinks(result ?? final.content) else {
            throw StoreError(.fault, "a patient without content")
        }
        let entry = try await record.open(prior: prior, survivor: survivor, cause: cause)
        let conflicts = try await ConsentConflicts(record).find(prior: prior, survivor: survivor)
        let moved = try await record.moveReferences(
            from: prior, to: survivor, entry: entry, excluding: ["Patient/\(prior)", "Patient/\(survivor)"])
        try await record.replace(
            old, with: oldLinks.retired(for: survivor), paths: ["active", "link"], entry: entry)
        try await record.replace(
            final,
            with: links.surviving(
                [prior] + oldLinks.replaced.filter { $0 != survivor },
                identifiers: oldLinks.items("identifier")),
            paths: ["identifier", "link"], entry: entry)
        let tasks = try await ConsentConflicts(record).report(conflicts, survivor: survivor)
        return .merged(survivor: survivor, moved: moved + tasks)
    }

    /// The current version, locked; throws `.notFound`.
    func lock(_ id: String) async throws -> StoredVersion {
        guard let version = try await record.transaction.lock(record.type, id: id) else {
            throw StoreError(.notFound, "no such patient")
        }
        return version
    }

    /// The record that this one is part of now, locked; itself if it is live.
    func follow(_ version: StoredVersion) async throws -> StoredVersion {
        var current = version
        var seen: Set<String> = [version.stamp.id]
        while let next = PatientLinks(current.content)?.survivor, seen.insert(next).inserted {
            guard let version = try await record.transaction.lock(record.type, id: next) else { break }
            current = version
        }
        return current
    }
}
