extension StateMachine {
    /// Encounter.status. Triage may be left out.
    ///
    ///     planned ──▶ arrived ──▶ triaged ──▶ in-progress ◀──▶ onleave
    ///                    └───────────────────▲   └──▶ finished
    ///     planned, arrived, triaged ──▶ cancelled
    package static let encounter = StateMachine(
        "Encounter",
        [
            ("planned", ["arrived", "cancelled"]),
            ("arrived", ["triaged", "in-progress", "cancelled"]),
            ("triaged", ["in-progress", "cancelled"]),
            ("in-progress", ["onleave", "finished"]),
            ("onleave", ["in-progress"]),
            ("finished", []),
            ("cancelled", []),
            // Whoever learns more may say so.
            ("unknown", ["planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled"]),
        ],
        // ADT tells what happened in the house that leads the record: A01 and A04 of what was planned, A03 of
        // outpatients, A06 and A07, and the cancels A11, A12, A13, A27.
        byMessage: [
            ("planned", ["in-progress", "finished", "onleave"]),
            ("arrived", ["finished", "planned", "onleave"]),
            ("triaged", ["finished", "arrived"]),
            ("in-progress", ["cancelled", "arrived", "planned"]),
            ("onleave", ["finished", "cancelled"]),
            ("finished", ["in-progress", "arrived", "cancelled", "onleave"]),
            ("cancelled", ["planned", "arrived", "in-progress", "finished"]),
        ])

    /// Composition.status: signed text is never unsigned again.
    package static let composition = StateMachine(
        "Composition",
        [
            ("preliminary", ["final"]),
            ("final", ["amended"]),
            ("amended", []),
        ])

    /// DocumentReference.status.
    package static let document = StateMachine(
        "DocumentReference",
        [
            ("current", ["superseded"]),
            ("superseded", []),
        ])

    /// DocumentReference.docStatus, of the document itself.
    package static let documentStatus = StateMachine(
        "DocumentReference", element: "docStatus",
        [
            ("preliminary", ["final"]),
            ("final", ["amended"]),
            ("amended", []),
        ],
        // T05 and T10 edit and replace, T06 to T08 go back to what is being written.
        byMessage: [
            ("final", ["preliminary"]),
            ("amended", ["preliminary", "final"]),
            ("preliminary", ["amended"]),
            ("entered-in-error", ["preliminary", "final", "amended"]),
        ])

    /// Communication.status.
    package static let communication = StateMachine(
        "Communication",
        [
            ("preparation", ["in-progress", "not-done"]),
            ("in-progress", ["completed", "on-hold", "stopped", "not-done"]),
            ("on-hold", ["in-progress", "stopped", "not-done"]),
            ("completed", []),
            ("stopped", []),
            ("not-done", []),
            ("unknown", ["preparation", "in-progress", "on-hold", "completed", "stopped", "not-done"]),
        ])
}
