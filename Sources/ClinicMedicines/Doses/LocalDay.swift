/// A day of the calendar, by its number from 1970-01-01. https://hl7.org/fhir/R4/datatypes.html#date
struct LocalDay: Hashable, Comparable, Sendable {
    let number: Int

    init(number: Int) { self.number = number }

    /// Gregorian date by eras of 400 years, which begin on 1 March; days beyond the end of a month are its last.
    init(year: Int, month: Int, day: Int) {
        let last = Self.lengths(of: year)[max(1, min(12, month)) - 1]
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + min(day, last) - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Reads the day of a date or dateTime; the first one where day or month are left out.
    init?(_ text: String) {
        let parts = text.prefix(10).split(separator: "-").map { Int($0) }
        guard (1...3).contains(parts.count), let year = parts[0], (1...9999).contains(year) else { return nil }
        let month = parts.count > 1 ? parts[1] : 1
        let day = parts.count > 2 ? parts[2] : 1
        guard let month, let day, (1...12).contains(month), (1...31).contains(day) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private static func lengths(of year: Int) -> [Int] {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    /// 0 for Monday.
    var weekday: Int { ((number + 3) % 7 + 7) % 7 }

    var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * dayOfYear + 2) / 153
        let month = index < 10 ? index + 3 : index - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
    }

    /// `2026-03-29`
    var text: String {
        let (year, month, day) = civil
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    }

    static func + (day: LocalDay, count: Int) -> LocalDay { LocalDay(number: day.number + count) }
    static func - (left: LocalDay, right: LocalDay) -> Int { left.number - right.number }
    static func < (left: LocalDay, right: LocalDay) -> Bool { left.number < right.number }
}

/// A time of a clock on a wall: a day, and minutes since its midnight.
struct LocalTime: Hashable, Comparable, Sendable {
    var day: LocalDay
    var minutes: Int

    /// `2026-03-29 08:00`, as the database reads it.
    var text: String {
        let hours = minutes / 60
        let rest = minutes % 60
        return "\(day.text) \(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }

    static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.day, left.minutes) < (right.day, right.minutes)
    }
}
