/// Makes small tar archives.
struct TarMaker {
    private var body: [UInt8] = []

    /// The archive with its closing blocks.
    var bytes: [UInt8] { body + Array(repeating: 0, count: 1024) }

    mutating func file(_ name: String, _ text: String) { entry(name, Array(text.utf8), type: "0") }

    mutating func folder(_ name: String) { entry(name, [], type: "5") }

    mutating func entry(_ name: String, _ content: [UInt8], type: Character) {
        if name.utf8.count > 99 {
            entry("././@LongLink", Array(name.utf8) + [0], type: "L")
        }
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(String(String.UnicodeScalarView(name.unicodeScalars.prefix(99))), at: 0)
        put("0000644\u{0}0000000\u{0}0000000\u{0}", at: 100)
        let size = String(content.count, radix: 8)
        put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", at: 148)
        body += header + content + Array(repeating: 0, count: (512 - content.count % 512) % 512)
    }
}
