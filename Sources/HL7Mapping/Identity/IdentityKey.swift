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
        // Written once, behind the namespace that is hashed with it.
        var named = Self.namespace
        named.reserveCapacity(parts.reduce(32 + type.utf8.count) { $0 + $1.utf8.count + 4 })
        Self.append(type, to: &named)
        for part in parts {
            named.append(UInt8(ascii: "|"))
            Self.append(part, to: &named)
        }
        text = String(decoding: named[Self.namespace.count...], as: UTF8.self)
        id = Self.id(named)
    }

    /// - Parameter named: the namespace and the name.
    private static func id(_ named: [UInt8]) -> String {
        var bytes = SHA1.hash(named)
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        return String(unsafeUninitializedCapacity: 36) { output in
            var count = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    output[count] = UInt8(ascii: "-")
                    count += 1
                }
                output[count] = digit(bytes[index] >> 4)
                output[count + 1] = digit(bytes[index] & 15)
                count += 2
            }
            return count
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// `Observation/<id>`.
    package var reference: String { "\(type)/\(id)" }

    /// A random UUID, chosen once; changing it would change the id of everything ever mapped.
    private static let namespace: [UInt8] = [
        0x6D, 0x61, 0xB1, 0x3C, 0x52, 0x0E, 0x4F, 0x8A, 0x9B, 0x77, 0x0D, 0x4E, 0xC5, 0x21, 0x6A, 0xF3,
    ]

    private static func append(_ part: String, to text: inout [UInt8]) {
        for byte in part.utf8 {
            if byte == UInt8(ascii: "|") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
    }
}
