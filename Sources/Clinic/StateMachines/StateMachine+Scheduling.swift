extension StateMachine {
    /// Appointment.status.
    ///
    ///     proposed ──▶ waitlist ──▶ pending ──▶ booked ──▶ arrived ──▶ checked-in ──▶ fulfilled
    ///                                           ▲ │  └──────────────────▲
    ///                                           │ └▶ noshow
    ///     all but the last and noshow ──▶ cancelled
    package static let appointment = StateMachine(
        "Appointment",
        [
            ("proposed", ["pending", "waitlist", "booked", "cancelled"]),
            ("waitlist", ["pending", "booked", "cancelled"]),
            ("pending", ["booked", "cancelled"]),
            ("booked", ["arrived", "checked-in", "cancelled", "noshow"]),
            ("arrived", ["checked-in", "booked", "cancelled"]),
            ("checked-in", ["fulfilled", "cancelled"]),
            ("noshow", ["booked"]),
            ("fulfilled", []),
            ("cancelled", []),
        ],
        // Another calendar says where its appointments stand; how they got there is its own matter (SIU).
        byMessage: calendarChanges)

    private static var calendarChanges: [(from: String, to: [String])] {
        let states = [
            "proposed", "waitlist", "pending", "booked", "arrived", "checked-in", "noshow", "fulfilled", "cancelled",
            "entered-in-error",
        ]
        return states.map { from in (from, states.filter { $0 != from }) }
    }

    /// Slot.status.
    ///
    ///     free ◀──▶ busy-tentative ──▶ busy ──▶ free
    ///     free ◀──▶ busy-unavailable ◀──▶ busy
    package static let slot = StateMachine(
        "Slot",
        [
            ("free", ["busy-tentative", "busy", "busy-unavailable"]),
            ("busy-tentative", ["busy", "free"]),
            ("busy", ["free", "busy-unavailable"]),
            ("busy-unavailable", ["free", "busy"]),
        ])

    package static let scheduling: [StateMachine] = [.appointment, .slot]
}
