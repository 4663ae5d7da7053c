/// Cuts an expression into tokens.
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// All tokens, the last of which is the end.
    static func tokens(_ text: String) throws(FHIRPathError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens[tokens.count - 1].kind != .end
        return tokens
    }

    private mutating func next() throws(FHIRPathError) -> Token {
        try skipBlanks()
        let start = index
        guard index < bytes.count else { return Token(kind: .end, offset: start) }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "'"): return Token(kind: .string(try quoted(byte)), offset: start)
        case UInt8(ascii: "`"): return Token(kind: .identifier(try quoted(byte)), offset: start)
        // The specification's drafts quoted names with this.
        case UInt8(ascii: "\""): return Token(kind: .identifier(try quoted(byte)), offset: start)
        case UInt8(ascii: "@"): return Token(kind: .temporal(try temporal()), offset: start)
        case UInt8(ascii: "$"):
            index += 1
            let word = word()
            guard ["this", "index", "total"].contains(word) else { throw error("there is no $\(word)", at: start) }
            return Token(kind: .special(word), offset: start)
        case _ where Self.isDigit(byte): return Token(kind: .number(number()), offset: start)
        case _ where Self.isLetter(byte):
            let word = word()
            return Token(kind: Keyword(rawValue: word).map { .keyword($0) } ?? .identifier(word), offset: start)
        default: return Token(kind: .sign(try sign()), offset: start)
        }
    }

    /// Steps over white space and comments.
    private mutating func skipBlanks() throws(FHIRPathError) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
                while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
                let start = index
                index += 2
                while byte(0) != UInt8(ascii: "*") || byte(1) != UInt8(ascii: "/") {
                    guard index < bytes.count else { throw error("a comment does not end", at: start) }
                    index += 1
                }
                index += 2
            default: return
            }
        }
    }

    private mutating func sign() throws(FHIRPathError) -> Sign {
        if index + 1 < bytes.count,
            let sign = Sign(rawValue: String(decoding: bytes[index...(index + 1)], as: UTF8.self))
        {
            index += 2
            return sign
        }
        guard let sign = Sign(rawValue: String(decoding: bytes[index...index], as: UTF8.self)) else {
            throw error("a character that means nothing here", at: index)
        }
        index += 1
        return sign
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count, Self.isLetter(bytes[index]) || Self.isDigit(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func number() -> String {
        let start = index
        while Self.isDigit(byte(0)) { index += 1 }
        if byte(0) == UInt8(ascii: "."), Self.isDigit(byte(1)) {
            index += 1
            while Self.isDigit(byte(0)) { index += 1 }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func temporal() throws(FHIRPathError) -> Temporal {
        let start = index
        index += 1
        let isTime = byte(0) == UInt8(ascii: "T")
        if isTime { index += 1 }
        let (value, count) = bytes.withUnsafeBufferPointer { buffer in
            var scanner = TemporalScanner(UnsafeBufferPointer(rebasing: buffer[index...]))
            guard isTime else { return (scanner.dateOrDateTime(), scanner.index) }
            var time = Temporal(.time, .hour)
            return (scanner.time(into: &time) ? time : nil, scanner.index)
        }
        guard let value else { throw error("not a date or time", at: start) }
        index += count
        // `@T14:34Z` or `@2015-1` would otherwise read on as something else.
        if Self.isDigit(byte(0)) || Self.isLetter(byte(0)) || isTime && byte(0) == UInt8(ascii: "Z") {
            throw error("not a date or time", at: start)
        }
        return value
    }

    // MARK: - Quoted text

    private mutating func quoted(_ quote: UInt8) throws(FHIRPathError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while byte(0) != quote {
            guard index < bytes.count else { throw error("a quoted text does not end", at: start) }
            if bytes[index] == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        index += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(into text: inout [UInt8]) throws(FHIRPathError) {
        let start = index
        index += 2
        switch byte(-1) {
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(at: start)).utf8)
        case let same where "\\/'\"`".utf8.contains(same): text.append(same)
        default: throw error("there is no such escape sequence", at: start)
        }
    }

    /// The character of `uXXXX`, or of two such halves.
    private mutating func scalar(at start: Int) throws(FHIRPathError) -> Unicode.Scalar {
        var value = try codeUnit(at: start)
        if value & 0xFC00 == 0xD800, byte(0) == UInt8(ascii: "\\"), byte(1) == UInt8(ascii: "u") {
            index += 2
            let low = try codeUnit(at: start)
            if low & 0xFC00 == 0xDC00 { value = 0x10000 + ((value & 0x3FF) << 10 | low & 0x3FF) }
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("half a character", at: start) }
        return scalar
    }

    private mutating func codeUnit(at start: Int) throws(FHIRPathError) -> UInt32 {
        guard index + 4 <= bytes.count,
            bytes[index..<(index + 4)].allSatisfy({ Self.isDigit($0) || 0x61...0x66 ~= $0 | 0x20 }),
            let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw error("\\u has four hexadecimal digits behind it", at: start) }
        index += 4
        return value
    }

    // MARK: - Bytes

    /// The byte so many behind the current one; 0 beyond the end.
    private func byte(_ distance: Int) -> UInt8 {
        bytes.indices.contains(index + distance) ? bytes[index + distance] : 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    private func error(_ message: String, at offset: Int) -> FHIRPathError {
        FHIRPathError(.syntax, message, at: offset)
    }
}
