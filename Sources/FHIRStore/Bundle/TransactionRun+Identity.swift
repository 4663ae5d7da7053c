import FHIRDefinitions
import FHIRFormats

/// Which resource each entry means.
extension TransactionRun {
    /// Does the deletions and fills `writes` and `found`.
    mutating func identify() async throws {
        var matches = try await match(plan.steps, isLocking: true)
        var deletions: [EntryWrite] = []
        for step in plan.steps { deletions += try await self.deletions(step, matches[step.entry.position]) }
        try setWrites(matches, deletions)
        try await writer.lock(deletions + writes)
        if !deletions.isEmpty {
            try await send(deletions.sorted(by: EntryWrite.precedes))
            // What a condition found may be gone now.
            let deleted = Set(deletions.map(\.type))
            let again = plan.steps.filter { step in
                !step.action.isDelete && step.action.criteria.map { deleted.contains($0.type) } ?? false
            }
            if !again.isEmpty {
                matches.merge(try await match(again, isLocking: false)) { $1 }
                try setWrites(matches, deletions)
                try await writer.lock(writes)
            }
        }
        noteDeletions(deletions)
        try checkMatches(matches)
        try checkFound()
        try await meetWithinBundle()
    }

    /// What the conditions of the steps find, by position.
    private func match(_ steps: [TransactionPlan.Step], isLocking: Bool) async throws -> [Int: ConditionalMatch] {
        let conditional = steps.compactMap { step in step.action.criteria.map { (step.entry.position, $0) } }
        if conditional.isEmpty { return [:] }
        let matches = try await search.matches(
            conditional.map(\.1), isLocking: isLocking, hasContent: false, in: session,
            now: writer.now.microsecondsSince1970)
        return Dictionary(uniqueKeysWithValues: zip(conditional.map(\.0), matches))
    }

    /// R4 http.html#cond-delete. An entry that does not delete exactly one resource gets its outcome here.
    private mutating func deletions(
        _ step: TransactionPlan.Step, _ match: ConditionalMatch?
    ) async throws -> [EntryWrite] {
        guard case .delete(let type, let target, let precondition) = step.action else { return [] }
        func deletion(_ id: String, _ version: Int? = nil) -> EntryWrite {
            EntryWrite(entry: step.entry, type: type, id: id, kind: .delete(precondition), matchedVersion: version)
        }
        guard case .criteria(let criteria) = target else { return step.write(makeID: store.makeID).map { [$0] } ?? [] }
        switch match ?? ConditionalMatch.none {
        case .none: return []
        case .one(let version): return [deletion(version.stamp.id, version.stamp.version)]
        case .several:
            if deletionLimit == 1 { throw step.severalMatches }
            let ids = try await search.ids(
                meeting: [criteria], limit: deletionLimit + 1, in: session, now: writer.now.microsecondsSince1970)[0]
            guard ids.count <= deletionLimit else {
                throw StoreError(
                    .tooLarge, "more than \(deletionLimit) resources match",
                    expression: step.entry.expression("request.url"),
                    details: "too-many-matches")
            }
            return ids.map { deletion($0) }
        }
    }

    /// The outcomes of entries that delete nothing or several resources, which have no one version to tell.
    private mutating func noteDeletions(_ deletions: [EntryWrite]) {
        var counts: [Int: Int] = [:]
        for deletion in deletions { counts[deletion.entry.position, default: 0] += 1 }
        for step in plan.steps {
            guard case .delete(let type, .criteria, _) = step.action, counts[step.entry.position] != 1 else { continue }
            let stamp = VersionStamp(id: "", version: 0, updated: writer.now)
            results[step.entry.position] = .written(
                WriteResult(effect: .absent, stamp: stamp), type: type, content: nil)
        }
    }

    // MARK: - Writes

    /// Fills `writes` and `found` by what is known so far; throws if one resource is written twice.
    private mutating func setWrites(_ matches: [Int: ConditionalMatch], _ deletions: [EntryWrite]) throws {
        writes = []
        found = [:]
        var identities = WrittenIdentities()
        for deletion in deletions { try identities.claim(deletion, typeName: definitions.name(of: deletion.type)) }
        for step in plan.steps {
            let match = matches[step.entry.position] ?? ConditionalMatch.none
            guard let write = try write(step, match) else { continue }
            try identities.claim(write, typeName: definitions.name(of: write.type))
            writes.append(write)
        }
    }

    /// Notes it in `found` if nothing is to be written.
    private mutating func write(_ step: TransactionPlan.Step, _ match: ConditionalMatch) throws -> EntryWrite? {
        if let write = step.write(makeID: store.makeID) { return write.isDelete ? nil : write }
        let entry = step.entry
        switch (step.action, match) {
        case (.create(let type, _), .one(let version)):
            found[entry.position] = FoundResource(type: type, id: version.stamp.id, isInBundle: false)
            return nil
        case (.create(let type, _), _):
            return EntryWrite(entry: entry, type: type, id: store.makeID(), kind: .create)
        case (.update(let type, _, let precondition), .one(let version)):
            if let id = entry.resourceID, id != version.stamp.id {
                throw StoreError(
                    .invalidRequest, "the resource's id is not that of the resource that matches",
                    expression: entry.expression("resource.id"))
            }
            return EntryWrite(
                entry: entry, type: type, id: version.stamp.id, kind: .update(precondition),
                matchedVersion: version.stamp.version)
        case (.update(let type, _, let precondition), _):
            let bringsID = entry.resourceID != nil
            let mustBeNew = precondition.mustBeNew || bringsID
            return EntryWrite(
                entry: entry, type: type, id: try newID(entry),
                kind: .update(WritePrecondition(versions: precondition.versions, mustBeNew: mustBeNew)),
                bringsNewID: bringsID, hasMadeID: !bringsID)
        case (.patch(let type, _, let precondition), .one(let version)):
            return EntryWrite(
                entry: entry, type: type, id: version.stamp.id, kind: .patch(precondition),
                matchedVersion: version.stamp.version)
        default: return nil
        }
    }

    /// R4 http.html#cond-update: what no resource matches is created, with the id that it brings if it brings one.
    private func newID(_ entry: BundleEntry) throws -> String {
        guard let id = entry.resourceID else { return store.makeID() }
        guard ResourceID.isValid(id) else {
            var error = StoreError.invalidID
            error.expression = entry.expression("resource.id")
            throw error
        }
        return id
    }

    /// Conditions that must find one resource, or at most one.
    private func checkMatches(_ matches: [Int: ConditionalMatch]) throws {
        for step in plan.steps where !step.action.isDelete {
            guard let match = matches[step.entry.position] else { continue }
            switch match {
            case .several: throw step.severalMatches
            case .none:
                guard case .patch = step.action else { continue }
                throw StoreError(
                    .notFound, "no resource matches the criteria", expression: step.entry.expression("request.url"))
            case .one: continue
            }
        }
    }

    /// R4 http.html#trules: what one entry's condition finds is written by no other one.
    private func checkFound() throws {
        if found.isEmpty { return }
        var identities = WrittenIdentities()
        for write in writes { try identities.claim(write, typeName: definitions.name(of: write.type)) }
        for (position, resource) in found.sorted(by: { $0.key < $1.key }) {
            try identities.checkFound(
                plan.steps[position].entry, "\(definitions.name(of: resource.type))/\(resource.id)")
        }
    }
}

extension TransactionPlan.Step {
    var severalMatches: StoreError {
        StoreError(
            .preconditionFailed, "several resources match the criteria",
            expression: entry.expression(action.criteriaElement), details: "several-matches")
    }
}
