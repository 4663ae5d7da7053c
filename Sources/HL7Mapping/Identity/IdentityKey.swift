/// The canonical text by which a second message finds what a first one made, and the id that follows from it.
///
///     Observation|north|4711^LAB|us-0003|tt-0001|1|1
///
/// Parts are joined with `|`; a `|` or `\` in a part is escaped with `\`, so different parts never give equal keys.
package struct IdentityKey: Sendable, Hashable {
    /// Resource type.
    package let type: String
    /// The whole key, type included.
    package let text: String
    /// Resource id: a UUID of version 5 over `text`. The same key gives the same id for ever; RFC 4122 §4.3.
    package let id: String

    package init(_ type: String, _ parts: [String]) {
        self.type = type
        text = ([type] + parts).map(Self.escape).joined(separator: "|")
        id = Self.id(text)
    }

    private static func id(_ text: String) -> String {
        var bytes = Array(SHA1.hash(namespace + Array(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { output.append(UInt8(ascii: "-")) }
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `Observation/<id>`.
    package var reference: String { "\(type)/\(id)" }

    /// A random UUID, chosen once; changing it would change the id of everything ever mapped.
    private static let namespace: [UInt8] = [
        0x6D, 0x61, 0xB1, 0x3C, 0x52, 0x0E, 0x4F, 0x8A, 0x9B, 0x77, 0x0D, 0x4E, 0xC5, 0x21, 0x6A, 0xF3,
    ]

    private static func escape(_ part: String) -> String {
        guard part.utf8.contains(where: { $0 == 0x7C || $0 == 0x5C }) else { return part }
        return part.map { $0 == "|" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
