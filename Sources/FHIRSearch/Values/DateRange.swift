/// The time span that a partial date, dateTime or instant stands for: `low` inclusive, `high` exclusive, in
/// microseconds since 1970-01-01T00:00Z.
///
///     2013          2013-01-01T00:00Z ..< 2014-01-01T00:00Z
///     2013-01-14T10:00+01:00          ..< one minute later
///     2013-01-14T10:00:00.5           ..< 100 ms later
///
/// Values without a zone are read in the server's, UTC unless it is set (R4 search.html#date).
package struct DateRange: Hashable, Sendable {
    package var low: Int64
    package var high: Int64

    /// Before every time: the low end of an open range. PostgreSQL's `-infinity`, also in its binary format.
    package static let distantPast = Int64.min
    /// After every time: the high end of an open range. PostgreSQL's `infinity`.
    package static let distantFuture = Int64.max
    /// Every time there is.
    package static let unbounded = DateRange(low: distantPast, high: distantFuture)

    package init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }

    /// Reads a date, dateTime or instant; nil if `text` is none. Seconds may be left out, as searches may.
    ///
    /// - Parameter zone: of values that name none.
    package init?(_ text: UnsafeBufferPointer<UInt8>, zone: LocalZone = .utc) {
        var reader = Reader(text: text)
        guard let year = reader.digits(4), year >= 1 else { return nil }
        guard reader.accept("-") else {
            guard reader.isAtEnd else { return nil }
            self.init(days: Self.days(year, 1, 1), until: Self.days(year + 1, 1, 1), zone)
            return
        }
        guard let month = reader.digits(2), 1...12 ~= month else { return nil }
        guard reader.accept("-") else {
            guard reader.isAtEnd else { return nil }
            let end = month == 12 ? Self.days(year + 1, 1, 1) : Self.days(year, month + 1, 1)
            self.init(days: Self.days(year, month, 1), until: end, zone)
            return
        }
        guard let day = reader.digits(2), 1...Self.dayCount(year, month) ~= day else { return nil }
        let days = Self.days(year, month, day)
        guard reader.accept("T") else {
            guard reader.isAtEnd else { return nil }
            self.init(days: days, until: days + 1, zone)
            return
        }
        guard let time = reader.time() else { return nil }
        let written = days * Self.microsecondsPerDay + time.offset
        let start = time.hasZone ? written : zone.utc(ofLocal: written)
        self.init(low: start, high: start + time.length)
    }

    package init?(_ text: String, zone: LocalZone = .utc) {
        var text = text
        let range = text.withUTF8 { DateRange($0, zone: zone) }
        guard let range else { return nil }
        self = range
    }

    private init(days: Int64, until end: Int64, _ zone: LocalZone) {
        low = zone.utc(ofLocal: days * Self.microsecondsPerDay)
        high = zone.utc(ofLocal: end * Self.microsecondsPerDay)
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (the era arithmetic of H. Hinnant's days_from_civil).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var index = 0

        var isAtEnd: Bool { index == text.count }

        mutating func accept(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int64? {
            guard index + count <= text.count else { return nil }
            var value: Int64 = 0
            for _ in 0..<count {
                let digit = text[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int64(digit)
                index += 1
            }
            return value
        }

        /// Reads `hh:mm[:ss[.f…]][zone]` to the end: microseconds from midnight, UTC if there is a zone, and the
        /// precision.
        mutating func time() -> (offset: Int64, length: Int64, hasZone: Bool)? {
            guard let hour = digits(2), hour < 24, accept(":"), let minute = digits(2), minute < 60 else { return nil }
            var offset = (hour * 60 + minute) * 60_000_000
            var length: Int64 = 60_000_000
            if accept(":") {
                guard let second = digits(2), second <= 60 else { return nil }
                offset += second * 1_000_000
                length = 1_000_000
                if accept(".") {
                    guard let fraction = fraction(unit: &length) else { return nil }
                    offset += fraction
                }
            }
            if isAtEnd { return (offset, length, false) }
            if accept("Z") { return isAtEnd ? (offset, length, true) : nil }
            // A plus sign in a query string arrives as a blank when the client did not encode it.
            let isEast = accept("+") || accept(" ")
            guard isEast || accept("-") else { return nil }
            guard let zoneHour = digits(2), zoneHour <= 14, accept(":"), let zoneMinute = digits(2), zoneMinute < 60,
                isAtEnd
            else { return nil }
            let zone = (zoneHour * 60 + zoneMinute) * 60_000_000
            return (isEast ? offset - zone : offset + zone, length, true)
        }

        /// Digits behind the decimal point, to the microsecond; `unit` becomes the last digit's worth.
        private mutating func fraction(unit: inout Int64) -> Int64? {
            var value: Int64 = 0
            var isEmpty = true
            while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
                if unit > 1 {
                    unit /= 10
                    value += Int64(text[index] &- UInt8(ascii: "0")) * unit
                }
                isEmpty = false
                index += 1
            }
            return isEmpty ? nil : value
        }
    }
}
