/// Small changes of bodies.
enum Damage {
    static func apply(to bytes: inout [UInt8], _ random: inout Randomness) {
        for _ in 0..<1 + random.below(3) {
            let place = random.below(bytes.count + 1)
            switch random.below(8) {
            case 0:
                bytes.insert(
                    random.pick([0, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xFF, 0x7B, 0x5D, 0x2C, 0x3C, 0x26]),
                    at: place)
            case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
            case 2: if place < bytes.count { bytes.remove(at: place) }
            case 3: bytes.removeLast(bytes.count - place)
            case 4:
                bytes.insert(
                    contentsOf: Array(random.pick(["\\u0000", "\\ud800", "null", "{}", "1e99999", "\"\":"]).utf8),
                    at: place)
            case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(60))], at: place)
            case 6: replaceWord(&bytes, near: place, &random)
            default:
                bytes.insert(
                    contentsOf: [UInt8](repeating: random.pick([0x5B, 0x7B, 0x20, 0x30]), count: random.below(3000)),
                    at: place)
            }
        }
    }

    /// Another word in quotes instead of the next: it stays JSON, or XML.
    private static func replaceWord(_ bytes: inout [UInt8], near place: Int, _ random: inout Randomness) {
        guard let start = bytes[place...].firstIndex(of: 0x22),
            let end = bytes[(start + 1)...].firstIndex(of: 0x22)
        else { return }
        let words = [
            "", "a", "resourceType", "Patient", "2020-13-45", "http://a b", "#", "Patient/", "é", "\\u0000", "&#x0;",
            "null",
            "99999999999999999999", "urn:uuid:x", "_id", "extension", "value", "reference", "*", "contained", "%",
        ]
        bytes.replaceSubrange((start + 1)..<end, with: Array(random.pick(words).utf8))
    }
}
