/// A point in time to the microsecond, in UTC, as PostgreSQL and `meta.lastUpdated` hold it.
package struct Instant: Hashable, Comparable, Sendable {
    package var microsecondsSince1970: Int64

    package init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// The same instant without its microseconds: what `meta.lastUpdated` shows, so what is stored and compared.
    package var truncatedToMilliseconds: Instant {
        Instant(microsecondsSince1970: microsecondsSince1970 - (microsecondsSince1970 %% 1000))
    }

    /// Civil date and time of day in UTC.
    package struct Components: Hashable, Sendable {
        package var year, month, day, hour, minute, second, microsecond: Int
        /// Day of the week, 0 for Sunday.
        package var weekday: Int
    }

    package var components: Components {
        let days = Int(microsecondsSince1970.floorDivided(by: 86_400_000_000))
        let rest = Int(microsecondsSince1970 - Int64(days) * 86_400_000_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let seconds = rest / 1_000_000
        return Components(
            year: year, month: month, day: day, hour: seconds / 3600, minute: seconds / 60 % 60,
            second: seconds % 60, microsecond: rest % 1_000_000, weekday: Int(Int64(days + 4) %% 7))
    }

    /// `2024-01-31T08:15:30.123Z`, the form of `instant` (R4 datatypes.html#instant), to the millisecond.
    package var text: String { String(decoding: utf8, as: UTF8.self) }

    /// The bytes of ``text``.
    package var utf8: [UInt8] {
        let parts = components
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        Self.append(parts.year, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(parts.month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(parts.day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Self.append(parts.hour, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(parts.minute, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(parts.second, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Self.append(parts.microsecond / 1000, digits: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
        return bytes
    }

    private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// Gregorian date of a day count from 1970-01-01, by eras of 400 years that begin on 1 March.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }
}

infix operator %% : MultiplicationPrecedence

extension Int64 {
    /// Remainder that is never negative.
    fileprivate static func %% (left: Int64, right: Int64) -> Int64 {
        let remainder = left % right
        return remainder < 0 ? remainder + right : remainder
    }

    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        (self - (self %% divisor)) / divisor
    }
}
