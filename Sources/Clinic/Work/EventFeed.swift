package import FHIRStore
import FHIRFormats
import PostgreSQL

/// Hands the events of the outbox to one listener, in order, each once: the listener's effects and its place in the
/// feed change in one transaction.
package struct EventFeed: Sendable {
    private let store: FHIRStore
    private let listener: String

    /// - Parameter listener: the name under which the place in the feed is kept.
    package init(_ store: FHIRStore, listener: String) {
        self.store = store
        self.listener = listener
    }

    /// Takes the next events; returns how many there were. Of several servers one takes, the others find nothing.
    ///
    /// Events of transactions that are still open hold back those behind them, so that none is passed over.
    @discardableResult
    package func take(
        limit: Int = 200, _ body: ([ClinicEvent], StoreTransaction) async throws -> Void
    ) async throws -> Int {
        try await store.transaction { transaction in
            var name = SQLParameters()
            name.append(text: listener)
            let results = try await transaction.session.queries([(Self.enter, name), (Self.place, name)])
            // No row: another server has it.
            guard results[1].rowCount > 0, let xact = results[1].string(0, 0), let last = results[1].int64(0, 1) else {
                return 0
            }
            var parameters = SQLParameters()
            parameters.append(text: xact)
            parameters.append(int64: last)
            parameters.append(int64: Int64(limit))
            let rows = try await transaction.session.query(Self.next, parameters)
            guard rows.rowCount > 0 else { return 0 }
            let events: [ClinicEvent] = (0..<rows.rowCount).compactMap { row in
                guard let focus = rows.string(row, 3).flatMap({ LocalReference($0) }) else { return nil }
                return ClinicEvent(
                    id: rows.int64(row, 1) ?? 0, name: rows.string(row, 2) ?? "", focus: focus,
                    actor: rows.string(row, 4) ?? "",
                    time: Instant(microsecondsSince1970: rows.int64(row, 5) ?? 0))
            }
            try await body(events, transaction)
            var moved = SQLParameters()
            moved.append(text: listener)
            moved.append(text: rows.string(rows.rowCount - 1, 0))
            moved.append(int64: rows.int64(rows.rowCount - 1, 1))
            _ = try await transaction.session.query(Self.move, moved)
            return rows.rowCount
        }
    }

    private static let enter = SQLStatement(
        "INSERT INTO clinic_listener (name) VALUES ($1::text) ON CONFLICT DO NOTHING")
    private static let place = SQLStatement(
        "SELECT xact::text, id FROM clinic_listener WHERE name = $1::text FOR UPDATE SKIP LOCKED")
    private static let next = SQLStatement(
        """
        SELECT xact::text, id, name, focus, actor, (extract(epoch FROM happened) * 1000000)::bigint
        FROM clinic_event
        WHERE (xact, id) > ($1::text::xid8, $2::bigint) AND xact < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xact, id LIMIT $3::bigint
        """)
    private static let move = SQLStatement(
        "UPDATE clinic_listener SET xact = $2::text::xid8, id = $3::bigint WHERE name = $1::text")
}
