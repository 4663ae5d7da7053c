/// Reading and writing: `2015-02-04T14:34:28.123+10:00`, cut off anywhere between two parts.
extension Temporal {
    /// A date, or a date and time, whichever is written; nil if it is neither. A `T` with nothing behind it makes a
    /// date and time.
    package init?(dateOrDateTime text: UnsafeBufferPointer<UInt8>) {
        var scanner = TemporalScanner(text)
        guard let value = scanner.dateOrDateTime(), scanner.isAtEnd else { return nil }
        self = value
    }

    /// A time of day, `14:30`, without its `T`.
    package init?(time text: UnsafeBufferPointer<UInt8>) {
        var scanner = TemporalScanner(text)
        var value = Temporal(.time, .hour)
        guard scanner.time(into: &value), scanner.isAtEnd else { return nil }
        self = value
    }

    init?(dateOrDateTime text: String) {
        var text = text
        let value = text.withUTF8 { Temporal(dateOrDateTime: $0) }
        guard let value else { return nil }
        self = value
    }

    init?(time text: String) {
        var text = text
        let value = text.withUTF8 { Temporal(time: $0) }
        guard let value else { return nil }
        self = value
    }
}

extension Temporal: CustomStringConvertible {
    /// The text as FHIR writes it: no `@`, and of a time of day no `T`.
    package var description: String {
        var text = ""
        if kind != .time {
            text += Self.padded(year, 4)
            if precision >= .month { text += "-" + Self.padded(month, 2) }
            if precision >= .day { text += "-" + Self.padded(day, 2) }
            if precision >= .hour { text += "T" }
        }
        guard precision >= .hour else { return text }
        text += Self.padded(hour, 2)
        if precision >= .minute { text += ":" + Self.padded(minute, 2) }
        if precision >= .second {
            text += ":" + Self.padded(second, 2)
            if fractionDigits > 0 { text += "." + Self.padded(nanosecond, 9).prefix(fractionDigits) }
        }
        if let offsetMinutes {
            if offsetMinutes == 0, kind == .dateTime {
                text += isUTC ? "Z" : "+00:00"
            } else {
                text += offsetMinutes < 0 ? "-" : "+"
                text += Self.padded(abs(offsetMinutes) / 60, 2) + ":" + Self.padded(abs(offsetMinutes) % 60, 2)
            }
        }
        return text
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Reads the parts of a date and time one after the other.
struct TemporalScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var index = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func dateOrDateTime() -> Temporal? {
        var value = Temporal(.date, .year)
        guard let year = number(digits: 4), year > 0 else { return nil }
        value.year = year
        if part(UInt8(ascii: "-")) {
            guard let month = number(digits: 2), 1...12 ~= month else { return nil }
            value.month = month
            value.precision = .month
            if part(UInt8(ascii: "-")) {
                guard let day = number(digits: 2), day >= 1, day <= Temporal.days(in: month, of: year) else {
                    return nil
                }
                value.day = day
                value.precision = .day
            }
        }
        guard read(UInt8(ascii: "T")) else { return value }
        value.kind = .dateTime
        guard isDigitNext else { return value }
        guard value.precision == .day, time(into: &value) else { return nil }
        return zone(into: &value) ? value : nil
    }

    mutating func time(into value: inout Temporal) -> Bool {
        guard let hour = number(digits: 2), hour < 24 else { return false }
        value.hour = hour
        value.precision = .hour
        guard part(UInt8(ascii: ":")) else { return true }
        guard let minute = number(digits: 2), minute < 60 else { return false }
        value.minute = minute
        value.precision = .minute
        guard part(UInt8(ascii: ":")) else { return true }
        // 60 is a leap second, which FHIR allows.
        guard let second = number(digits: 2), second <= 60 else { return false }
        value.second = second
        value.precision = .second
        return part(UInt8(ascii: ".")) ? fraction(into: &value) : true
    }

    private mutating func fraction(into value: inout Temporal) -> Bool {
        var digitCount = 0
        while isDigitNext {
            // What is finer than a nanosecond is read over.
            if digitCount < 9 { value.nanosecond = value.nanosecond * 10 + Int(text[index] - UInt8(ascii: "0")) }
            digitCount += 1
            index += 1
        }
        for _ in min(digitCount, 9)..<9 { value.nanosecond *= 10 }
        value.fractionDigits = min(digitCount, 9)
        return digitCount > 0
    }

    /// A zone, if there is one; false if it is none.
    private mutating func zone(into value: inout Temporal) -> Bool {
        if read(UInt8(ascii: "Z")) {
            value.offsetMinutes = 0
            value.isUTC = true
            return true
        }
        guard index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") else {
            return true
        }
        let isNegative = text[index] == UInt8(ascii: "-")
        index += 1
        guard let hours = number(digits: 2), hours <= 14, read(UInt8(ascii: ":")), let minutes = number(digits: 2),
            minutes < 60
        else { return false }
        value.offsetMinutes = (hours * 60 + minutes) * (isNegative ? -1 : 1)
        return true
    }

    private var isDigitNext: Bool { index < text.count && text[index] &- UInt8(ascii: "0") < 10 }

    /// Reads a separator if a digit follows it: in a literal `@2015.year()` the point is not a fraction's.
    private mutating func part(_ separator: UInt8) -> Bool {
        guard index + 1 < text.count, text[index] == separator, text[index + 1] &- UInt8(ascii: "0") < 10 else {
            return false
        }
        index += 1
        return true
    }

    private mutating func read(_ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        guard index + digits <= text.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard isDigitNext else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
            index += 1
        }
        return value
    }
}
