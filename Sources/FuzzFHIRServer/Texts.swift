import JSONTape

enum JSONText {
    /// A string as JSON writes it.
    static func string(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

enum PercentText {
    /// What may stand in a query as it is (RFC 3986 §3.4), the rest encoded.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
            if isLetter || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
