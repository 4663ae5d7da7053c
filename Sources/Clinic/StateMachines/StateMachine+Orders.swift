extension StateMachine {
    /// ServiceRequest.status.
    ///
    ///     draft ──▶ active ◀──▶ on-hold     draft, active, on-hold ──▶ revoked
    ///                 └──▶ completed
    package static let serviceRequest = StateMachine(
        "ServiceRequest",
        [
            ("draft", ["active", "revoked"]),
            ("active", ["on-hold", "revoked", "completed"]),
            ("on-hold", ["active", "revoked"]),
            ("revoked", []),
            ("completed", []),
            ("unknown", ["draft", "active", "on-hold", "revoked", "completed"]),
        ],
        // The filler's word counts: ORC-5 of orders that were taken up elsewhere, or corrected after completion.
        byMessage: [
            ("draft", ["completed", "on-hold"]),
            ("on-hold", ["completed"]),
            ("completed", ["active", "revoked"]),
            ("revoked", ["active", "completed"]),
        ])

    /// Task.status (R4 task.html#statemachine, without its short cuts).
    package static let task = StateMachine(
        "Task",
        [
            ("draft", ["requested", "cancelled"]),
            ("requested", ["received", "accepted", "rejected", "cancelled"]),
            ("received", ["accepted", "rejected", "cancelled"]),
            ("accepted", ["ready", "in-progress", "on-hold", "cancelled"]),
            ("ready", ["in-progress", "on-hold", "cancelled"]),
            ("in-progress", ["on-hold", "completed", "failed", "cancelled"]),
            ("on-hold", ["accepted", "in-progress", "failed", "cancelled"]),
            ("rejected", []),
            ("completed", []),
            ("failed", []),
            ("cancelled", []),
        ])

    /// Specimen.status.
    package static let specimen = StateMachine(
        "Specimen",
        [
            ("unavailable", ["available", "unsatisfactory"]),
            ("available", ["unavailable", "unsatisfactory"]),
            ("unsatisfactory", []),
        ],
        byMessage: [("unsatisfactory", ["available", "unavailable"])])

    /// DiagnosticReport.status. Steps before final may be left out, none is taken back.
    ///
    ///     registered ──▶ partial ──▶ preliminary ──▶ final ◀──▶ amended, corrected, appended
    ///     all before final ──▶ cancelled
    package static let diagnosticReport = StateMachine(
        "DiagnosticReport",
        [
            ("registered", ["partial", "preliminary", "final", "cancelled"]),
            ("partial", ["preliminary", "final", "cancelled"]),
            ("preliminary", ["final", "cancelled"]),
            ("final", ["amended", "corrected", "appended"]),
            ("amended", ["final", "corrected", "appended"]),
            ("corrected", ["final", "amended", "appended"]),
            ("appended", ["final", "amended", "corrected"]),
            ("cancelled", []),
            (
                "unknown",
                ["registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled"]
            ),
        ],
        // The laboratory's own state follows from its results: OBR-25 X, or one result final before the others.
        byMessage: resultChanges(["registered", "partial", "preliminary", "final", "amended", "corrected", "appended"]))

    /// Observation.status: as a report, without partial and appended.
    package static let observation = StateMachine(
        "Observation",
        [
            ("registered", ["preliminary", "final", "cancelled"]),
            ("preliminary", ["final", "cancelled"]),
            ("final", ["amended", "corrected"]),
            ("amended", ["final", "corrected"]),
            ("corrected", ["final", "amended"]),
            ("cancelled", []),
            ("unknown", ["registered", "preliminary", "final", "amended", "corrected", "cancelled"]),
        ],
        byMessage: resultChanges(["registered", "preliminary", "final", "amended", "corrected"]))

    /// Messages are put in order by their times before they get here; a newer one may say anything of a result.
    private static func resultChanges(_ states: [String]) -> [(from: String, to: [String])] {
        let all = states + ["cancelled", "unknown"]
        return (all + ["entered-in-error"]).map { from in (from, all.filter { $0 != from }) }
    }

    static let orders: [StateMachine] = [serviceRequest, specimen, diagnosticReport, observation]
}
