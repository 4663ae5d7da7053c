import Clinic
import FHIRFormats
package import FHIRStore
import JSONTape
import PostgreSQL

/// Bookings that another calendar reports: they stand, even where they are over one of ours.
package struct ExternalBooking: Sendable {
    /// Marks an appointment that was booked although somebody's time was taken; `valueBoolean`.
    package static let overbookExtension = "urn:martlet:appointment-overbooked"

    private let transaction: StoreTransaction

    /// An actor whose time is taken.
    package struct Conflict: Sendable, Hashable {
        /// `Type/id`.
        package let actor: String
        /// Id of the appointment that holds the time.
        package let appointment: String
    }

    /// Lets the guards of scheduling take what the calendar says, until the transaction ends.
    package init(in transaction: StoreTransaction) async throws {
        self.transaction = transaction
        _ = try await transaction.session.query(Self.begin, SQLParameters())
    }

    /// Who would be booked twice; bookings of the same actors wait until the transaction ends.
    /// - Parameter appointment: JSON of the Appointment as it is going to be stored under `id`.
    package func conflicts(of appointment: [UInt8], id: String) async throws -> [Conflict] {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(text: String(decoding: appointment, as: UTF8.self))
        let result = try await transaction.session.query(Self.conflicts, parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let actor = result.string(row, 0), let other = result.string(row, 1) else { return nil }
            return Conflict(actor: actor, appointment: other)
        }
    }

    /// Makes the slots of the appointment's actors follow it: those within its time become busy and are named in it,
    /// those that it no longer holds become free, unless another appointment uses them.
    /// - Parameter former: JSON of the appointment as it was stored before; nil if it is new.
    /// - Returns: `Type/id` of the slots that changed.
    package func follow(appointment: [UInt8], former: [UInt8]?) async throws -> [String] {
        let store = transaction.store
        var parameters = SQLParameters()
        parameters.append(text: String(decoding: appointment, as: UTF8.self))
        parameters.append(text: former.map { String(decoding: $0, as: UTF8.self) } ?? "{}")
        let result = try await transaction.session.query(Self.slots, parameters)
        var (taken, freed): ([LocalReference], [LocalReference]) = ([], [])
        for row in 0..<result.rowCount {
            guard let slot = result.string(row, 0), let isHeld = result.string(row, 1) else { continue }
            if isHeld == "held" {
                taken.append(LocalReference("Slot", slot))
            } else {
                freed.append(LocalReference("Slot", slot))
            }
        }
        let held = try await SlotBook(taken, in: transaction)
        let released = try await SlotBook(freed, in: transaction)
        let commands =
            try await held.commands(changing: ["free", "busy-tentative"], to: "busy", in: store)
            + released.commands(changing: ["busy", "busy-tentative"], to: "free", in: store)
        _ = try await transaction.apply(commands)
        return commands.map { "Slot/\($0.id)" }
    }

    private static let begin = SQLStatement("SELECT set_config('clinic.external_calendar', 'on', true)")
    private static let conflicts = SQLStatement(
        "SELECT actor, appointment FROM clinic_conflicts($1::text, $2::text::jsonb)")
    /// Slots of the schedules of the actors, within the time of the appointment, present or former: whether somebody
    /// holds that time now. Slots in part of the time cannot be booked either.
    private static let slots = SQLStatement(
        """
        SELECT s.id, CASE WHEN EXISTS (
          SELECT FROM jsonb_array_elements(c.content -> 'actor') x JOIN appointment_busy a
            ON a.actor = hashtextextended(clinic_local_reference(x ->> 'reference'), 0)
          WHERE a.during && tstzrange((s.content ->> 'start')::timestamptz, (s.content ->> 'end')::timestamptz, '[)'))
          THEN 'held' ELSE 'free' END
        FROM (VALUES ($1::text::jsonb), ($2::text::jsonb)) v (content)
        CROSS JOIN LATERAL jsonb_array_elements(
          CASE jsonb_typeof(v.content -> 'participant') WHEN 'array' THEN v.content -> 'participant' ELSE '[]' END) p
        JOIN schedule c ON c.content -> 'actor' @> jsonb_build_array(
          jsonb_build_object('reference', p -> 'actor' ->> 'reference'))
        JOIN slot s ON s.content -> 'schedule' ->> 'reference' = 'Schedule/' || c.id
        WHERE v.content ? 'start' AND v.content ? 'end'
          AND s.content ->> 'status' IN ('free', 'busy', 'busy-tentative')
          AND tstzrange((s.content ->> 'start')::timestamptz, (s.content ->> 'end')::timestamptz, '[)')
            && tstzrange((v.content ->> 'start')::timestamptz, (v.content ->> 'end')::timestamptz, '[)')
        GROUP BY 1, 2 ORDER BY 1
        """)
}
