extension StateMachine {
    /// MedicationRequest.status. A renewal is a new request.
    package static let medicationRequest = StateMachine(
        "MedicationRequest",
        [
            ("draft", ["active", "cancelled"]),
            ("active", ["on-hold", "completed", "stopped", "cancelled"]),
            ("on-hold", ["active", "stopped", "cancelled"]),
            ("completed", []),
            ("stopped", []),
            ("cancelled", []),
            ("unknown", ["draft", "active", "on-hold", "completed", "stopped", "cancelled"]),
        ],
        byMessage: [
            ("draft", ["on-hold", "stopped", "completed"]),
            ("on-hold", ["completed"]),
            ("stopped", ["active"]),
            ("cancelled", ["active"]),
            ("completed", ["active", "stopped", "cancelled"]),
        ])

    /// MedicationDispense.status.
    package static let medicationDispense = StateMachine(
        "MedicationDispense",
        [
            ("preparation", ["in-progress", "on-hold", "cancelled", "declined"]),
            ("in-progress", ["completed", "on-hold", "cancelled", "declined", "stopped"]),
            ("on-hold", ["preparation", "in-progress", "cancelled", "declined", "stopped"]),
            ("completed", []),
            ("cancelled", []),
            ("declined", []),
            ("stopped", []),
            ("unknown", ["preparation", "in-progress", "on-hold", "completed", "cancelled", "declined", "stopped"]),
        ],
        byMessage: [("preparation", ["completed"]), ("completed", ["cancelled"])])

    static let medicines: [StateMachine] = [medicationRequest, medicationDispense]
}
