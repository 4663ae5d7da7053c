/// Cuts a GraphQL document into tokens (GraphQL October 2021 §2.1).
struct GraphQLLexer {
    enum Token: Equatable {
        case end
        /// One of `! $ & ( ) : = @ [ ] { | }`
        case punctuator(UInt8)
        /// `...`
        case spread
        case name(String)
        case number(String)
        case string(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var tokenCount = 0
    private let limits: GraphQLLimits
    /// Where the last token began.
    private(set) var location = GraphQLLocation(line: 1, column: 1)

    init(_ text: String, limits: GraphQLLimits) throws(GraphQLSyntaxError) {
        bytes = Array(text.utf8)
        self.limits = limits
        guard bytes.count <= limits.byteCount else {
            throw GraphQLSyntaxError(
                "a document has at most \(limits.byteCount) bytes", at: GraphQLLocation(line: 1, column: 1))
        }
    }

    mutating func next() throws(GraphQLSyntaxError) -> Token {
        skipIgnored()
        location = GraphQLLocation(line: line, column: position - lineStart + 1)
        guard position < bytes.count else { return .end }
        tokenCount += 1
        guard tokenCount <= limits.tokenCount else {
            throw GraphQLSyntaxError("a document has at most \(limits.tokenCount) tokens", at: location)
        }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "."):
            guard bytes[position...].starts(with: "...".utf8) else { throw unexpected() }
            position += 3
            return .spread
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case _ where Self.startsName(byte): return .name(name())
        case _ where Self.punctuators.contains(byte):
            position += 1
            return .punctuator(byte)
        default: throw unexpected()
        }
    }

    private static let punctuators: Set<UInt8> = Set("!$&():=@[]{|}".utf8)

    private func unexpected() -> GraphQLSyntaxError {
        GraphQLSyntaxError("an unexpected character", at: location)
    }

    /// White space, commas, comments, a byte order mark.
    private mutating func skipIgnored() {
        if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, UInt8(ascii: ","): position += 1
            case 0x0A, 0x0D: newLine()
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            default: return
            }
        }
    }

    /// LF, CR or CRLF.
    private mutating func newLine() {
        let isPair = bytes[position] == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A
        position += isPair ? 2 : 1
        line += 1
        lineStart = position
    }

    // MARK: - Names and numbers

    private static func startsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, Self.startsName(bytes[position]) || Self.isDigit(bytes[position]) {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(GraphQLSyntaxError) -> String {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let isZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits > 0, !isZero || digits == 1 else { throw GraphQLSyntaxError("a malformed number", at: location) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard takeDigits() > 0 else { throw GraphQLSyntaxError("a malformed number", at: location) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard takeDigits() > 0 else { throw GraphQLSyntaxError("a malformed number", at: location) }
        }
        // §2.9.1: a number is not followed by a name or a dot.
        if position < bytes.count, Self.startsName(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
            throw GraphQLSyntaxError("a malformed number", at: location)
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while position < bytes.count, Self.isDigit(bytes[position]) { position += 1 }
        return position - start
    }

    // MARK: - Strings

    private mutating func string() throws(GraphQLSyntaxError) -> String {
        if bytes[position...].starts(with: "\"\"\"".utf8) { return try blockString() }
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0x0A, 0x0D: throw GraphQLSyntaxError("a string does not end on its line", at: location)
            case 0..<0x20 where byte != 0x09: throw GraphQLSyntaxError("a control character", at: location)
            default: result.append(byte)
            }
        }
        throw GraphQLSyntaxError("a string does not end", at: location)
    }

    private mutating func escape(into result: inout [UInt8]) throws(GraphQLSyntaxError) {
        let byte = position < bytes.count ? bytes[position] : 0
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if value & 0xFC00 == 0xD800, bytes[min(position, bytes.count)...].starts(with: "\\u".utf8) {
                position += 2
                let low = try hexadecimal()
                guard low & 0xFC00 == 0xDC00 else { throw GraphQLSyntaxError("a lone surrogate", at: location) }
                value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(value), value != 0 else {
                throw GraphQLSyntaxError("an escape that is no character", at: location)
            }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default: throw GraphQLSyntaxError("an unknown escape", at: location)
        }
    }

    private mutating func hexadecimal() throws(GraphQLSyntaxError) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count,
            let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+")
        else { throw GraphQLSyntaxError("an escape needs four hexadecimal digits", at: location) }
        position = end
        return value
    }

    /// `"""…"""` without its common indentation and its blank first and last lines (§2.9.4).
    private mutating func blockString() throws(GraphQLSyntaxError) -> String {
        position += 3
        var raw: [UInt8] = []
        while position < bytes.count {
            if bytes[position...].starts(with: "\"\"\"".utf8) {
                position += 3
                return Self.dedented(String(decoding: raw, as: UTF8.self))
            }
            if bytes[position...].starts(with: "\\\"\"\"".utf8) {
                raw.append(contentsOf: "\"\"\"".utf8)
                position += 4
            } else if bytes[position] == 0x0A || bytes[position] == 0x0D {
                newLine()
                raw.append(0x0A)
            } else {
                raw.append(bytes[position])
                position += 1
            }
        }
        throw GraphQLSyntaxError("a string does not end", at: location)
    }

    private static func dedented(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" } }
        let indents = lines.dropFirst().filter { !isBlank($0) }.map { $0.prefix { $0 == " " || $0 == "\t" }.count }
        if let indent = indents.min() {
            for index in lines.indices.dropFirst() { lines[index] = lines[index].dropFirst(indent) }
        }
        while let first = lines.first, isBlank(first) { lines.removeFirst() }
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
