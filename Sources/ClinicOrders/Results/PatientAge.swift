import FHIRModel

/// How old somebody is on a day, in whole years and months as people count them.
struct PatientAge: Sendable, Hashable {
    private let born: Day
    private let at: Day

    /// - Parameters:
    ///   - born: a date, where needed a year or month: then its first day.
    ///   - at: a date or dateTime; its day as written counts.
    init?(born: String, at time: String) {
        guard let born = Day(born), let at = Day(time), born <= at else { return nil }
        self.born = born
        self.at = at
    }

    private struct Day: Hashable, Comparable {
        var year, month, day: Int

        init?(_ text: String) {
            let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let year = parts.first ?? nil else { return nil }
            self.year = year
            month = parts.count > 1 ? parts[1] ?? 1 : 1
            day = parts.count > 2 ? parts[2] ?? 1 : 1
        }

        static func < (left: Day, right: Day) -> Bool {
            (left.year, left.month, left.day) < (right.year, right.month, right.day)
        }

        /// Days since 0000-03-01 of the Gregorian calendar.
        var number: Int {
            let shifted = month > 2 ? (year, month - 3) : (year - 1, month + 9)
            let leaps = shifted.0 / 4 - shifted.0 / 100 + shifted.0 / 400
            return shifted.0 * 365 + leaps + (153 * shifted.1 + 2) / 5 + day - 1
        }
    }

    private var days: Int { at.number - born.number }

    private var months: Int {
        (at.year - born.year) * 12 + at.month - born.month - (at.day < born.day ? 1 : 0)
    }

    /// Completed units: nobody is eighteen before the birthday.
    private func completed(_ unit: Unit) -> Int {
        switch unit {
        case .years: months / 12
        case .months: months
        case .weeks: days / 7
        case .days: days
        case .hours: days * 24
        }
    }

    /// Whether the age lies in a range; both ends belong to it (R4 datatypes.html#range).
    func isWithin(_ range: FHIRRange) -> Bool {
        isAtLeast(range.low) && isAtMost(range.high)
    }

    private func isAtLeast(_ bound: Quantity?) -> Bool {
        guard let bound else { return true }
        guard let unit = Unit(bound), let value = bound.value else { return false }
        if let whole = Int(value.text) { return completed(unit) >= whole }
        return Double(days) >= Self.days(bound)
    }

    private func isAtMost(_ bound: Quantity?) -> Bool {
        guard let bound else { return true }
        guard let unit = Unit(bound), let value = bound.value else { return false }
        if let whole = Int(value.text) { return completed(unit) <= whole }
        return Double(days) <= Self.days(bound)
    }

    /// A bound in days, about.
    static func days(_ bound: Quantity) -> Double { (bound.value?.double ?? 0) * (Unit(bound)?.days ?? 365.25) }

    private enum Unit {
        case years, months, weeks, days, hours

        init?(_ quantity: Quantity) {
            switch quantity.code ?? quantity.unit ?? "" {
            case "a", "a_j", "a_g", "year", "years", "yr": self = .years
            case "mo", "mo_j", "mo_g", "month", "months": self = .months
            case "wk", "week", "weeks": self = .weeks
            case "d", "day", "days": self = .days
            case "h", "hour", "hours": self = .hours
            default: return nil
            }
        }

        var days: Double {
            switch self {
            case .years: 365.25
            case .months: 30.4375
            case .weeks: 7
            case .days: 1
            case .hours: 1.0 / 24
            }
        }
    }
}
