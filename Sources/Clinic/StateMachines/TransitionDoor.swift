package import PostgreSQL

/// How a transaction tells the guard of the state machines that it is an HL7 v2 message, which may make a few changes
/// that nobody else may: see `StateMachine.messageTransitions`.
package enum TransitionDoor {
    /// In front of a message's writes.
    package static let open = (
        SQLStatement(
            """
            SELECT set_config('\(StateMachineMigrations.doorParameter)', '\(StateMachineMigrations.messageDoor)', true)
            """), SQLParameters()
    )
    /// Behind them, where the transaction is shared with others.
    package static let close = (
        SQLStatement("SELECT set_config('\(StateMachineMigrations.doorParameter)', '', true)"), SQLParameters()
    )
}
