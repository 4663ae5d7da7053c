import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Appointments of a schedule, for what changes or blocks its time.
enum BookedTime {
    /// Those that are still to come and that a new plan leaves out, of the days that it is for.
    static func outside(
        _ plan: AvailabilityPlan, of week: AvailabilityPlan.Week, _ schedule: JSONNode, _ reference: LocalReference,
        _ rules: SchedulingRules, _ work: ClinicWork
    ) async throws -> [LocalReference] {
        var parameters = SQLParameters()
        parameters.append(text: reference.id)
        parameters.append(utf8: schedule.source)
        parameters.append(text: rules.text(SchedulingRules.timeZone))
        parameters.append(int64: work.now.microsecondsSince1970)
        let result = try await work.transaction.session.query(
            try work.store.statement(toCome), parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let id = result.string(row, 0), let start = result.string(row, 1), let end = result.string(row, 2),
                let date = CivilDate(start), week.holds(on: date),
                plan.week(on: date).map({ $0.first == week.first }) ?? true
            else { return nil }
            let (from, to) = (String(start.dropFirst(11)), String(end.dropFirst(11)))
            let isSameDay = start.prefix(10) == end.prefix(10)
            let isInside = week.open.contains {
                $0.weekday == date.weekday && $0.start <= from && (isSameDay ? to : "24:00:00") <= $0.end
            }
            return isInside ? nil : LocalReference("Appointment", id)
        }
    }

    /// Of the schedule by their own word or their slots; or of nobody's, with one of its actors.
    private static let toCome = """
        SELECT a.id, to_char((a.content ->> 'start')::timestamptz AT TIME ZONE z.zone, 'YYYY-MM-DD HH24:MI:SS'),
          to_char((a.content ->> 'end')::timestamptz AT TIME ZONE z.zone, 'YYYY-MM-DD HH24:MI:SS')
        FROM @[Appointment] a, (SELECT clinic_schedule_zone($2::text::jsonb, $3::text) AS zone) z
        WHERE a.id IN (
          SELECT b.appointment FROM appointment_busy b
          WHERE b.actor IN (
            SELECT hashtextextended(e.reference, 0) FROM clinic_expanded($2::text::jsonb -> 'actor') e)
            AND upper(b.during) > 'epoch'::timestamptz + $4::bigint * interval '1 microsecond')
          AND coalesce(clinic_schedule_of(a.content), $1::text) = $1::text
          AND a.content ? 'start' AND a.content ? 'end'
        ORDER BY (a.content ->> 'start')::timestamptz, a.id
        """

    /// Those that hold time of the schedule's actors in a period.
    static func within(
        _ start: String, _ end: String, _ schedule: JSONNode, in transaction: StoreTransaction
    ) async throws -> [LocalReference] {
        var parameters = SQLParameters()
        parameters.append(utf8: schedule.source)
        parameters.append(text: start)
        parameters.append(text: end)
        let result = try await transaction.session.query(
            try transaction.store.statement(inPeriod), parameters)
        return (0..<result.rowCount).compactMap { row in
            result.string(row, 0).map { LocalReference("Appointment", $0) }
        }
    }

    private static let inPeriod = """
        SELECT DISTINCT b.appointment FROM appointment_busy b
        WHERE b.actor IN (
          SELECT hashtextextended(e.reference, 0) FROM clinic_expanded($1::text::jsonb -> 'actor') e)
          AND b.during && tstzrange($2::text::timestamptz, $3::text::timestamptz, '[)')
          AND EXISTS (SELECT FROM @[Appointment] a WHERE a.id = b.appointment)
          AND (b.expires IS NULL OR b.expires > clock_timestamp())
        ORDER BY 1
        """
}
