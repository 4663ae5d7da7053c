import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// The doses of a prescription that are due between two days, in the patient's time zone.
///
/// Times of the clock are turned into instants by the database's rules of the zone, so that 08:00 stays 08:00 when the
/// clock changes; an hour that a day does not have becomes the next one, one that it has twice is taken once.
struct DoseCalendar: Sendable {
    struct Dose: Sendable, Hashable {
        /// Which of the dosage instructions.
        var instruction: Int
        var planned: Instant
    }

    /// The greatest number of doses in one calendar.
    static let limit = 10_000

    /// In order of time.
    private(set) var doses: [Dose] = []

    private let zone: String
    private let session: Session
    private let from: CivilDate
    private let to: CivilDate

    /// - Parameter to: the day behind the last.
    init(_ request: StoredResource, from: CivilDate, to: CivilDate, in work: ClinicWork) async throws {
        session = work.transaction.session
        zone = try await Self.zone(of: request, in: work)
        self.from = from
        self.to = to
        for (index, dosage) in (request.node["dosageInstruction"]?.items ?? []).enumerated() {
            guard let timing = DoseTiming(dosage) else { continue }
            let begin = timing.start ?? request.node["authoredOn"]?.string
            let instants = try await instants(of: timing, begin: begin)
            doses += instants.map { Dose(instruction: index, planned: $0) }
            guard doses.count <= Self.limit else {
                throw StoreError(.tooLarge, "there are more than \(Self.limit) doses in this time")
            }
        }
        doses.sort { ($0.planned, $0.instruction) < ($1.planned, $1.instruction) }
    }

    /// The patient's zone, else the clinic's.
    static func zone(of request: StoredResource, in work: ClinicWork) async throws -> String {
        if let patient = request.reference("subject"), let stored = try await work.find(patient),
            let zone = ZoneOfResource.zone(of: stored.node)
        {
            return zone
        }
        return try await MedicineSettings.zone.text(in: work.transaction)
    }

    // MARK: - Expansion

    /// The bounds as the zone has them.
    private struct Frame {
        /// The first moment at which a dose may be; of a day alone, its midnight.
        var start: LocalTime
        var startInstant: Instant
        /// Nothing is due at or behind this.
        var end: Instant
        /// Of the window.
        var low: Instant
        var high: Instant
    }

    private func instants(of timing: DoseTiming, begin: String?) async throws -> [Instant] {
        let frame = try await frame(timing, begin: begin)
        let found: [Instant]
        switch timing.rhythm {
        case .events(let events): found = try await resolve(events: events)
        case .interval(let minutes): found = Self.steps(minutes, frame, count: timing.count)
        case .clock(let days, let times):
            let local = clockTimes(days, times, frame, count: timing.count)
            found = try await resolve(local.map(\.text))
        }
        return found.filter {
            $0 >= frame.startInstant && $0 < frame.end && $0 >= frame.low && $0 < frame.high
        }
    }

    private func frame(_ timing: DoseTiming, begin: String?) async throws -> Frame {
        var parameters = SQLParameters()
        parameters.append(text: zone)
        parameters.append(text: begin ?? from.text)
        parameters.append(text: timing.end)
        parameters.append(int64: timing.lengthMinutes.map { Int64($0) })
        parameters.append(text: from.text)
        parameters.append(text: to.text)
        let rows = try await session.query(Self.frameStatement, parameters)
        func instant(_ column: Int) -> Instant {
            Instant(microsecondsSince1970: rows.int64(0, column) ?? Int64.max)
        }
        let day = rows.string(0, 0).flatMap { CivilDate(beginningOf: $0) } ?? from
        return Frame(
            start: LocalTime(day: day, minutes: Int(rows.int64(0, 1) ?? 0)), startInstant: instant(2),
            end: instant(3), low: instant(4), high: instant(5))
    }

    /// Times of the clock on the days of the window; from the first day on where doses are counted.
    private func clockTimes(_ days: DoseTiming.Days, _ times: [Int], _ frame: Frame, count: Int?) -> [LocalTime] {
        var found: [LocalTime] = []
        let before = from.adding(days: -1)
        let first = count == nil ? max(frame.start.day, before) : frame.start.day
        var counted = 0
        var day = first
        // A count may begin long ago: ten years are enough.
        while day <= to, day.days(since: first) < 3660, found.count <= Self.limit {
            defer { day = day.adding(days: 1) }
            guard Self.isDue(day, days, from: frame.start.day) else { continue }
            for minutes in times {
                let time = LocalTime(day: day, minutes: minutes)
                if time < frame.start { continue }
                counted += 1
                if let count, counted > count { return found }
                if day >= before { found.append(time) }
            }
        }
        return found
    }

    private static func isDue(_ day: CivilDate, _ days: DoseTiming.Days, from first: CivilDate) -> Bool {
        switch days {
        case .every(let step): return day.days(since: first) % step == 0
        case .week(let weekdays, let step):
            let weeks = (day.days(since: first) + first.weekday - 1) / 7
            return weekdays.contains(day.weekday - 1) && weeks % step == 0
        case .month(let step):
            let (start, now) = (first.parts, day.parts)
            let months = (now.year - start.year) * 12 + now.month - start.month
            let due = CivilDate(clampedToMonth: start.dayOfMonth, month: now.month, year: now.year)
            return months % step == 0 && day == due
        }
    }

    /// Every so many minutes from the first moment on.
    private static func steps(_ minutes: Int, _ frame: Frame, count: Int?) -> [Instant] {
        let step = Int64(minutes) * 60_000_000
        let start = frame.startInstant.microsecondsSince1970
        let first = max(0, (frame.low.microsecondsSince1970 - start + step - 1) / step)
        var found: [Instant] = []
        var position = first
        while found.count <= limit, count.map({ position < Int64($0) }) ?? true {
            let time = start + position * step
            if time >= frame.high.microsecondsSince1970 { break }
            found.append(Instant(microsecondsSince1970: time))
            position += 1
        }
        return found
    }

    // MARK: - Zones

    private func resolve(_ local: [String]) async throws -> [Instant] {
        guard !local.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: local)
        parameters.append(text: zone)
        let rows = try await session.query(Self.resolveStatement, parameters)
        return (0..<rows.rowCount).compactMap { row in
            rows.int64(row, 0).map { Instant(microsecondsSince1970: $0) }
        }
    }

    /// Moments as they are; days at eight in the morning.
    private func resolve(events: [String]) async throws -> [Instant] {
        var parameters = SQLParameters()
        parameters.append(textArray: events)
        parameters.append(text: zone)
        let rows = try await session.query(Self.eventStatement, parameters)
        return (0..<rows.rowCount).compactMap { row in
            rows.int64(row, 0).map { Instant(microsecondsSince1970: $0) }
        }
    }

    /// A day alone is one of the zone: it begins at its midnight and ends at the next.
    private static let frameStatement = SQLStatement(
        """
        WITH z AS (SELECT medicine_zone($1::text) AS zone), b AS (
          SELECT zone, CASE WHEN $2::text LIKE '%T%' THEN medicine_time($2::text, false)
              ELSE (medicine_time($2::text, false) AT TIME ZONE 'UTC') AT TIME ZONE zone END AS start,
            CASE WHEN $3::text LIKE '%T%' THEN medicine_time($3::text, true) + interval '1 microsecond'
              ELSE (medicine_time($3::text, true) AT TIME ZONE 'UTC') AT TIME ZONE zone END AS finish
          FROM z)
        SELECT (start AT TIME ZONE zone)::date::text,
          (extract(epoch FROM (start AT TIME ZONE zone)::time) / 60)::bigint,
          (extract(epoch FROM start) * 1000000)::bigint,
          (extract(epoch FROM coalesce(finish,
            ((start AT TIME ZONE zone) + $4::bigint * interval '1 minute') AT TIME ZONE zone)) * 1000000)::bigint,
          (extract(epoch FROM $5::text::timestamp AT TIME ZONE zone) * 1000000)::bigint,
          (extract(epoch FROM $6::text::timestamp AT TIME ZONE zone) * 1000000)::bigint
        FROM b
        """)
    private static let resolveStatement = SQLStatement(
        """
        SELECT DISTINCT (extract(epoch FROM t::timestamp AT TIME ZONE medicine_zone($2::text)) * 1000000)::bigint
        FROM unnest($1::text[]) t
        """)
    private static let eventStatement = SQLStatement(
        """
        SELECT DISTINCT (extract(epoch FROM CASE WHEN t LIKE '%T%' THEN medicine_time(t, false)
          ELSE ((medicine_time(t, false) AT TIME ZONE 'UTC') + interval '8 hours')
            AT TIME ZONE medicine_zone($2::text) END) * 1000000)::bigint
        FROM unnest($1::text[]) t
        """)
}
