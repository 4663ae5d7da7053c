/// One header of a tar archive (POSIX.1-2017 pax, with ustar and GNU's long names).
///
///     0 name[100] · 124 size[12] octal · 148 checksum[8] · 156 type · 257 "ustar" · 345 prefix[155] … 512
struct TarHeader {
    enum Kind {
        case file, folder
        /// The name of the next entry, as GNU writes it.
        case longName
        /// Attributes of the next entry (pax).
        case attributes
        /// Attributes of all that follows; none of them matters here.
        case globalAttributes
        /// A link, device or pipe.
        case other
    }

    static let byteCount = 512

    let name: String
    let size: Int
    let kind: Kind

    /// Nil if the bytes are no header: the checksum is wrong or a number is none.
    init?(_ bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard Self.octal(bytes[start + 148..<start + 156]) == Self.checksum(bytes),
            let size = Self.size(bytes[start + 124..<start + 136])
        else { return nil }
        self.size = size
        let name = Self.text(bytes[start..<start + 100])
        let isPOSIX = bytes[start + 257..<start + 262].elementsEqual("ustar".utf8)
        let prefix = isPOSIX ? Self.text(bytes[start + 345..<start + 500]) : ""
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
        switch bytes[start + 156] {
        // A name with a slash at its end is an old way of writing folders.
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): kind = self.name.hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "5"): kind = .folder
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "x"): kind = .attributes
        case UInt8(ascii: "g"): kind = .globalAttributes
        default: kind = .other
        }
    }

    /// The sum of all bytes, the checksum's own counted as blanks.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        let field = bytes.startIndex + 148..<bytes.startIndex + 156
        return bytes.indices.reduce(0) { $0 + (field.contains($1) ? 0x20 : Int(bytes[$1])) }
    }

    private static func size(_ field: ArraySlice<UInt8>) -> Int? {
        // GNU's binary form, for sizes that octal digits cannot tell: beyond every limit.
        if let first = field.first, first & 0x80 != 0 { return Int.max }
        return octal(field)
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        if digits.isEmpty { return 0 }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
    }

    /// The text before the first zero.
    static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value of `path` among attributes of the form `length path=value\n`; nil if there is none.
    static func path(inAttributes records: [UInt8]) -> String? {
        var path: String?
        var rest = records[...]
        while let blank = rest.firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[rest.startIndex..<blank], as: UTF8.self)),
            length > blank - rest.startIndex + 1, length <= rest.count
        {
            let end = rest.startIndex + length
            let record = String(decoding: rest[blank + 1..<end], as: UTF8.self)
            if record.hasPrefix("path="), record.hasSuffix("\n") { path = String(record.dropFirst(5).dropLast()) }
            rest = rest[end...]
        }
        return path
    }
}
