/// The numbers in the text of a date, a time or both. https://hl7.org/fhir/R4/datatypes.html#dateTime
///
///     2015-02-07T13:28:17.239-05:00
package struct TemporalParts: Sendable, Hashable {
    /// The finest part that the text has.
    package enum Precision: UInt8, Sendable, Comparable {
        case year, month, day, second

        package static func < (left: Precision, right: Precision) -> Bool { left.rawValue < right.rawValue }
    }

    package internal(set) var precision: Precision = .year
    /// 0 where the text has no date.
    package internal(set) var year: Int16 = 0
    /// 1 where the text does not say.
    package internal(set) var month: UInt8 = 1
    /// 1 where the text does not say.
    package internal(set) var day: UInt8 = 1
    package internal(set) var hour: UInt8 = 0
    package internal(set) var minute: UInt8 = 0
    /// Up to 60, a leap second.
    package internal(set) var second: UInt8 = 0
    package internal(set) var nanosecond: Int32 = 0
    /// East of Greenwich; nil where the text has no zone.
    package internal(set) var offsetMinutes: Int16?

    init() {}

    /// The first microsecond since 1970-01-01T00:00:00Z that the text means; without a zone it is taken as UTC.
    package var microseconds: Int64 {
        let minutes = Int64(hour) * 60 + Int64(minute) - Int64(offsetMinutes ?? 0)
        let seconds = daysSince1970 * 86_400 + minutes * 60 + Int64(second)
        return seconds * 1_000_000 + Int64(nanosecond) / 1000
    }

    /// Days of the proleptic Gregorian calendar, from a count of days of 400-year eras that begin in March.
    private var daysSince1970: Int64 {
        let shiftedYear = Int64(year) - (month <= 2 ? 1 : 0)
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = (Int64(month) + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Number of days in the month.
    var dayCount: UInt8 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads the parts off the front of a text; each step gives false where the text is not of the form.
package struct TemporalScanner {
    private var rest: Substring.UTF8View
    private(set) var parts = TemporalParts()

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    mutating func date() -> Bool {
        guard let year = number(digits: 4), year > 0 else { return false }
        parts.year = Int16(year)
        guard skip(UInt8(ascii: "-")) else { return true }
        guard let month = number(digits: 2), (1...12).contains(month) else { return false }
        parts.month = UInt8(month)
        parts.precision = .month
        guard skip(UInt8(ascii: "-")) else { return true }
        guard let day = number(digits: 2), day >= 1, day <= Int(parts.dayCount) else { return false }
        parts.day = UInt8(day)
        parts.precision = .day
        return true
    }

    /// `hh:mm:ss` with an optional fraction.
    mutating func time() -> Bool {
        guard let hour = number(digits: 2), hour < 24, skip(UInt8(ascii: ":")),
            let minute = number(digits: 2), minute < 60, skip(UInt8(ascii: ":")),
            let second = number(digits: 2), second <= 60
        else { return false }
        parts.hour = UInt8(hour)
        parts.minute = UInt8(minute)
        parts.second = UInt8(second)
        parts.precision = .second
        return !skip(UInt8(ascii: ".")) || fraction()
    }

    /// `Z` or `±hh:mm`, at most fourteen hours away.
    mutating func zone() -> Bool {
        if skip(UInt8(ascii: "Z")) {
            parts.offsetMinutes = 0
            return true
        }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip(UInt8(ascii: "-")) || skip(UInt8(ascii: "+")), let hours = number(digits: 2),
            skip(UInt8(ascii: ":")), let minutes = number(digits: 2), minutes < 60, hours * 60 + minutes <= 14 * 60
        else { return false }
        let offset = Int16(hours * 60 + minutes)
        parts.offsetMinutes = isWest ? -offset : offset
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let byte = rest.first, byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte & 0xF)
            rest.removeFirst()
        }
        return value
    }

    /// Digits past the ninth are kept in the text only.
    private mutating func fraction() -> Bool {
        var scale: Int32 = 100_000_000
        var count = 0
        while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
            parts.nanosecond += Int32(byte & 0xF) * scale
            scale /= 10
            count += 1
            rest.removeFirst()
        }
        return count > 0
    }
}
