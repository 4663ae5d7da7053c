import Clinic
import FHIRStore

extension StateMachine {
    /// States that lie on a way without being its aim: nothing is put on hold or given up on the way.
    private static let passable: Set<String> = ["requested", "received", "accepted", "ready", "in-progress", "active"]

    /// The shortest legal way from one state to another, without the first; empty where it is there already.
    ///
    /// Throws `StoreError` (422 illegal-transition) where no way leads there.
    func steps(from: String, to: String) throws -> [String] {
        var ways: [[String]] = [[from]]
        var seen: Set<String> = [from]
        while !ways.isEmpty {
            var longer: [[String]] = []
            for way in ways {
                guard let last = way.last else { continue }
                if last == to { return Array(way.dropFirst()) }
                for next in states where allows(last, next) && (next == to || Self.passable.contains(next)) {
                    if seen.insert(next).inserted { longer.append(way + [next]) }
                }
            }
            ways = longer
        }
        throw StoreError.illegalTransition(typeName, from, to)
    }
}

extension ChangeSet {
    /// Leads a locked resource to a state by legal steps, each a version of its own; the last one has the edit too.
    mutating func lead(
        _ stored: StoredResource, to state: String, _ edit: ResourceEdit, by machine: StateMachine
    ) throws {
        let steps = try machine.steps(from: stored.status, to: state)
        for step in steps.dropLast() {
            var passing = stored.edit
            passing.set("status", step)
            update(stored, passing)
        }
        var last = edit
        last.set("status", state)
        update(stored, last)
    }
}
