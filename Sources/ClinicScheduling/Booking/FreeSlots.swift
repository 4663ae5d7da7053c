import Clinic
import FHIRStore
import PostgreSQL

/// Finds free slots near those that are taken.
enum FreeSlots {
    /// How many alternatives a refusal names.
    static let limit = 5

    /// The next free slots of the same schedules, from the start of the ones named.
    static func next(after slots: [LocalReference], in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        guard !slots.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: slots.map(\.id))
        parameters.append(int32: Int32(limit))
        let result = try await store.database.query(try store.statement(statement), parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let id = result.string(row, 0), let start = result.string(row, 1), let end = result.string(row, 2)
            else { return nil }
            return ClinicError.Alternative(slot: LocalReference("Slot", id), start: start, end: end)
        }
    }

    private static let statement = """
        SELECT f.id, f.content ->> 'start', f.content ->> 'end'
        FROM (
          SELECT content -> 'schedule' ->> 'reference' AS schedule, min((content ->> 'start')::timestamptz) AS start
          FROM @[Slot] s WHERE id = ANY ($1::text[]) GROUP BY 1) t
        JOIN @[Slot] f ON f.content -> 'schedule' ->> 'reference' = t.schedule
        WHERE f.content ->> 'status' = 'free' AND (f.content ->> 'start')::timestamptz >= t.start
        ORDER BY (f.content ->> 'start')::timestamptz, f.id LIMIT $2::int
        """
}
