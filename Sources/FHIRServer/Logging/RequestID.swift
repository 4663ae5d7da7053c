import FHIRStore

/// The id that ties an answer to its log lines; `X-Request-Id` (R4 http.html#custom).
enum RequestID {
    /// The client's own id if it is harmless, else a new one.
    static func make(from header: String?, random: SharedRandom) -> String {
        if let header, isHarmless(header) { return header }
        let text = String(random.next(), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func isHarmless(_ text: String) -> Bool {
        guard 1...64 ~= text.utf8.count else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
