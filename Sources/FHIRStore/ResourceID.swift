package import FHIRFormats

/// Logical ids of resources (R4 datatypes.html#id).
package enum ResourceID {
    /// Whether `text` may be an id: 1 to 64 of `A-Z a-z 0-9 - .`.
    package static func isValid(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// A new id: a UUID of version 7 (RFC 9562), whose leading time keeps inserts at the right edge of the index.
    package static func make(at now: Instant, random: SharedRandom) -> String {
        let milliseconds = UInt64(max(0, now.microsecondsSince1970 / 1000)) & 0xFFFF_FFFF_FFFF
        let first = milliseconds << 16 | 0x7000 | random.next() & 0x0FFF
        let second = 0x8000_0000_0000_0000 | random.next() >> 2
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { text.append(UInt8(ascii: "-")) }
            let word = position < 16 ? first : second
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - position % 16 * 4)) & 15
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
