import Clinic
import FHIRStore

/// Tells patients and practitioners of what happened to their appointments, by whatever door: it listens to events,
/// and hears each once.
struct NoticePlanningJob: ClinicJob {
    let name = "notice-planning"
    let interval = Duration.seconds(2)
    /// Those that something can be sent by.
    let channels: [String]

    func run(_ store: FHIRStore) async throws -> Int {
        try await EventFeed(store, listener: "appointment-notices").take(limit: 100) { events, transaction in
            guard events.contains(where: { NoticePlan.texts[$0.name] != nil }) else { return }
            let rules = try await SchedulingRules(in: transaction)
            try await NoticePlan(transaction, rules, channels: channels).tell(events)
        }
    }
}
