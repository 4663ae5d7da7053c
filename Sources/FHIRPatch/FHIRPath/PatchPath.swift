/// A FHIRPath expression of the kind that patches use (R4 fhirpatch.html):
///
///     Patient.name.where(use = 'official').given[0]
///     Observation.value
///     Patient.extension('http://example.org/x').value.ofType(Period).start
struct PatchPath: Sendable, Equatable {
    indirect enum Step: Sendable, Equatable {
        case name(String)
        case index(Int)
        case first, last
        case ofType(String)
        case `extension`(String)
        case whereAll([Condition])
    }

    /// `path = literal`; the path is relative to the element, and empty for `$this`.
    struct Condition: Sendable, Equatable {
        var path: [Step]
        var literal: Literal
    }

    enum Literal: Sendable, Equatable {
        case string(String)
        /// As written.
        case number(String)
        case boolean(Bool)
    }

    /// The first name of the path may be that of the resource's type.
    var steps: [Step]

    /// Throws `.pathNotSupported` for every other expression, with the place from which on it is not understood.
    init(_ text: String) throws(PatchError) {
        var parser = PatchPathParser(text)
        steps = try parser.parse()
    }
}

/// Reads the supported part of FHIRPath (FHIRPath 2.0 §5, §7).
private struct PatchPathParser {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func parse() throws(PatchError) -> [PatchPath.Step] {
        let steps = try path()
        skipBlanks()
        guard position == text.count else { throw unsupported() }
        return steps
    }

    private func unsupported() -> PatchError {
        PatchError(
            .pathNotSupported,
            "the path is understood up to its character \(position); patches take names, [n], first(), last(), "
                + "where(a = 'x' and …), ofType() and extension()")
    }

    // MARK: - Paths

    private mutating func path() throws(PatchError) -> [PatchPath.Step] {
        var steps: [PatchPath.Step] = []
        repeat {
            skipBlanks()
            let name = try identifier()
            skipBlanks()
            steps.append(take("(") ? try function(name) : .name(name))
            skipBlanks()
            while take("[") {
                skipBlanks()
                steps.append(.index(try index()))
                skipBlanks()
                guard take("]") else { throw unsupported() }
                skipBlanks()
            }
        } while take(".")
        return steps
    }

    /// Behind the opening parenthesis.
    private mutating func function(_ name: String) throws(PatchError) -> PatchPath.Step {
        skipBlanks()
        let step: PatchPath.Step
        switch name {
        case "first": step = .first
        case "last": step = .last
        case "where": step = .whereAll(try conditions())
        case "extension":
            guard case .string(let url) = try literal() else { throw unsupported() }
            step = .extension(url)
        case "ofType":
            var type = try identifier()
            if type == "FHIR", take(".") { type = try identifier() }
            step = .ofType(type)
        default: throw unsupported()
        }
        skipBlanks()
        guard take(")") else { throw unsupported() }
        return step
    }

    private mutating func conditions() throws(PatchError) -> [PatchPath.Condition] {
        var conditions: [PatchPath.Condition] = []
        repeat {
            skipBlanks()
            let path = takeWord("$this") ? [] : try path()
            skipBlanks()
            guard take("=") else { throw unsupported() }
            skipBlanks()
            conditions.append(PatchPath.Condition(path: path, literal: try literal()))
            skipBlanks()
        } while takeWord("and")
        return conditions
    }

    // MARK: - Tokens

    private mutating func identifier() throws(PatchError) -> String {
        if take("`") { return try quoted(by: UInt8(ascii: "`")) }
        let start = position
        while position < text.count, Self.isIdentifier(text[position], isFirst: position == start) { position += 1 }
        guard position > start else { throw unsupported() }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func index() throws(PatchError) -> Int {
        let start = position
        while position < text.count, Self.isDigit(text[position]) { position += 1 }
        guard let index = Int(String(decoding: text[start..<position], as: UTF8.self)) else { throw unsupported() }
        return index
    }

    private mutating func literal() throws(PatchError) -> PatchPath.Literal {
        if take("'") { return .string(try quoted(by: UInt8(ascii: "'"))) }
        if takeWord("true") { return .boolean(true) }
        if takeWord("false") { return .boolean(false) }
        let start = position
        _ = take("-")
        let digits = position
        while position < text.count, Self.isDigit(text[position]) { position += 1 }
        guard position > digits else { throw unsupported() }
        if position + 1 < text.count, text[position] == UInt8(ascii: "."), Self.isDigit(text[position + 1]) {
            position += 1
            while position < text.count, Self.isDigit(text[position]) { position += 1 }
        }
        return .number(String(decoding: text[start..<position], as: UTF8.self))
    }

    /// Behind the opening quote, up to and with the closing one; escapes of FHIRPath 2.0 §4.1.1.
    private mutating func quoted(by quote: UInt8) throws(PatchError) -> String {
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard position < text.count else { break }
            let escaped = text[position]
            position += 1
            switch escaped {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                bytes.append(escaped)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "u"): bytes += try codeUnit()
            default: throw unsupported()
            }
        }
        throw unsupported()
    }

    private mutating func codeUnit() throws(PatchError) -> [UInt8] {
        guard position + 4 <= text.count,
            let value = UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw unsupported() }
        position += 4
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func skipBlanks() {
        while position < text.count, text[position] == 0x20 || (0x09...0x0D).contains(text[position]) { position += 1 }
    }

    private mutating func take(_ sign: StaticString) -> Bool {
        guard position < text.count, text[position] == sign.utf8Start[0] else { return false }
        position += 1
        return true
    }

    /// A word that does not go on.
    private mutating func takeWord(_ word: String) -> Bool {
        let end = position + word.utf8.count
        guard end <= text.count, text[position..<end].elementsEqual(word.utf8),
            end == text.count || !Self.isIdentifier(text[end], isFirst: false)
        else { return false }
        position = end
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

    private static func isIdentifier(_ byte: UInt8, isFirst: Bool) -> Bool {
        let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
        return isLetter || !isFirst && isDigit(byte)
    }
}
