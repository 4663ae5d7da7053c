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
