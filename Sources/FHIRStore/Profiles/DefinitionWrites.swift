import FHIRDefinitions
import Synchronization

/// Counts this process's writes of StructureDefinitions, ValueSets and CodeSystems, so that what was worked out of them
/// is looked at again.
///
/// Written after the commit, whatever came of it: then whoever has seen the count sees the write as well.
final class DefinitionWrites: Sendable {
    private let types: [TypeID]
    private let begun = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)

    /// - Parameter types: whose writes count.
    init(types: [TypeID]) {
        self.types = types
    }

    /// How many have ended.
    var count: Int { ended.load(ordering: .acquiring) }

    /// How many were begun in transactions, by anyone.
    var attempts: Int { begun.load(ordering: .acquiring) }

    /// Notes a write of a transaction that is still open.
    func noteAttempt(of command: WriteCommand) {
        if types.contains(command.type) { begun.add(1, ordering: .acquiringAndReleasing) }
    }

    /// Notes the end of a transaction that began with so many attempts. Those of others count too: one look too many
    /// does no harm.
    func noteEnd(since attempts: Int) {
        if attempts != self.attempts { ended.add(1, ordering: .acquiringAndReleasing) }
    }

    /// Notes a write that was a transaction of its own.
    func noteEnd(of command: WriteCommand) {
        if types.contains(command.type) { ended.add(1, ordering: .acquiringAndReleasing) }
    }
}
