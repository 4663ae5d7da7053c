import Clinic
import FHIRStore

/// Plans reminders as appointments change, by whatever door: it listens to their events.
struct ReminderPlanningJob: ClinicJob {
    let name = "reminder-planning"
    let interval = Duration.seconds(2)

    func run(_ store: FHIRStore) async throws -> Int {
        try await EventFeed(store, listener: "appointment-reminders").take(limit: 50) { events, transaction in
            let changed = events.filter { $0.name.hasPrefix("appointment.") || $0.name == "patient.arrived" }
            let appointments = Set(changed.map(\.focus).filter { $0.typeName == "Appointment" })
            guard !appointments.isEmpty else { return }
            let plan = ReminderPlan(transaction, try await SchedulingRules(in: transaction))
            for appointment in try await plan.concerned(by: appointments) { try await plan.reconcile(appointment) }
        }
    }
}
