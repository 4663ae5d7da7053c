import JSONTape

/// A result whose value was not sent again keeps the stored one.
enum StoredValue {
    /// `incoming` with the value[x] of `stored`, unless it has one of its own.
    static func keep(of stored: [UInt8], in incoming: [UInt8]) throws -> [UInt8] {
        let new = JSONNode(try Document.parse(incoming))
        let old = JSONNode(try Document.parse(stored))
        guard !new.members.contains(where: { isValue($0.key) }),
            let value = old.members.first(where: { isValue($0.key) })
        else { return incoming }
        var writer = JSONWriter(reservingByteCount: incoming.count + value.value.source.count + 32)
        writer.beginObject()
        for (key, member) in new.members where key != "dataAbsentReason" {
            writer.key(named: key)
            writer.copy(member)
        }
        writer.key(named: value.key)
        writer.copy(value.value)
        writer.endObject()
        return writer.bytes
    }

    private static func isValue(_ key: String) -> Bool { key.hasPrefix("value") }
}
