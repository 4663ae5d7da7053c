/// One pass over a JSON text that writes the tape (see `Document` for its layout).
///
/// The text is followed by at least 16 zero bytes, so reading a word past its end is safe.
struct JSONParser {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let count: Int
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private(set) var tape: UnsafeMutablePointer<UInt64>
    private var tapeCapacity: Int
    private(set) var tapeCount = 0
    /// Keys of all open objects, innermost last.
    private var keys = OpenKeys()

    init(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, limits: JSONLimits) {
        self.bytes = bytes
        self.count = count
        self.limits = limits
        tapeCapacity = max(64, count / 8)
        tape = .allocate(capacity: tapeCapacity)
    }

    mutating func parseDocument() throws(JSONSyntaxError) {
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipWhitespace()
        try parseValue(inArray: false)
        skipWhitespace()
        guard position == count else { throw JSONSyntaxError(.trailingCharacters, at: position) }
    }

    // MARK: - Values

    private mutating func parseValue(inArray: Bool) throws(JSONSyntaxError) {
        switch bytes[position] {
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "{"): try parseObject()
        case UInt8(ascii: "["): try parseArray()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        case UInt8(ascii: "t"): try parseLiteral("true", .true)
        case UInt8(ascii: "f"): try parseLiteral("false", .false)
        case UInt8(ascii: "n"):
            if limits.refusesEmptyValues, !inArray { throw JSONSyntaxError(.misplacedNull, at: position) }
            try parseLiteral("null", .null)
        default: throw unexpected()
        }
    }

    private mutating func parseObject() throws(JSONSyntaxError) {
        let head = try open(.object)
        let firstKey = keys.count
        var members = 0
        if bytes[position] == UInt8(ascii: "}") {
            if limits.refusesEmptyValues { throw JSONSyntaxError(.emptyObject, at: position - 1) }
        } else {
            while true {
                guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected() }
                let keyStart = position
                let keyEntry = tapeCount
                try parseString()
                let isNew = keys.insert(entry: tape[keyEntry], of: bytes, since: firstKey)
                guard isNew else { throw JSONSyntaxError(.duplicateKey, at: keyStart) }
                skipWhitespace()
                guard bytes[position] == UInt8(ascii: ":") else { throw unexpected() }
                position += 1
                skipWhitespace()
                try parseValue(inArray: false)
                members += 1
                skipWhitespace()
                if bytes[position] == UInt8(ascii: ",") {
                    position += 1
                    skipWhitespace()
                } else if bytes[position] == UInt8(ascii: "}") {
                    break
                } else {
                    throw unexpected()
                }
            }
        }
        keys.removeAll(since: firstKey)
        close(head, .object, members)
    }

    private mutating func parseArray() throws(JSONSyntaxError) {
        let head = try open(.array)
        var members = 0
        if bytes[position] == UInt8(ascii: "]") {
            if limits.refusesEmptyValues { throw JSONSyntaxError(.emptyArray, at: position - 1) }
        } else {
            while true {
                try parseValue(inArray: true)
                members += 1
                skipWhitespace()
                if bytes[position] == UInt8(ascii: ",") {
                    position += 1
                    skipWhitespace()
                } else if bytes[position] == UInt8(ascii: "]") {
                    break
                } else {
                    throw unexpected()
                }
            }
        }
        close(head, .array, members)
    }

    /// Writes the two head words of a container and steps to its first member.
    private mutating func open(_ kind: Document.Kind) throws(JSONSyntaxError) -> Int {
        depth += 1
        guard depth <= limits.maximumDepth else { throw JSONSyntaxError(.tooDeep, at: position) }
        let head = tapeCount
        push(0)
        push(UInt64(UInt32(position)) << 32)
        position += 1
        skipWhitespace()
        return head
    }

    private mutating func close(_ head: Int, _ kind: Document.Kind, _ members: Int) {
        position += 1
        depth -= 1
        tape[head] = Document.word(kind, length: members, offset: tapeCount)
        tape[head + 1] |= UInt64(UInt32(position))
    }

    private mutating func parseLiteral(_ text: StaticString, _ kind: Document.Kind) throws(JSONSyntaxError) {
        let length = text.utf8CodeUnitCount
        for offset in 0..<length where bytes[position + offset] != text.utf8Start[offset] {
            position += offset
            throw unexpected()
        }
        push(Document.word(kind, length: length, offset: position))
        position += length
    }

    private mutating func parseNumber() throws(JSONSyntaxError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits(from: start)
        }
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(from: start)
        }
        if bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") { position += 1 }
            let exponentStart = position
            try skipDigits(from: start)
            var exponent = 0
            for index in exponentStart..<position where exponent <= limits.maximumExponent {
                exponent = exponent * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            }
            guard exponent <= limits.maximumExponent else { throw JSONSyntaxError(.exponentTooLarge, at: start) }
        }
        // What follows must end the value: `01` or `1a` are no numbers.
        let next = bytes[position]
        if next.isDigit || next == UInt8(ascii: ".") { throw JSONSyntaxError(.invalidNumber, at: start) }
        let length = position - start
        guard length <= limits.maximumNumberByteCount else { throw JSONSyntaxError(.numberTooLong, at: start) }
        push(Document.word(.number, length: length, offset: start))
    }

    /// Steps over one or more digits.
    private mutating func skipDigits(from start: Int) throws(JSONSyntaxError) {
        guard bytes[position].isDigit else {
            if position >= count { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            throw JSONSyntaxError(.invalidNumber, at: start)
        }
        repeat { position += 1 } while bytes[position].isDigit
    }

    private mutating func parseString() throws(JSONSyntaxError) {
        position += 1
        let start = position
        let (end, hasEscapes) = try StringScanner(bytes, count: count).scan(from: start)
        if limits.refusesEmptyValues, end == start { throw JSONSyntaxError(.emptyString, at: start) }
        push(Document.word(hasEscapes ? .escapedString : .string, length: end - start, offset: start))
        position = end + 1
    }

    // MARK: - Bytes and tape

    @inline(__always)
    private mutating func skipWhitespace() {
        while bytes[position] <= 0x20 {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func unexpected() -> JSONSyntaxError {
        JSONSyntaxError(position >= count ? .unexpectedEnd : .unexpectedCharacter, at: min(position, count))
    }

    @inline(__always)
    private mutating func push(_ word: UInt64) {
        if tapeCount == tapeCapacity { growTape() }
        tape[tapeCount] = word
        tapeCount += 1
    }

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
