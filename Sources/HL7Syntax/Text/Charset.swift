/// A character set a message may be written in. HL7 table 0211.
package enum Charset: Sendable, Hashable {
    case ascii
    case utf8
    /// ISO 8859-1.
    case latin1
    /// Windows-1252; what "Latin 1" without a declaration usually is. Undefined bytes map to C1 controls.
    case windows1252
    /// Any other set, by the name that `iconv` knows.
    case other(String)

    /// Reads a value of MSH-18, tolerant of the usual other spellings; `nil` when unknown.
    package init?(declared: String) {
        let name = declared.uppercased().filter { $0 != " " && $0 != "-" && $0 != "_" && $0 != "/" }
        switch name {
        case "ASCII", "USASCII", "ISOIR6": self = .ascii
        case "UNICODEUTF8", "UTF8", "UNICODE": self = .utf8
        case "88591", "ISO88591", "LATIN1", "ISOIR100": self = .latin1
        case "WINDOWS1252", "CP1252": self = .windows1252
        case "UNICODEUTF16", "UTF16": self = .other("UTF-16")
        case "UNICODEUTF32", "UTF32": self = .other("UTF-32")
        case "ISOIR14": self = .other("JIS_X0201")
        case "ISOIR87": self = .other("ISO-2022-JP")
        case "ISOIR159": self = .other("ISO-2022-JP-1")
        case "GB18030", "GB180302000": self = .other("GB18030")
        case "KSX1001": self = .other("EUC-KR")
        case "CNS116431992": self = .other("EUC-TW")
        case "BIG5": self = .other("BIG5")
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
