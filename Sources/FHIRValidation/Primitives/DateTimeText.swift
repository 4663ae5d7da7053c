/// Matchers of dates and times: R4's regular expressions, and days that the calendar has.
///
///     2024-02-29T23:59:60.123+05:30
///     └date────┘ └time──────┘└zone┘     seconds may be 60 (R4 datatypes.html#dateTime)
struct DateTimeText {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    static func isDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = DateTimeText(text)
        return reader.readDate() != nil && reader.isAtEnd
    }

    static func isDateTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = DateTimeText(text)
        guard let precision = reader.readDate() else { return false }
        if reader.isAtEnd { return true }
        return precision == .day && reader.readTimeWithZone()
    }

    static func isInstant(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = DateTimeText(text)
        return reader.readDate() == .day && reader.readTimeWithZone()
    }

    static func isTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = DateTimeText(text)
        return reader.readTime() && reader.isAtEnd
    }

    // MARK: - Parts

    private enum Precision { case year, month, day }

    private var isAtEnd: Bool { position == text.count }

    private mutating func readDate() -> Precision? {
        guard let year = readNumber(4), year > 0 else { return nil }
        guard read(UInt8(ascii: "-")) else { return .year }
        guard let month = readNumber(2), month >= 1, month <= 12 else { return nil }
        guard read(UInt8(ascii: "-")) else { return .month }
        guard let day = readNumber(2), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        return .day
    }

    /// `Thh:mm:ss.fff+zz:zz` to the end.
    private mutating func readTimeWithZone() -> Bool {
        guard read(UInt8(ascii: "T")), readTime() else { return false }
        if read(UInt8(ascii: "Z")) { return isAtEnd }
        guard read(UInt8(ascii: "+")) || read(UInt8(ascii: "-")), let hours = readNumber(2), read(UInt8(ascii: ":")),
            let minutes = readNumber(2)
        else { return false }
        return minutes <= 59 && (hours < 14 || (hours == 14 && minutes == 0)) && isAtEnd
    }

    private mutating func readTime() -> Bool {
        guard let hour = readNumber(2), hour <= 23, read(UInt8(ascii: ":")), let minute = readNumber(2), minute <= 59,
            read(UInt8(ascii: ":")), let second = readNumber(2), second <= 60
        else { return false }
        guard read(UInt8(ascii: ".")) else { return true }
        let start = position
        while position < text.count, PrimitiveText.digit(text[position]) != nil { position += 1 }
        return position > start
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private mutating func read(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func readNumber(_ digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for offset in 0..<digits {
            guard let digit = PrimitiveText.digit(text[position + offset]) else { return nil }
            value = value * 10 + Int(digit)
        }
        position += digits
        return value
    }
}
