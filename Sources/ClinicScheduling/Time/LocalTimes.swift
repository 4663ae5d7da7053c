import FHIRFormats
import FHIRStore
import PostgreSQL

/// Times on the wall of a place, and the instants that they are. The database's own table of zones is asked, which
/// knows the changes of clocks.
enum LocalTimes {
    /// The instants of local times (`2030-05-06 09:00:00`). A time that the clocks leave out is that much later, one
    /// that they show twice is the first.
    static func instants(of times: [String], zone: String, in transaction: StoreTransaction) async throws -> [Instant] {
        var parameters = SQLParameters()
        parameters.append(textArray: times)
        parameters.append(text: zone)
        let result = try await transaction.session.query(toInstant, parameters)
        return (0..<result.rowCount).compactMap { row in
            result.int64(row, 0).map { Instant(microsecondsSince1970: $0) }
        }
    }

    /// Local date and time (`2030-05-06 09:00:00`) of an instant.
    static func local(_ instant: Instant, zone: String, in transaction: StoreTransaction) async throws -> String {
        var parameters = SQLParameters()
        parameters.append(int64: instant.microsecondsSince1970)
        parameters.append(text: zone)
        return try await transaction.session.query(toLocal, parameters).string(0, 0) ?? ""
    }

    private static let toInstant = SQLStatement(
        """
        SELECT (extract(epoch FROM t.local::timestamp AT TIME ZONE $2::text) * 1000000)::bigint
        FROM unnest($1::text[]) WITH ORDINALITY t (local, position) ORDER BY position
        """)
    private static let toLocal = SQLStatement(
        """
        SELECT to_char(('epoch'::timestamptz + $1::bigint * interval '1 microsecond') AT TIME ZONE $2::text,
          'YYYY-MM-DD HH24:MI:SS')
        """)
}

/// The zone that an appointment is kept in: of its schedule, its places, its patient, else the clinic's.
enum AppointmentZone {
    static func of(
        _ appointment: [UInt8], _ rules: SchedulingRules, in transaction: StoreTransaction
    ) async throws -> String {
        var parameters = SQLParameters()
        parameters.append(utf8: appointment)
        parameters.append(text: rules.text(SchedulingRules.timeZone))
        let result = try await transaction.session.query(statement, parameters)
        return result.string(0, 0) ?? "UTC"
    }

    private static let statement = SQLStatement("SELECT clinic_appointment_zone($1::text::jsonb, $2::text)")
}

/// When a stored appointment begins by the clocks of its place.
struct AppointmentClock: Sendable {
    /// IANA zone.
    var zone: String
    /// `2030-05-06 09:00:00`.
    var local: String

    /// The clocks of stored appointments, by id, in one round trip; without those that have no time or are gone.
    static func of(
        _ starts: [String: Instant], _ rules: SchedulingRules, in transaction: StoreTransaction
    ) async throws -> [String: AppointmentClock] {
        guard !starts.isEmpty else { return [:] }
        let ids = starts.keys.sorted()
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        parameters.append(timestampArray: ids.map { starts[$0]?.microsecondsSince1970 })
        parameters.append(text: rules.text(SchedulingRules.timeZone))
        let result = try await transaction.session.query(statement, parameters)
        var clocks: [String: AppointmentClock] = [:]
        for row in 0..<result.rowCount {
            guard let id = result.string(row, 0), let zone = result.string(row, 1), let local = result.string(row, 2)
            else { continue }
            clocks[id] = AppointmentClock(zone: zone, local: local)
        }
        return clocks
    }

    /// `OFFSET 0` keeps the function from being called once for each place where the zone is named.
    private static let statement = SQLStatement(
        """
        SELECT t.id, z.zone, to_char(t.start AT TIME ZONE z.zone, 'YYYY-MM-DD HH24:MI:SS')
        FROM unnest($1::text[], $2::timestamptz[]) t (id, start) JOIN appointment a ON a.id = t.id
        CROSS JOIN LATERAL (SELECT clinic_appointment_zone(a.content, $3::text) AS zone OFFSET 0) z
        WHERE t.start IS NOT NULL
        """)
}
