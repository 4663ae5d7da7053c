import Clinic
import FHIRStore

/// Tells patients and practitioners of what happened to their appointments, by whatever door: it listens to events,
/// and hears each once.
struct NoticePlanningJob: ClinicJob {
    let name = "notice-planning"
    let interval = Duration.seconds(1)
    /// Those that something can be sent by.
    let channels: [String]

    /// A few hundred a second at most, whatever is left over: many bookings at once are not to wait for their notices.
    func run(_ store: FHIRStore) async throws -> Int {
        try await EventFeed(store, listener: "appointment-notices").take(limit: 250) { events, transaction in
            guard events.contains(where: { NoticePlan.texts[$0.name] != nil }) else { return }
            let rules = try await SchedulingRules(in: transaction)
            try await NoticePlan(transaction, rules, channels: channels).tell(events)
        }
        return 0
    }
}
