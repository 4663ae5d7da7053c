/// Writes a tar archive (ustar, with GNU's long names) in memory.
package struct TarWriter {
    private var body: [UInt8] = []

    package init() {}

    /// The archive as it is so far, with its closing blocks.
    package var bytes: [UInt8] { body + Array(repeating: 0, count: 2 * TarHeader.byteCount) }

    package mutating func file(_ name: String, _ content: some Collection<UInt8>) {
        entry(name, Array(content), type: "0")
    }

    package mutating func folder(_ name: String) { entry(name, [], type: "5") }

    /// An entry of any type, by its letter in the header.
    package mutating func entry(_ name: String, _ content: [UInt8], type: Unicode.Scalar) {
        // The field holds 100 bytes; longer names come in an entry of their own, in front.
        if name.utf8.count > 100 { entry("././@LongLink", Array(name.utf8) + [0], type: "L") }
        var header = [UInt8](repeating: 0, count: TarHeader.byteCount)
        header.replace(at: 0, with: name.utf8.prefix(100))
        header.replace(at: 100, with: "0000644\u{0}0000000\u{0}0000000\u{0}".utf8)
        header.replace(at: 124, with: Self.octal(content.count, digits: 11).utf8)
        header.replace(at: 136, with: Self.octal(0, digits: 11).utf8)
        header[156] = UInt8(truncatingIfNeeded: type.value)
        header.replace(at: 257, with: "ustar\u{0}00".utf8)
        // The checksum counts its own field as blanks.
        header.replace(at: 148, with: "        ".utf8)
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replace(at: 148, with: "\(Self.octal(sum, digits: 6))\u{0} ".utf8)
        let rest = content.count % TarHeader.byteCount
        body += header
        body += content
        if rest > 0 { body += Array(repeating: 0, count: TarHeader.byteCount - rest) }
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension [UInt8] {
    fileprivate mutating func replace(at offset: Int, with bytes: some Collection<UInt8>) {
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}
