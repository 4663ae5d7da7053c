/// Which changes of `status` a resource type goes through.
///
/// A resource may be created in any state, because records of what happened elsewhere arrive finished; what is checked
/// is the change of a stored one. The database holds the same table (`clinic_transition`) and refuses every other
/// change on every write path; see `SchedulingMigrations`.
package struct StateMachine: Sendable {
    /// The resource type, `Appointment`.
    package let typeName: String
    /// All states, in the order of the usual course.
    package let states: [String]
    /// The legal changes; a state may always stay what it is.
    package let transitions: [Transition]

    package struct Transition: Hashable, Sendable {
        package var from: String
        package var to: String
    }

    /// - Parameter moves: for each state, those that it may change to, besides `entered-in-error`, which every state
    ///   but itself may.
    init(_ typeName: String, _ moves: [(from: String, to: [String])]) {
        self.typeName = typeName
        states = moves.map(\.from) + ["entered-in-error"]
        transitions = moves.flatMap { move in
            (move.to + ["entered-in-error"]).map { Transition(from: move.from, to: $0) }
        }
    }

    /// Whether a stored resource may change so.
    package func allows(_ from: String, _ to: String) -> Bool {
        from == to || transitions.contains(Transition(from: from, to: to))
    }
}
