import FHIRDefinitions
import FHIRSearch

/// Conditions that are met by what the bundle itself writes (R4 http.html#trules): the database is asked while the
/// writes in question are done for a trial.
extension TransactionRun {
    /// Has conditional creates that mean a resource which another entry creates come to that one; throws where
    /// another condition meets what the bundle writes.
    mutating func meetWithinBundle() async throws {
        try joinEqualConditions()
        let conditions = self.conditions
        if conditions.isEmpty { return }
        let links = links(to: writes, and: found)
        let candidates = try candidates(
            among: writes, for: conditions.map { ($0.criteria, $0.position) }, links: links)
        if candidates.isEmpty { return }
        let met = try await ids(meeting: conditions.map(\.criteria), amid: candidates, links: links)
        try settle(conditions, met, among: candidates)
    }

    /// A condition of an entry that writes, or would write.
    private struct Condition {
        var step: TransactionPlan.Step
        var criteria: ConditionalCriteria
        var isCreate: Bool

        var position: Int { step.entry.position }
    }

    /// Those still to be settled, in the order in which their entries are processed: creates, then updates and patches.
    private var conditions: [Condition] {
        let all = plan.steps.compactMap { step -> Condition? in
            guard let criteria = step.action.criteria, !step.action.isDelete else { return nil }
            // Joined to an equal one, which stands for both.
            if found[step.entry.position]?.isInBundle == true { return nil }
            if case .create = step.action { return Condition(step: step, criteria: criteria, isCreate: true) }
            return Condition(step: step, criteria: criteria, isCreate: false)
        }
        return all.filter(\.isCreate) + all.filter { !$0.isCreate }
    }

    /// Conditional creates with equal criteria mean one resource: the first creates it. Any other two entries with
    /// equal criteria would write one resource twice.
    private mutating func joinEqualConditions() throws {
        var first: [String: EntryWrite] = [:]
        for write in writes {
            guard let criteria = plan.steps[write.entry.position].action.criteria else { continue }
            guard let other = first[criteria.normalForm] else {
                first[criteria.normalForm] = write
                continue
            }
            guard !write.mayExist, !other.mayExist else {
                throw WrittenIdentities.overlap(other.entry.position, write.entry, "the same resource")
            }
            join(write, to: other)
        }
    }

    /// Has the entry come to what another one creates.
    private mutating func join(_ write: EntryWrite, to other: EntryWrite) {
        writes.removeAll { $0.entry.position == write.entry.position }
        // Who came to this entry follows it.
        for (position, resource) in found where resource.id == write.id { found[position]?.id = other.id }
        found[write.entry.position] = FoundResource(type: other.type, id: other.id, isInBundle: true)
    }

    private mutating func settle(
        _ conditions: [Condition], _ met: [[String]], among candidates: [EntryWrite]
    ) throws {
        var present = Dictionary(uniqueKeysWithValues: candidates.map { ($0.id, $0) })
        // Conditional creates are there for those behind them only.
        var undecided = Set(conditions.filter { $0.isCreate }.map(\.position))
        for (condition, ids) in zip(conditions, met) {
            undecided.remove(condition.position)
            let others = ids.compactMap { present[$0] }.filter { other in
                other.type == condition.criteria.type && other.entry.position != condition.position
            }
            if others.isEmpty { continue }
            if ids.count >= Self.matchLimit { throw condition.step.severalMatches }
            if let other = others.first(where: { $0.mayExist || !condition.isCreate }) {
                throw WrittenIdentities.overlap(other.entry.position, condition.step.entry, "the same resource")
            }
            let earlier = others.filter { !undecided.contains($0.entry.position) }
            guard let target = earlier.first else { continue }
            guard earlier.count == 1, found[condition.position] == nil else { throw condition.step.severalMatches }
            guard let own = writes.first(where: { $0.entry.position == condition.position }) else { continue }
            present[own.id] = nil
            join(own, to: target)
        }
    }
}
