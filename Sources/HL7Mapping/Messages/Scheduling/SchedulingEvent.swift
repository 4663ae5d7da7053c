/// What an SIU trigger event does. §2.9.
struct SchedulingEvent {
    enum Effect {
        /// S12, S13: booked, at these times.
        case book
        /// S14: as it is now.
        case modify
        /// S15, S16.
        case cancel
        /// S17.
        case delete
        /// S18 to S22: services and resources come and go.
        case change(removes: Bool)
        /// S23: the time is blocked.
        case block
        /// S24: the time is open again.
        case open
        /// S26.
        case missed
    }

    let effect: Effect

    init(_ trigger: String) {
        effect =
            switch trigger {
            case "S12", "S13": .book
            case "S15", "S16": .cancel
            case "S17": .delete
            case "S18", "S19": .change(removes: false)
            case "S20", "S21", "S22": .change(removes: true)
            case "S23": .block
            case "S24": .open
            case "S26": .missed
            default: .modify
            }
    }

    /// Appointment.status; nil leaves the stored one. SCH-25 wins, except where the event itself is the end.
    func status(_ entry: AppointmentStatusTable.Entry?, trigger: String) -> String? {
        switch effect {
        case .delete: "entered-in-error"
        case .missed: "noshow"
        case .cancel: trigger == "S15" ? "cancelled" : entry?.status ?? "cancelled"
        case .book: entry?.status ?? "booked"
        case .modify, .change, .block, .open: entry?.status
        }
    }
}
