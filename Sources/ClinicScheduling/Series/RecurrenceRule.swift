import Clinic
import FHIRFormats
import FHIRStore

/// A rule by which an appointment is repeated (RFC 5545 §3.3.10), of the parts that clinics use: FREQ, INTERVAL,
/// COUNT or UNTIL, BYDAY (with numbers in months), BYMONTHDAY, WKST.
///
///     FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=8
struct RecurrenceRule: Sendable, Equatable {
    enum Frequency: String, Sendable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// A day of the week, in months also which of them: the second, or the last (-1).
    struct Day: Sendable, Equatable {
        var ordinal: Int
        /// 1 for Monday.
        var weekday: Int
    }

    private(set) var frequency: Frequency
    private(set) var interval = 1
    private(set) var count: Int?
    private(set) var until: String?
    private(set) var days: [Day] = []
    private(set) var monthDays: [Int] = []
    private(set) var weekStart = 1

    /// Reads the rule, with or without `RRULE:` in front; throws `StoreError` (400).
    init(_ text: String, place: String?) throws {
        func refuse(_ message: String) -> StoreError {
            OperationParameters.invalid("series: \(message)", at: place.map { $0 + ".value" })
        }
        var frequency: Frequency?
        let body = text.uppercased().hasPrefix("RRULE:") ? text.dropFirst(6) : text[...]
        var seen: Set<String> = []
        for part in body.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).uppercased() }
            guard pair.count == 2, seen.insert(pair[0]).inserted else {
                throw refuse("a rule is made of NAME=VALUE, each name once")
            }
            let value = pair[1]
            switch pair[0] {
            case "FREQ":
                guard let known = Frequency(rawValue: value) else {
                    throw refuse("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
                }
                frequency = known
            case "INTERVAL":
                guard let number = Int(value), (1...1000).contains(number) else {
                    throw refuse("INTERVAL is 1 to 1000")
                }
                interval = number
            case "COUNT":
                guard let number = Int(value), (1...AppointmentSeries.limit).contains(number) else {
                    throw refuse("COUNT is 1 to \(AppointmentSeries.limit)")
                }
                count = number
            case "UNTIL":
                guard Self.date(ofUntil: value) != nil else { throw refuse("UNTIL is a date like 20301231") }
                until = value
            case "BYDAY":
                days = try value.split(separator: ",").map { item in
                    guard let day = Self.day(String(item)) else { throw refuse("BYDAY is a list like MO,TH") }
                    return day
                }
            case "BYMONTHDAY":
                monthDays = try value.split(separator: ",").map { item in
                    guard let number = Int(item), (1...31).contains(abs(number)) else {
                        throw refuse("BYMONTHDAY is a list of 1 to 31")
                    }
                    return number
                }
            case "WKST":
                guard let day = Self.day(value), day.ordinal == 0 else { throw refuse("WKST is a day like MO") }
                weekStart = day.weekday
            default: throw refuse("\(pair[0].prefix(20)) is not a part that series may have")
            }
        }
        guard let frequency else { throw refuse("FREQ is missing") }
        guard (count == nil) != (until == nil) else { throw refuse("one of COUNT and UNTIL says how long") }
        guard frequency == .monthly || days.allSatisfy({ $0.ordinal == 0 }) else {
            throw refuse("numbers in BYDAY are for months")
        }
        self.frequency = frequency
    }

    private static let weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    private static func day(_ text: String) -> Day? {
        guard let index = weekdays.firstIndex(of: String(text.suffix(2))) else { return nil }
        let number = text.dropLast(2)
        if number.isEmpty { return Day(ordinal: 0, weekday: index + 1) }
        guard let ordinal = Int(number), (1...5).contains(abs(ordinal)) else { return nil }
        return Day(ordinal: ordinal, weekday: index + 1)
    }

    private static func date(ofUntil text: String) -> CivilDate? {
        let digits = text.prefix(8)
        guard digits.count == 8, digits.allSatisfy(\.isNumber), text.count == 8 || text.dropFirst(8).hasPrefix("T"),
            let year = Int(digits.prefix(4)), let month = Int(digits.dropFirst(4).prefix(2)),
            let day = Int(digits.suffix(2))
        else { return nil }
        return CivilDate(year: year, month: month, dayOfMonth: day)
    }

    // MARK: - Expansion

    /// The days of the rule, the first included whether the rule names it or not (RFC 5545 §3.8.5.3).
    func dates(from first: CivilDate) -> [CivilDate] {
        let last = until.flatMap(Self.date) ?? first.adding(days: 366 * 20)
        let wanted = min(count ?? AppointmentSeries.limit + 1, AppointmentSeries.limit + 1)
        var dates = [first]
        var period = 0
        // Rules such as the 31st of every twelfth month come rarely: an end to looking for them.
        while dates.count < wanted, period < 10_000 {
            let candidates = self.candidates(period, from: first)
            guard let earliest = candidates.first ?? Optional(first), earliest <= last else { break }
            for date in candidates where date > first && date <= last && dates.count < wanted { dates.append(date) }
            if let start = beginning(of: period, from: first), start > last { break }
            period += 1
        }
        return dates
    }

    private func beginning(of period: Int, from first: CivilDate) -> CivilDate? {
        let step = period * interval
        switch frequency {
        case .daily: return first.adding(days: step)
        case .weekly: return first.adding(days: -((first.weekday - weekStart + 7) % 7) + 7 * step)
        case .monthly:
            let months = first.parts.year * 12 + first.parts.month - 1 + step
            return CivilDate(year: months / 12, month: months % 12 + 1, dayOfMonth: 1)
        case .yearly: return CivilDate(year: first.parts.year + step, month: 1, dayOfMonth: 1)
        }
    }

    /// Days of the n-th day, week, month or year, in order.
    private func candidates(_ period: Int, from first: CivilDate) -> [CivilDate] {
        guard let start = beginning(of: period, from: first) else { return [] }
        switch frequency {
        case .daily:
            return days.isEmpty || days.contains { $0.weekday == start.weekday } ? [start] : []
        case .weekly:
            let weekdays = days.isEmpty ? [first.weekday] : days.map(\.weekday)
            return (0..<7).map { start.adding(days: $0) }.filter { weekdays.contains($0.weekday) }
        case .monthly: return days(ofMonth: start, first)
        case .yearly:
            let (year, month, day) = (start.parts.year, first.parts.month, first.parts.dayOfMonth)
            return [CivilDate(year: year, month: month, dayOfMonth: day)].compactMap(\.self)
        }
    }

    private func days(ofMonth start: CivilDate, _ first: CivilDate) -> [CivilDate] {
        let (year, month, _) = start.parts
        let length = CivilDate.length(ofMonth: month, year: year)
        let all = (0..<length).map { start.adding(days: $0) }
        if days.isEmpty {
            let numbers = monthDays.isEmpty ? [first.parts.dayOfMonth] : monthDays
            return all.enumerated().filter { position, _ in
                numbers.contains(position + 1) || numbers.contains(position - length)
            }.map(\.element)
        }
        return all.enumerated().filter { position, date in
            days.contains { day in
                guard day.weekday == date.weekday else { return false }
                let fromStart = position / 7 + 1
                let fromEnd = -((length - 1 - position) / 7 + 1)
                return day.ordinal == 0 || day.ordinal == fromStart || day.ordinal == fromEnd
            } && (monthDays.isEmpty || monthDays.contains(position + 1))
        }.map(\.element)
    }

    // MARK: - Times

    /// From when to when one of the appointments is.
    struct Time: Sendable, Hashable {
        var start: Instant
        var end: Instant
    }

    /// The times of all appointments: at the same time of day on the wall, as long as the first.
    ///
    /// Throws `StoreError` (400) for a rule with too many.
    func times(
        from start: Instant, to end: Instant, zone: String, in transaction: StoreTransaction
    ) async throws -> [Time] {
        let local = try await LocalTimes.local(start, zone: zone, in: transaction)
        guard let first = CivilDate(local) else { throw StoreError(.fault, "the database gave no local time") }
        let dates = dates(from: first)
        guard dates.count <= AppointmentSeries.limit else {
            throw OperationParameters.invalid("a series has \(AppointmentSeries.limit) appointments at most")
        }
        let clock = local.dropFirst(10)
        let instants = try await LocalTimes.instants(
            of: dates.map { $0.text + clock }, zone: zone, in: transaction)
        let length = end.microsecondsSince1970 - start.microsecondsSince1970
        return instants.enumerated().map { position, instant in
            let begin = position == 0 ? start : instant
            return Time(start: begin, end: Instant(microsecondsSince1970: begin.microsecondsSince1970 + length))
        }
    }
}
