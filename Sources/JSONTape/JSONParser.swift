/// One pass over a JSON text that writes the tape (see `Document` for its layout).
///
/// The text is followed by at least 16 zero bytes, so reading a word past its end is safe. The position travels as
/// argument and result, which keeps it in a register; what the struct stores is only tape and open keys.
///
/// Owns raw memory: the tape becomes the document's, `keys` is freed by `finish()`.
struct JSONParser {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let count: Int
    private let limits: JSONLimits
    private let scanner: StringScanner
    private var depth = 0
    private(set) var tape: UnsafeMutablePointer<UInt64>
    private var tapeCapacity: Int
    private(set) var tapeCount = 0
    /// Keys of all open objects, innermost last.
    private var keys: OpenKeys

    init(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, limits: JSONLimits) {
        self.bytes = bytes
        self.count = count
        self.limits = limits
        scanner = StringScanner(bytes, count: count)
        keys = OpenKeys(of: bytes)
        // Compact FHIR has an entry about every ten bytes.
        tapeCapacity = max(64, count / 8)
        tape = .allocate(capacity: tapeCapacity)
    }

    /// Frees what only parsing needs; call it exactly once.
    func finish() { keys.deallocate() }

    mutating func parseDocument() throws(JSONSyntaxError) {
        let hasMark = count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        var position = skipWhitespace(hasMark ? 3 : 0)
        position = skipWhitespace(try parseValue(position, inArray: false))
        guard position == count else { throw JSONSyntaxError(.trailingCharacters, at: position) }
    }

    // MARK: - Values: each takes the position of its first byte and returns the one behind its last

    private mutating func parseValue(_ position: Int, inArray: Bool) throws(JSONSyntaxError) -> Int {
        switch bytes[position] {
        case UInt8(ascii: "\""): return try parseString(position)
        case UInt8(ascii: "{"): return try parseObject(position)
        case UInt8(ascii: "["): return try parseArray(position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber(position)
        case UInt8(ascii: "t"): return try parseLiteral(position, "true", .true)
        case UInt8(ascii: "f"): return try parseLiteral(position, "false", .false)
        case UInt8(ascii: "n"):
            if limits.refusesEmptyValues, !inArray { throw JSONSyntaxError(.misplacedNull, at: position) }
            return try parseLiteral(position, "null", .null)
        default: throw unexpected(position)
        }
    }

    private mutating func parseObject(_ start: Int) throws(JSONSyntaxError) -> Int {
        let head = try open(start)
        var position = skipWhitespace(start &+ 1)
        let firstKey = keys.count
        var members = 0
        if bytes[position] == UInt8(ascii: "}") {
            if limits.refusesEmptyValues { throw JSONSyntaxError(.emptyObject, at: start) }
        } else {
            while true {
                guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected(position) }
                let keyEntry = tapeCount
                let keyStart = position
                position = skipWhitespace(try parseString(position))
                guard keys.insert(tape[keyEntry], since: firstKey) else {
                    throw JSONSyntaxError(.duplicateKey, at: keyStart)
                }
                guard bytes[position] == UInt8(ascii: ":") else { throw unexpected(position) }
                position = skipWhitespace(try parseValue(skipWhitespace(position &+ 1), inArray: false))
                members &+= 1
                if bytes[position] == UInt8(ascii: ",") {
                    position = skipWhitespace(position &+ 1)
                } else if bytes[position] == UInt8(ascii: "}") {
                    break
                } else {
                    throw unexpected(position)
                }
            }
        }
        keys.removeAll(since: firstKey)
        close(head, .object, members, end: position &+ 1)
        return position &+ 1
    }

    private mutating func parseArray(_ start: Int) throws(JSONSyntaxError) -> Int {
        let head = try open(start)
        var position = skipWhitespace(start &+ 1)
        var members = 0
        if bytes[position] == UInt8(ascii: "]") {
            if limits.refusesEmptyValues { throw JSONSyntaxError(.emptyArray, at: start) }
        } else {
            while true {
                position = skipWhitespace(try parseValue(position, inArray: true))
                members &+= 1
                if bytes[position] == UInt8(ascii: ",") {
                    position = skipWhitespace(position &+ 1)
                } else if bytes[position] == UInt8(ascii: "]") {
                    break
                } else {
                    throw unexpected(position)
                }
            }
        }
        close(head, .array, members, end: position &+ 1)
        return position &+ 1
    }

    /// Writes the two head words of the container at `position`; returns the first one's index.
    @inline(__always)
    private mutating func open(_ position: Int) throws(JSONSyntaxError) -> Int {
        depth &+= 1
        guard depth <= limits.maximumDepth else { throw JSONSyntaxError(.tooDeep, at: position) }
        let head = tapeCount
        push(0)
        push(UInt64(truncatingIfNeeded: position) << 32)
        return head
    }

    @inline(__always)
    private mutating func close(_ head: Int, _ kind: Document.Kind, _ members: Int, end: Int) {
        depth &-= 1
        tape[head] = Document.word(kind, length: members, offset: tapeCount)
        tape[head &+ 1] |= UInt64(truncatingIfNeeded: end)
    }

    private mutating func parseLiteral(
        _ position: Int, _ text: StaticString, _ kind: Document.Kind
    ) throws(JSONSyntaxError) -> Int {
        let length = text.utf8CodeUnitCount
        for offset in 0..<length where bytes[position + offset] != text.utf8Start[offset] {
            throw unexpected(position + offset)
        }
        push(Document.word(kind, length: length, offset: position))
        return position + length
    }

    private mutating func parseNumber(_ start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        if bytes[position] == UInt8(ascii: "0") {
            position &+= 1
        } else {
            position = try skipDigits(position, of: start)
        }
        if bytes[position] == UInt8(ascii: ".") { position = try skipDigits(position &+ 1, of: start) }
        if bytes[position] | 0x20 == UInt8(ascii: "e") { position = try parseExponent(position &+ 1, of: start) }
        // What follows must end the value: `01` or `1.2.3` are no numbers.
        let next = bytes[position]
        if next.isDigit || next == UInt8(ascii: ".") { throw JSONSyntaxError(.invalidNumber, at: start) }
        let length = position &- start
        guard length <= limits.maximumNumberByteCount else { throw JSONSyntaxError(.numberTooLong, at: start) }
        push(Document.word(.number, length: length, offset: start))
        return position
    }

    private func parseExponent(_ sign: Int, of start: Int) throws(JSONSyntaxError) -> Int {
        let hasSign = bytes[sign] == UInt8(ascii: "-") || bytes[sign] == UInt8(ascii: "+")
        let firstDigit = hasSign ? sign + 1 : sign
        let end = try skipDigits(firstDigit, of: start)
        var exponent = 0
        for index in firstDigit..<end where exponent <= limits.maximumExponent {
            exponent = exponent * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        guard exponent <= limits.maximumExponent else { throw JSONSyntaxError(.exponentTooLarge, at: start) }
        return end
    }

    /// Steps over one or more digits of the number at `start`.
    @inline(__always)
    private func skipDigits(_ first: Int, of start: Int) throws(JSONSyntaxError) -> Int {
        var position = first
        guard bytes[position].isDigit else {
            throw position >= count
                ? JSONSyntaxError(.unexpectedEnd, at: count) : JSONSyntaxError(.invalidNumber, at: start)
        }
        repeat { position &+= 1 } while bytes[position].isDigit
        return position
    }

    @inline(__always)
    private mutating func parseString(_ quote: Int) throws(JSONSyntaxError) -> Int {
        let start = quote &+ 1
        var kind = Document.Kind.string
        var end = scanner.skipPlain(start)
        if bytes[end] != UInt8(ascii: "\"") {
            let found = try scanner.scan(from: end)
            end = found.end
            if found.hasEscapes { kind = .escapedString }
        }
        if limits.refusesEmptyValues, end == start { throw JSONSyntaxError(.emptyString, at: quote) }
        push(Document.word(kind, length: end &- start, offset: start))
        return end &+ 1
    }

    // MARK: - Bytes and tape

    @inline(__always)
    private func skipWhitespace(_ start: Int) -> Int {
        var position = start
        while bytes[position] <= 0x20 {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position &+= 1
            default: return position
            }
        }
        return position
    }

    private func unexpected(_ position: Int) -> JSONSyntaxError {
        JSONSyntaxError(position >= count ? .unexpectedEnd : .unexpectedCharacter, at: min(position, count))
    }

    @inline(__always)
    private mutating func push(_ word: UInt64) {
        if tapeCount == tapeCapacity { growTape() }
        tape[tapeCount] = word
        tapeCount &+= 1
    }

    @inline(never)
    private mutating func growTape() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: tapeCapacity * 2)
        larger.initialize(from: tape, count: tapeCount)
        tape.deallocate()
        tape = larger
        tapeCapacity *= 2
    }
}

extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
