/// Finds the end of a JSON string and checks its characters and escapes, eight bytes at a time where plain.
struct StringScanner {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// Scans a string from any place behind its opening quote; returns the offset of the closing one.
    @inline(never)
    func scan(from start: Int) throws(JSONSyntaxError) -> (end: Int, hasEscapes: Bool) {
        var position = start
        var hasEscapes = false
        while true {
            position = skipPlain(position)
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return (position, hasEscapes) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position = try skipEscape(position)
            } else if byte < 0x20 {
                if position >= count { throw JSONSyntaxError(.unexpectedEnd, at: count) }
                throw JSONSyntaxError(byte == 0 ? .nulCharacter : .controlCharacter, at: position)
            } else {
                position = try skipMultibyte(position)
            }
        }
    }

    /// Steps over printable ASCII other than quote and backslash.
    @inline(__always)
    func skipPlain(_ start: Int) -> Int {
        var position = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while true {
            let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // Classic zero-byte tests; a false positive only above a true one, so the lowest set bit is right.
            let special =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word)
                | word
            let hits = special & highs
            if hits != 0 { return position &+ hits.trailingZeroBitCount / 8 }
            position &+= 8
        }
    }

    private func skipEscape(_ start: Int) throws(JSONSyntaxError) -> Int {
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let first = try codeUnit(start)
            if first == 0 { throw JSONSyntaxError(.nulCharacter, at: start) }
            guard first & 0xF800 == 0xD800 else { return start + 6 }
            guard first < 0xDC00, bytes[start + 6] == UInt8(ascii: "\\"), bytes[start + 7] == UInt8(ascii: "u") else {
                throw JSONSyntaxError(.loneSurrogate, at: start)
            }
            let second = try codeUnit(start + 6)
            guard second & 0xFC00 == 0xDC00 else { throw JSONSyntaxError(.loneSurrogate, at: start) }
            return start + 12
        default:
            throw JSONSyntaxError(start + 1 >= count ? .unexpectedEnd : .invalidEscape, at: start)
        }
    }

    /// The four hexadecimal digits after `\u` at `start`.
    private func codeUnit(_ start: Int) throws(JSONSyntaxError) -> UInt16 {
        var value: UInt16 = 0
        for offset in 2..<6 {
            guard let digit = JSONEscape.hexadecimalValue(bytes[start + offset]) else {
                throw JSONSyntaxError(start + offset >= count ? .unexpectedEnd : .invalidEscape, at: start)
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// Steps over one character of two to four bytes (Unicode 3.9, table 3-7: no overlong form, no surrogate).
    private func skipMultibyte(_ start: Int) throws(JSONSyntaxError) -> Int {
        let first = bytes[start]
        let second = bytes[start + 1]
        let length: Int
        let secondRange: ClosedRange<UInt8>
        switch first {
        case 0xC2...0xDF: (length, secondRange) = (2, 0x80...0xBF)
        case 0xE0: (length, secondRange) = (3, 0xA0...0xBF)
        case 0xED: (length, secondRange) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, secondRange) = (3, 0x80...0xBF)
        case 0xF0: (length, secondRange) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, secondRange) = (4, 0x80...0xBF)
        case 0xF4: (length, secondRange) = (4, 0x80...0x8F)
        default: throw JSONSyntaxError(.invalidUTF8, at: start)
        }
        guard secondRange.contains(second) else { throw JSONSyntaxError(.invalidUTF8, at: start) }
        for offset in 2..<max(2, length) where bytes[start + offset] & 0xC0 != 0x80 {
            throw JSONSyntaxError(.invalidUTF8, at: start)
        }
        return start + length
    }
}
