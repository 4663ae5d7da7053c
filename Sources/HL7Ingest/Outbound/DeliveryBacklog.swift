package import FHIRStore
import PostgreSQL

/// How much waits for a receiver.
package struct DeliveryBacklog: Sendable, Hashable {
    /// Name of the destination.
    package let destination: String
    /// Messages that are not yet through.
    package let waiting: Int64
    /// Messages that were given up.
    package let dead: Int64
    /// Seconds since the oldest that waits was made; 0 where none does.
    package let oldestSeconds: Int64

    /// Of all destinations, by name.
    package static func all(in store: FHIRStore) async throws -> [DeliveryBacklog] {
        do {
            let rows = try await store.database.read(list, SQLParameters())
            return (0..<rows.rowCount).map { row in
                DeliveryBacklog(
                    destination: rows.string(row, 0) ?? "", waiting: rows.int64(row, 1) ?? 0,
                    dead: rows.int64(row, 2) ?? 0, oldestSeconds: rows.int64(row, 3) ?? 0)
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static let list = SQLStatement(
        """
        SELECT d.name, w.count, x.count, coalesce(extract(epoch FROM now() - w.oldest), 0)::bigint
        FROM hl7_destination d,
          LATERAL (
            SELECT count(*), min(created) AS oldest FROM hl7_delivery
            WHERE destination = d.name AND state = 'waiting') w,
          LATERAL (SELECT count(*) FROM hl7_delivery WHERE destination = d.name AND state = 'dead') x
        ORDER BY d.name
        """)
}
