import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Takes down holds past their time: the appointment becomes cancelled, its slots free. Bookings do not wait for it:
/// to them such a hold is not there.
struct HoldExpiryJob: ClinicJob {
    let name = "hold-expiry"
    let interval = Duration.seconds(15)

    func run(_ store: FHIRStore) async throws -> Int {
        try await AppointmentSweep(find: Self.due).run(store) { stored, now in
            guard let end = Hold.end(of: stored.node), end <= now else { return nil }
            return ("cancelled", "the hold has ended")
        }
    }

    private static let due = SQLStatement(
        """
        SELECT id FROM appointment
        WHERE content ->> 'status' = 'pending' AND clinic_expires(content) <= clock_timestamp()
        ORDER BY id LIMIT 50
        """)
}

/// Marks appointments that nobody came to, where the clinic wants that.
struct NoShowJob: ClinicJob {
    let name = "no-show"
    let interval = Duration.seconds(60)

    func run(_ store: FHIRStore) async throws -> Int {
        let rules = try await store.transaction { try await SchedulingRules(in: $0) }
        let minutes = rules.integer(SchedulingRules.noShowMinutes)
        guard minutes > 0 else { return 0 }
        return try await AppointmentSweep(find: Self.due, minutes: minutes).run(store) { stored, now in
            guard stored.status == "booked", let end = stored.node["end"]?.string.flatMap({ BookingTime($0) }),
                end.instant.adding(minutes: minutes) <= now
            else { return nil }
            return ("noshow", nil)
        }
    }

    private static let due = SQLStatement(
        """
        SELECT id FROM appointment
        WHERE content ->> 'status' = 'booked'
          AND date_lo BETWEEN clock_timestamp() - interval '30 days' AND clock_timestamp()
          AND (content ->> 'end')::timestamptz <= clock_timestamp() - $1::int * interval '1 minute'
        ORDER BY id LIMIT 50
        """)
}
