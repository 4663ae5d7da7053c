import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// When schedules are free: their plans and stored slots, without what is taken, blocked or a break.
struct FreeTimes {
    /// A schedule with what its plan needs.
    struct Planned: Sendable {
        var entry: ScheduleBook.Entry
        var zone: String
        /// Smaller ones come first among times that begin together.
        var rank = 0

        var plan: AvailabilityPlan { AvailabilityPlan(entry.node) }
    }

    struct Time: Sendable, Hashable {
        var schedule: LocalReference
        var start: Instant
        var end: Instant
        /// The stored slot of just this time.
        var slot: LocalReference?
        /// `2030-05-06 09:00:00` on the wall of the place.
        var local: String
    }

    var schedules: [Planned]
    var from: Instant
    var to: Instant
    /// Who must be free as well.
    var patients: [LocalReference] = []
    /// Whether stored slots are offered beside what the plan says.
    var includesSlots = true
    var limit: Int

    /// In order of time, then of rank and id; the same for the same state.
    func compute(now: Instant, in transaction: StoreTransaction) async throws -> [Time] {
        let windows = windows
        var parameters = SQLParameters()
        parameters.append(textArray: windows.map(\.schedule))
        parameters.append(textArray: windows.map(\.zone))
        parameters.append(textArray: windows.map(\.first))
        parameters.append(textArray: windows.map(\.last))
        parameters.append(textArray: windows.map(\.kind))
        parameters.append(int32Array: windows.map { Int32($0.minutes) })
        parameters.append(int32Array: windows.map { Int32($0.buffer) })
        parameters.append(textArray: schedules.map(\.entry.reference.id))
        parameters.append(int32Array: schedules.map { Int32($0.entry.capacity) })
        parameters.append(int32Array: schedules.map { Int32($0.rank) })
        parameters.append(timestampArray: schedules.map { earliest($0, now).microsecondsSince1970 })
        parameters.append(timestampArray: schedules.map { latest($0, now).microsecondsSince1970 })
        parameters.append(textArray: schedules.map(\.zone))
        parameters.append(textArray: patients.map(\.text))
        parameters.append(bool: includesSlots)
        parameters.append(int32: Int32(limit))
        let result = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let id = result.string(row, 0), let start = result.int64(row, 1), let end = result.int64(row, 2)
            else { return nil }
            return Time(
                schedule: LocalReference("Schedule", id), start: Instant(microsecondsSince1970: start),
                end: Instant(microsecondsSince1970: end),
                slot: result.string(row, 3).map { LocalReference("Slot", $0) }, local: result.string(row, 4) ?? "")
        }
    }

    private func earliest(_ schedule: Planned, _ now: Instant) -> Instant {
        max(from, schedule.entry.leadMinutes.map { now.adding(minutes: $0) } ?? from)
    }

    private func latest(_ schedule: Planned, _ now: Instant) -> Instant {
        min(to, schedule.entry.horizonDays.map { now.adding(minutes: $0 * 1440) } ?? to)
    }

    // MARK: - Windows

    private struct LocalWindow {
        var schedule, zone, first, last, kind: String
        var minutes, buffer: Int
    }

    /// What the plans say of each day, in local time; a day more at either end, as zones are ahead and behind.
    private var windows: [LocalWindow] {
        let parts = (from.components, to.components)
        guard
            let first = CivilDate(year: parts.0.year, month: parts.0.month, dayOfMonth: parts.0.day)?.adding(days: -1),
            let last = CivilDate(year: parts.1.year, month: parts.1.month, dayOfMonth: parts.1.day)?.adding(days: 1)
        else { return [] }
        var windows: [LocalWindow] = []
        for schedule in schedules {
            let plan = schedule.plan
            guard !plan.weeks.isEmpty else { continue }
            for day in first.day...last.day {
                let date = CivilDate(day: day)
                guard let week = plan.week(on: date) else { continue }
                func add(_ items: [AvailabilityPlan.Window], _ kind: String) {
                    for item in items where item.weekday == nil || item.weekday == date.weekday {
                        windows.append(
                            LocalWindow(
                                schedule: schedule.entry.reference.id, zone: schedule.zone,
                                first: "\(date.text) \(item.start)", last: "\(date.text) \(item.end)", kind: kind,
                                minutes: week.slotMinutes, buffer: week.bufferMinutes))
                    }
                }
                add(week.open, "open")
                add(week.breaks, "break")
            }
        }
        return windows
    }

    /// The plan's windows less the breaks are cut into times as long as a slot, with the buffer between them. Rows of
    /// the same group leave places until it is full.
    private static let statement = """
        WITH window_times AS MATERIALIZED (
          SELECT schedule, kind, minutes, buffer, tstzrange(first, last, '[)') AS during FROM (
            SELECT w.schedule, w.kind, w.minutes, w.buffer, w.first::timestamp AT TIME ZONE w.zone AS first,
              w.last::timestamp AT TIME ZONE w.zone AS last
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int4[], $7::int4[])
              w (schedule, zone, first, last, kind, minutes, buffer)) local WHERE first < last),
        wanted AS MATERIALIZED (
          SELECT * FROM unnest($8::text[], $9::int4[], $10::int4[], $11::timestamptz[], $12::timestamptz[], $13::text[])
            s (schedule, capacity, rank, earliest, latest, zone)),
        actors AS MATERIALIZED (
          SELECT DISTINCT w.schedule, hashtextextended(e.reference, 0) AS actor
          FROM wanted w JOIN @[Schedule] c ON c.id = w.schedule, clinic_expanded(c.content -> 'actor') e),
        busy AS MATERIALIZED (
          SELECT x.schedule, b.actor, b.during, b.pool
          FROM actors x JOIN wanted w USING (schedule) JOIN appointment_busy b ON b.actor = x.actor
          WHERE b.during && tstzrange(w.earliest - interval '1 day', greatest(w.latest, w.earliest) + interval '1 day')
            AND (b.expires IS NULL OR b.expires > clock_timestamp())),
        patient_busy AS MATERIALIZED (
          SELECT b.during FROM appointment_busy b
          WHERE b.actor IN (SELECT hashtextextended(p, 0) FROM unnest($14::text[]) p)
            AND (b.expires IS NULL OR b.expires > clock_timestamp())),
        slots AS MATERIALIZED (
          SELECT w.schedule, s.id, (s.content ->> 'start')::timestamptz AS start,
            (s.content ->> 'end')::timestamptz AS finish, s.content ->> 'status' AS status
          FROM wanted w JOIN @[Slot] s ON s.content -> 'schedule' ->> 'reference' = 'Schedule/' || w.schedule
          WHERE (s.content ->> 'end')::timestamptz > w.earliest AND (s.content ->> 'start')::timestamptz < w.latest
            AND (s.content ->> 'start')::timestamptz < (s.content ->> 'end')::timestamptz),
        open_times AS (
          SELECT o.schedule, o.minutes, o.buffer, unnest(tstzmultirange(o.during) - coalesce(
            (SELECT range_agg(b.during) FROM window_times b
             WHERE b.schedule = o.schedule AND b.kind = 'break' AND b.during && o.during),
            '{}'::tstzmultirange)) AS during
          FROM window_times o WHERE o.kind = 'open'),
        offered AS (
          SELECT o.schedule, s.start, s.start + o.minutes * interval '1 minute' AS finish, o.buffer, NULL::text AS slot
          FROM open_times o CROSS JOIN LATERAL generate_series(
            lower(o.during), upper(o.during) - o.minutes * interval '1 minute',
            (o.minutes + o.buffer) * interval '1 minute') s (start)
          UNION ALL
          SELECT s.schedule, s.start, s.finish, 0, s.id FROM slots s
          WHERE $15::bool AND (s.status = 'free' OR s.status = 'busy-tentative' AND NOT EXISTS (
            SELECT FROM appointment_busy b WHERE b.actor = hashtextextended('Slot/' || s.id, 0)
              AND (b.expires IS NULL OR b.expires > clock_timestamp()))))
        SELECT o.schedule, \(micros("o.start")), \(micros("o.finish")), min(o.slot),
          to_char(o.start AT TIME ZONE min(w.zone), 'YYYY-MM-DD HH24:MI:SS')
        FROM offered o JOIN wanted w USING (schedule)
        WHERE o.start >= w.earliest AND o.finish <= w.latest
          AND NOT EXISTS (
            SELECT FROM slots s WHERE s.schedule = o.schedule AND s.status IN ('busy-unavailable', 'busy')
              AND s.start < o.finish AND o.start < s.finish)
          AND NOT EXISTS (
            SELECT FROM busy b WHERE b.schedule = o.schedule AND b.pool IS DISTINCT FROM o.schedule
              AND b.during && tstzrange(
                o.start - o.buffer * interval '1 minute', o.finish + o.buffer * interval '1 minute'))
          AND NOT EXISTS (
            SELECT FROM busy b WHERE b.schedule = o.schedule AND b.during && tstzrange(o.start, o.finish)
            GROUP BY b.actor HAVING count(*) >= w.capacity)
          AND NOT EXISTS (SELECT FROM patient_busy b WHERE b.during && tstzrange(o.start, o.finish))
        GROUP BY o.schedule, o.start, o.finish, w.rank
        ORDER BY o.start, w.rank, o.schedule, o.finish LIMIT $16::int
        """

    private static func micros(_ time: String) -> String { "(extract(epoch FROM \(time)) * 1000000)::bigint" }
}
