package import FHIRFormats
package import FHIRStore
import PostgreSQL

/// Something that happened to a resource, as it stands in the outbox: written in the transaction of what happened.
package struct ClinicEvent: Sendable {
    /// Grows with every event; unique.
    package let id: Int64
    /// `appointment.booked`.
    package let name: String
    package let focus: LocalReference
    /// Who did it; empty where nobody had to sign in.
    package let actor: String
    package let time: Instant

    /// With the next statements of the transaction, or with its commit.
    static func record(
        _ events: [(name: String, focus: LocalReference)], by actor: String, in transaction: StoreTransaction
    ) throws {
        guard let first = events.first else { return }
        var parameters = SQLParameters()
        if events.count == 1 {
            parameters.append(text: first.name)
            parameters.append(text: first.focus.text)
        } else {
            parameters.append(textArray: events.map(\.name))
            parameters.append(textArray: events.map(\.focus.text))
        }
        parameters.append(text: actor)
        parameters.append(int64: transaction.store.clock().microsecondsSince1970)
        try transaction.session.append(events.count == 1 ? insertOne : insert, parameters)
    }

    static func lastActor(
        of event: String, on focus: LocalReference, in transaction: StoreTransaction
    ) async throws -> String? {
        var parameters = SQLParameters()
        parameters.append(text: event)
        parameters.append(text: focus.text)
        let result = try await transaction.session.query(find, parameters)
        return result.rowCount > 0 ? result.string(0, 0) ?? "" : nil
    }

    /// As nearly all operations need it; what PostgreSQL starts for several costs as much as the row.
    private static let insertOne = SQLStatement(
        """
        INSERT INTO clinic_event (name, focus, actor, happened)
        VALUES ($1::text, $2::text, $3::text, 'epoch'::timestamptz + $4::bigint * interval '1 microsecond')
        """)
    private static let insert = SQLStatement(
        """
        INSERT INTO clinic_event (name, focus, actor, happened)
        SELECT e.name, e.focus, $3::text, 'epoch'::timestamptz + $4::bigint * interval '1 microsecond'
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY e (name, focus, position) ORDER BY position
        """)
    private static let find = SQLStatement(
        "SELECT actor FROM clinic_event WHERE name = $1::text AND focus = $2::text ORDER BY id DESC LIMIT 1")
}
