/// Minutes since 1970 in UTC, written as FHIR dates and times without Foundation.
struct CivilTime: Comparable {
    var minutes: Int

    /// Midnight at the start of a day counted from 1970-01-01.
    init(day: Int, minuteOfDay: Int = 0) { minutes = day * 1440 + minuteOfDay }

    /// "Today" of the synthetic clinic: Monday, 1 June 2026. What was done lies before it.
    static let referenceDay = 20_605
    /// The first day for which anything is planned: Monday, 4 March 2030, so that it can still be booked for years.
    static let planningDay = 21_977

    var day: Int { minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440 }

    static func < (left: CivilTime, right: CivilTime) -> Bool { left.minutes < right.minutes }

    func adding(minutes added: Int) -> CivilTime {
        var time = self
        time.minutes += added
        return time
    }

    /// `2026-06-01`
    var date: String {
        let (year, month, day) = Self.civil(day)
        return "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
    }

    /// `2026-06-01T09:30:00Z`
    var dateTime: String {
        let minute = minutes - day * 1440
        return "\(date)T\(Self.digits(minute / 60, 2)):\(Self.digits(minute % 60, 2)):00Z"
    }

    /// Day from Monday (0) to Sunday (6); 1970-01-01 was a Thursday.
    var weekday: Int { ((day + 3) % 7 + 7) % 7 }

    /// The `count`-th working day after `day` (before it, if negative), itself the 0th; `day` must be a working day.
    static func workingDay(_ count: Int, from day: Int) -> Int {
        let weekday = CivilTime(day: day).weekday
        let total = weekday + count
        let weeks = total >= 0 ? total / 5 : (total - 4) / 5
        return day - weekday + weeks * 7 + (total - weeks * 5)
    }

    /// Proleptic Gregorian date of a day number (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
