/// A character set a message may be written in. HL7 table 0211.
package enum Charset: Sendable, Hashable {
    case ascii
    case utf8
    /// ISO 8859-1.
    case latin1
    /// Windows-1252; what "Latin 1" without a declaration usually is. Undefined bytes map to C1 controls.
    case windows1252
    /// JIS X 0201 with its left half read as ASCII: a backslash is an escape character, not a yen sign.
    case jisX0201
    /// Any other set, by the name that `iconv` knows.
    case other(String)

    /// Reads a value of MSH-18, tolerant of the usual other spellings; `nil` when unknown.
    package init?(declared: String) {
        // The usual spellings, by far the most frequent, at no cost.
        switch declared {
        case "UNICODE UTF-8": self = .utf8
        case "8859/1": self = .latin1
        case "ASCII": self = .ascii
        default: self.init(spelling: declared)
        }
    }

    private init?(spelling: String) {
        let name = spelling.uppercased().filter { $0 != " " && $0 != "-" && $0 != "_" && $0 != "/" }
        switch name {
        case "ASCII", "USASCII", "ISOIR6": self = .ascii
        case "UNICODEUTF8", "UTF8", "UNICODE": self = .utf8
        case "88591", "ISO88591", "LATIN1", "ISOIR100": self = .latin1
        case "WINDOWS1252", "CP1252": self = .windows1252
        case "UNICODEUTF16", "UTF16", "UCS2": self = .other("UTF-16")
        case "UNICODEUTF32", "UTF32": self = .other("UTF-32")
        case "ISOIR13", "ISOIR14", "JISX0201", "JISX02011976": self = .jisX0201
        case "ISOIR87", "JISX0208", "JISX02081990", "ISO2022JP": self = .other("ISO-2022-JP")
        // Knows JIS X 0212 beside what ISO-2022-JP has.
        case "ISOIR159", "JISX0212", "JISX02121990", "ISO2022JP2": self = .other("ISO-2022-JP-2")
        case "GB18030", "GB180302000": self = .other("GB18030")
        case "KSX1001", "KSC5601", "EUCKR": self = .other("EUC-KR")
        case "CNS116431992", "CNS11643", "EUCTW": self = .other("EUC-TW")
        case "BIG5": self = .other("BIG5")
        case "SHIFTJIS", "WINDOWS31J": self = .other("CP932")
        case "WINDOWS1250", "WINDOWS1251", "WINDOWS1253", "WINDOWS1254", "WINDOWS1257":
            self = .other("CP" + name.dropFirst(7))
        default:
            guard let part = Self.part8859(name) else { return nil }
            self = .other("ISO-8859-\(part)")
        }
    }

    /// The number after `8859` or `ISO8859`, 2 to 16.
    private static func part8859(_ name: String) -> Int? {
        let digits = name.hasPrefix("ISO") ? name.dropFirst(3) : name[...]
        guard digits.hasPrefix("8859"), let part = Int(digits.dropFirst(4)), (2...16).contains(part) else { return nil }
        return part
    }
}

extension Charset {
    /// Two or four bytes to every character, ASCII included.
    var isWide: Bool {
        if case .other(let name) = self { name.hasPrefix("UTF-16") || name.hasPrefix("UTF-32") } else { false }
    }

    /// Escape sequences of ISO 2022 make other characters of ASCII bytes.
    var isShifting: Bool {
        if case .other(let name) = self { name.hasPrefix("ISO-2022") } else { false }
    }

    /// The second byte of a character may look like a separator.
    var hasSeparatorsInCharacters: Bool {
        self == .other("GB18030") || self == .other("BIG5") || self == .other("CP932")
    }
}
