/// Reads a table's text: records end with a line feed, fields are separated by tabs, `#` begins a comment line.
///
///     Patient⇥resource⇥DomainResource⇥8⇥dom-2 dom-3⇥⏎
///     ⇥gender⇥0..1⇥s⇥code⇥required administrative-gender⇥ele-1⏎      a line of detail begins with a tab
struct TableReader {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    private var rest: Bytes

    init(_ bytes: Bytes) { rest = bytes }

    /// The next record's fields; nil at the end.
    mutating func next() -> TableRecord? {
        while !rest.isEmpty {
            let line = rest.cut(at: UInt8(ascii: "\n"))
            if line.first != UInt8(ascii: "#") { return TableRecord(rest: line) }
        }
        return nil
    }
}

/// What is left of one line.
struct TableRecord {
    fileprivate(set) var rest: TableReader.Bytes
    /// Whether the line belongs to the one before it that does not begin with a tab.
    var isDetail: Bool { rest.first == UInt8(ascii: "\t") }
    var isAtEnd: Bool { rest.isEmpty }

    /// Takes the next field; empty if there is none left.
    mutating func field() -> TableReader.Bytes { rest.cut(at: UInt8(ascii: "\t")) }

    /// Takes the next field as a string, with its escapes decoded.
    mutating func string() -> String { field().tableString }

    mutating func integer() -> Int { field().decimal }
}

extension UnsafeBufferPointer<UInt8> {
    /// Takes what stands before the next `separator`, and the separator, away from the front.
    mutating func cut(at separator: UInt8) -> Self {
        guard let start = baseAddress else { return self }
        var index = 0
        while index < count, start[index] != separator { index &+= 1 }
        let part = Self(start: start, count: index)
        self = index < count ? Self(start: start + index + 1, count: count - index - 1) : Self(start: nil, count: 0)
        return part
    }

    /// The parts between separators; none of an empty text.
    func parts(_ separator: UInt8) -> [Self] {
        var rest = self
        var parts: [Self] = []
        while !rest.isEmpty { parts.append(rest.cut(at: separator)) }
        return parts
    }

    /// The number that these digits write; the tables hold no others.
    var decimal: Int { reduce(0) { $0 * 10 + Int($1 & 0xF) } }

    /// The text with `\t`, `\n`, `\r` and `\\` decoded.
    var tableString: String {
        guard contains(UInt8(ascii: "\\")) else { return String(decoding: self, as: UTF8.self) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in self {
            if isEscaped {
                let decoded: [UInt8: UInt8] = [0x74: 0x09, 0x6E: 0x0A, 0x72: 0x0D]
                bytes.append(decoded[byte] ?? byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func equals(_ other: StaticString) -> Bool {
        count == other.utf8CodeUnitCount && elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: count))
    }
}
