package import FHIRFormats

/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// IMF-fixdate, the second rounded down.
    package static func text(_ instant: Instant) -> String {
        let parts = instant.components
        return String(unsafeUninitializedCapacity: 29) { buffer in
            var offset = 0
            func put(_ text: String) {
                for byte in text.utf8 {
                    buffer[offset] = byte
                    offset += 1
                }
            }
            func put(_ value: Int, digits: Int) {
                var divisor = digits == 4 ? 1000 : 10
                while divisor > 0 {
                    buffer[offset] = UInt8(ascii: "0") + UInt8(value / divisor % 10)
                    offset += 1
                    divisor /= 10
                }
            }
            put(days[parts.weekday])
            put(", ")
            put(parts.day, digits: 2)
            put(" ")
            put(months[parts.month - 1])
            put(" ")
            put(parts.year, digits: 4)
            put(" ")
            put(parts.hour, digits: 2)
            put(":")
            put(parts.minute, digits: 2)
            put(":")
            put(parts.second, digits: 2)
            put(" GMT")
            return offset
        }
    }

    /// Reads an IMF-fixdate; nil for anything else, which `If-Modified-Since` then ignores (RFC 9110 §13.1.3).
    package static func instant(_ text: String) -> Instant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), 1...31 ~= day, 1970...9999 ~= year
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, 0..<24 ~= time[0], 0..<60 ~= time[1], 0...60 ~= time[2] else { return nil }
        let days = dayNumber(year: year, month: month + 1, day: day)
        let seconds = days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
        return Instant(microsecondsSince1970: Int64(seconds) * 1_000_000)
    }

    /// Days since 1970-01-01, by eras of 400 years that begin on 1 March.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
