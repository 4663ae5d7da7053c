import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// What is free in place of what is taken.
enum Alternatives {
    /// How many a refusal names.
    static let limit = 5

    /// For a call that names an appointment or slots.
    static func ofBooking(
        _ call: ClinicCall, _ declaration: ClinicOperationDeclaration, in store: FHIRStore
    ) async throws -> [ClinicError.Alternative] {
        let parameters = try OperationParameters(call, of: declaration, definitions: store.definitions)
        var slots = try parameters.references("slot", "Slot")
        var appointments = parameters.resources("appointment-resource")
        for reference in try parameters.references("appointment-reference", "Appointment") {
            let stored = try await store.read(try store.resourceType("Appointment"), id: reference.id)
            guard let content = stored.content else { continue }
            appointments.append(JSONNode(try Document.parse(content)))
        }
        for appointment in appointments { slots += BookingWish.slots(of: appointment) }
        if !slots.isEmpty { return try await FreeSlots.next(after: slots, in: store) }
        guard let appointment = appointments.first else { return [] }
        return try await times(for: ResourceEdit(appointment).bytes, in: store)
    }

    /// The next times that are as long, when nobody who takes part is busy.
    static func times(for appointment: [UInt8], in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        var parameters = SQLParameters()
        parameters.append(utf8: appointment)
        parameters.append(int32: Int32(limit))
        let result = try await store.database.query(statement, parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let actor = result.string(row, 0).flatMap({ LocalReference($0) }), let start = result.int64(row, 1),
                let end = result.int64(row, 2)
            else { return nil }
            return ClinicError.Alternative(
                slot: actor, start: Instant(microsecondsSince1970: start).text,
                end: Instant(microsecondsSince1970: end).text)
        }
    }

    /// Times begin where somebody's time ends, or as long again after that. The first actor who is no patient stands
    /// for the time.
    private static let statement = SQLStatement(
        """
        WITH wanted AS MATERIALIZED (
          SELECT b.reference, hashtextextended(b.reference, 0) AS actor, b.during
          FROM clinic_busy($1::text::jsonb || '{"status": "booked"}') b WHERE NOT upper_inf(b.during)),
        asked AS (SELECT during FROM wanted LIMIT 1),
        taken AS (
          SELECT a.during FROM appointment_busy a JOIN wanted w USING (actor)
          WHERE upper(a.during) > lower(w.during) AND (a.expires IS NULL OR a.expires > clock_timestamp())),
        starts AS (
          SELECT DISTINCT upper(t.during) + k * (upper(q.during) - lower(q.during)) AS start
          FROM taken t, asked q, generate_series(0, $2::int - 1) k
          WHERE upper(t.during) >= lower(q.during)),
        free AS (
          SELECT s.start, s.start + (upper(q.during) - lower(q.during)) AS finish FROM starts s, asked q)
        SELECT (SELECT reference FROM wanted ORDER BY reference LIKE 'Patient/%', reference LIMIT 1),
          (extract(epoch FROM f.start) * 1000000)::bigint, (extract(epoch FROM f.finish) * 1000000)::bigint
        FROM free f
        WHERE NOT EXISTS (SELECT FROM taken t WHERE t.during && tstzrange(f.start, f.finish, '[)'))
        ORDER BY f.start LIMIT $2::int
        """, isOfTenants: false)
}
