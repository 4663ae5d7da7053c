/// A day of the Gregorian calendar, without a zone. https://hl7.org/fhir/R4/datatypes.html#date
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package var day: Int

    package init(day: Int) { self.day = day }

    /// Nil for a day that does not exist, such as 30 February.
    package init?(year: Int, month: Int, dayOfMonth: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), dayOfMonth >= 1,
            dayOfMonth <= Self.length(ofMonth: month, year: year)
        else { return nil }
        day = Self.number(year: year, month: month, dayOfMonth: dayOfMonth)
    }

    /// Of days beyond the end of a month its last: what is due on the 31st is due on 28 February.
    package init(clampedToMonth dayOfMonth: Int, month: Int, year: Int) {
        let last = Self.length(ofMonth: month, year: year)
        day = Self.number(year: year, month: month, dayOfMonth: min(dayOfMonth, last))
    }

    /// Reads the date at the beginning of `2030-05-06…`; nil for a day that does not exist.
    package init?(_ text: some StringProtocol) {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let dayOfMonth = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, dayOfMonth: dayOfMonth)
    }

    /// Reads the first day of what a date or dateTime stands for: day and month may be left out. Days beyond the end
    /// of a month are its last.
    package init?(beginningOf text: String) {
        let parts = text.prefix(10).split(separator: "-").map { Int($0) }
        guard (1...3).contains(parts.count), let year = parts[0], (1...9999).contains(year) else { return nil }
        let month = parts.count > 1 ? parts[1] : 1
        let dayOfMonth = parts.count > 2 ? parts[2] : 1
        guard let month, let dayOfMonth, (1...12).contains(month), (1...31).contains(dayOfMonth) else { return nil }
        self.init(clampedToMonth: dayOfMonth, month: month, year: year)
    }

    /// Days since 1970-01-01 of a year, a month from 1 to 12 and any day counted from its first.
    package static func number(year: Int, month: Int, dayOfMonth: Int) -> Int {
        // Years begin in March, so that the leap day is the last; eras have 400 of them.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + dayOfMonth - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool { left.day < right.day }

    package func adding(days: Int) -> CivilDate { CivilDate(day: day + days) }

    package func days(since other: CivilDate) -> Int { day - other.day }

    /// 1 for Monday to 7 for Sunday.
    package var weekday: Int { ((day + 3) % 7 + 7) % 7 + 1 }

    /// Year, month and day of the month.
    package var parts: (year: Int, month: Int, dayOfMonth: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// `2030-05-06`.
    package var text: String {
        let (year, month, dayOfMonth) = parts
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))"
    }

    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
