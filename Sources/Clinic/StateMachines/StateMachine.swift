package import JSONTape

/// Which changes of state a resource type goes through.
///
/// A resource may be created in any state, because records of what happened elsewhere arrive finished; what is checked
/// is the change of a stored one. The database holds the same tables (`clinic_transition`) and refuses every other
/// change on every write path; see `StateMachineMigrations`.
package struct StateMachine: Sendable {
    /// The resource type, `Appointment`.
    package let typeName: String
    /// The element that holds the state: a code, or a CodeableConcept with one coding.
    package let element: String
    /// All states, in the order of the usual course.
    package let states: [String]
    /// The legal changes; a state may always stay what it is.
    package let transitions: [Transition]
    /// Changes that only messages of the system that leads the record may make: a cancelled discharge (ADT^A13) opens
    /// a finished encounter again.
    package let messageTransitions: [Transition]

    package struct Transition: Hashable, Sendable {
        package var from: String
        package var to: String
    }

    /// - Parameters:
    ///   - moves: for each state, those that it may change to, besides `entered-in-error`.
    ///   - error: the state that every other may change to; nil where the type has none.
    ///   - byMessage: further changes, by HL7 v2 messages only.
    init(
        _ typeName: String, element: String = "status", error: String? = "entered-in-error",
        _ moves: [(from: String, to: [String])], byMessage: [(from: String, to: [String])] = []
    ) {
        self.typeName = typeName
        self.element = element
        let last = error.map { [$0] } ?? []
        states = moves.map(\.from) + last
        let legal = moves.flatMap { move in (move.to + last).map { Transition(from: move.from, to: $0) } }
        transitions = legal
        messageTransitions = byMessage.flatMap { move in move.to.map { Transition(from: move.from, to: $0) } }
            .filter { !legal.contains($0) && $0.from != $0.to }
    }

    /// What it is called in the database: the type, with the element where that is not `status`.
    package var name: String { element == "status" ? typeName : "\(typeName).\(element)" }

    /// Whether a stored resource may change so.
    package func allows(_ from: String, _ to: String) -> Bool {
        from == to || transitions.contains(Transition(from: from, to: to))
    }

    /// The state of a resource; nil if it has none.
    package func state(of resource: JSONNode) -> String? {
        guard let value = resource[named: element] else { return nil }
        return value.string ?? value["coding"]?.items.first?["code"]?.string
    }
}
