import Clinic
import FHIRFormats

/// An instant as text, comparable in time: `2024-03-31T09:00:00+02:00` is before `2024-03-31T07:30:00Z`.
struct BookingTime: Comparable, Sendable {
    /// As it was written.
    let text: String
    private let nanoseconds: Int64

    var instant: Instant { Instant(microsecondsSince1970: nanoseconds / 1000) }

    init(_ instant: Instant) {
        text = instant.text
        nanoseconds = instant.microsecondsSince1970 * 1000
    }

    /// Reads an instant (R4 datatypes.html#instant); nil for what has no time or zone.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            return bytes[range].reduce(Int64?.some(0)) { value, byte in
                guard let value, (0x30...0x39).contains(byte) else { return nil }
                return value * 10 + Int64(byte - 0x30)
            }
        }
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...9999).contains(year), (1...12).contains(month)
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var unit: Int64 = 100_000_000
            while position < bytes.count, let digit = number(position..<position + 1) {
                fraction += digit * unit
                unit /= 10
                position += 1
            }
        }
        guard position < bytes.count else { return nil }
        var offset: Int64 = 0
        if bytes[position] != UInt8(ascii: "Z") {
            guard position + 6 == bytes.count, let hours = number(position + 1..<position + 3),
                let minutes = number(position + 4..<position + 6)
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[position] == UInt8(ascii: "-") ? -60 : 60)
        }
        let date = CivilDate.number(year: Int(year), month: Int(month), dayOfMonth: Int(day))
        let seconds = Int64(date) * 86_400 + hour * 3600 + minute * 60 + second - offset
        // Outside of 1678 to 2262 nanoseconds do not fit, and nobody books.
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        self.text = text
        nanoseconds = scaled &+ fraction
    }

    static func == (left: BookingTime, right: BookingTime) -> Bool { left.nanoseconds == right.nanoseconds }

    static func < (left: BookingTime, right: BookingTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
