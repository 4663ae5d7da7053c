/// A date, a date with time, or a time of day, each to any precision (FHIRPath 2.0 §§2.1.6–2.1.8).
package struct Temporal: Sendable, Hashable {
    package enum Kind: Sendable { case date, dateTime, time }

    package enum Precision: Int, Sendable, Comparable {
        case year, month, day, hour, minute
        /// Seconds with any fraction are one precision (FHIRPath 2.0 §6.1.1).
        case second

        package static func < (left: Precision, right: Precision) -> Bool { left.rawValue < right.rawValue }
    }

    package var kind: Kind
    package var precision: Precision
    var year = 1
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    /// Digits written behind the seconds, 0 to 9.
    var fractionDigits = 0
    /// Minutes east of UTC; nil where no zone is given, and for dates and times of day.
    var offsetMinutes: Int?
    /// Whether the zone is written `Z`.
    var isUTC = false

    init(_ kind: Kind, _ precision: Precision) {
        self.kind = kind
        self.precision = precision
    }

    /// A moment as a date and time with milliseconds in a zone.
    package init(millisecondsSince1970 milliseconds: Int, offsetMinutes: Int) {
        self.init(.dateTime, .second)
        let local = milliseconds + offsetMinutes * 60_000
        let (days, rest) = local.floorDivided(by: 86_400_000)
        setDate(days: days)
        setTime(nanoseconds: rest * 1_000_000)
        fractionDigits = 3
        self.offsetMinutes = offsetMinutes
    }

    /// The part before the time.
    var datePart: Temporal {
        var date = self
        date.kind = .date
        date.precision = min(precision, .day)
        date.clear(below: date.precision)
        return date
    }

    /// Sets the parts that a precision leaves out to their least values.
    mutating func clear(below precision: Precision) {
        if precision < .month { month = 1 }
        if precision < .day { day = 1 }
        if precision < .hour {
            hour = 0
            offsetMinutes = nil
        }
        if precision < .minute { minute = 0 }
        if precision < .second {
            second = 0
            nanosecond = 0
            fractionDigits = 0
        }
    }

    /// The part behind the date.
    var timePart: Temporal {
        var time = self
        time.kind = .time
        time.offsetMinutes = nil
        return time
    }

    /// Number of digits written, as `precision()` counts them.
    var digitCount: Int {
        let digits =
            switch precision {
            case .year: 4
            case .month: 6
            case .day: 8
            case .hour: 10
            case .minute: 12
            case .second: 14 + fractionDigits
            }
        return kind == .time ? digits - 8 : digits
    }

    // MARK: - Calendar

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    var daysSince1970: Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.floorDivided(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    mutating func setDate(days: Int) {
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var nanosecondsOfDay: Int { ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanosecond }

    mutating func setTime(nanoseconds: Int) {
        nanosecond = nanoseconds % 1_000_000_000
        let seconds = nanoseconds / 1_000_000_000
        second = seconds % 60
        minute = seconds / 60 % 60
        hour = seconds / 3600
    }
}

extension Int {
    /// Quotient towards negative infinity and a remainder that is never negative.
    func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
