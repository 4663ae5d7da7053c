/// How the bytes of a message became UTF-8 text.
package struct TextDecoding: Sendable, Hashable {
    /// First repetition of MSH-18 as written; `nil` when empty.
    package let declared: String?
    /// The set in which the bytes were read.
    package let charset: Charset
    /// The bytes do not fit what MSH-18 says (or it says nothing and they are not UTF-8), so the set was guessed.
    package let isGuess: Bool
    /// Bytes of the byte order mark in front, which is not part of the text.
    package let byteOrderMark: [UInt8]

    /// Decodes in three steps: the declared set if every byte fits; strict UTF-8; `fallback`.
    static func decode(_ received: [UInt8], fallback: Charset) -> (text: [UInt8], decoding: TextDecoding) {
        let (mark, wide) = byteOrderMark(of: received)
        if let wide {
            let body = Array(received.dropFirst(mark.count))
            if let text = wide.decode(body) {
                let decoding = TextDecoding(declared: nil, charset: wide, isGuess: false, byteOrderMark: mark)
                return (text, decoding)
            }
        }
        let body = mark.isEmpty ? received : Array(received.dropFirst(mark.count))
        let declared = HeaderScan.characterSet(in: body)
        let charset = declared.flatMap(Charset.init(declared:))
        func done(_ text: [UInt8], _ used: Charset, guess: Bool) -> (text: [UInt8], decoding: TextDecoding) {
            (text, TextDecoding(declared: declared, charset: used, isGuess: guess, byteOrderMark: mark))
        }
        // Stateful sets hide characters in ASCII bytes, so plain ASCII is only a shortcut where it cannot mislead.
        let isStateful = if case .other = charset { true } else { false }
        if body.isASCII, !isStateful { return done(body, charset ?? .ascii, guess: declared != nil && charset == nil) }
        if let charset, let text = charset.decode(body) { return done(text, charset, guess: false) }
        let undeclared = declared == nil
        if body.isValidUTF8 { return done(body, .utf8, guess: !undeclared) }
        if let text = fallback.decode(body) { return done(text, fallback, guess: true) }
        return done(Charset.windows1252.decode(body) ?? body, .windows1252, guess: true)
    }

    private static func byteOrderMark(of bytes: [UInt8]) -> ([UInt8], Charset?) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return ([0xEF, 0xBB, 0xBF], nil) }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return ([0xFF, 0xFE, 0, 0], .other("UTF-32LE")) }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return ([0, 0, 0xFE, 0xFF], .other("UTF-32BE")) }
        if bytes.starts(with: [0xFF, 0xFE]) { return ([0xFF, 0xFE], .other("UTF-16LE")) }
        if bytes.starts(with: [0xFE, 0xFF]) { return ([0xFE, 0xFF], .other("UTF-16BE")) }
        return ([], nil)
    }
}

/// Reads MSH-18 before the text is decoded; every set of table 0211 but UTF-16 and UTF-32 agrees with ASCII there.
enum HeaderScan {
    static func characterSet(in bytes: [UInt8]) -> String? {
        var start = 0
        while start < bytes.count, bytes[start].isBlankOrBreak { start += 1 }
        guard start + 4 < bytes.count else { return nil }
        let separator = bytes[start + 3]
        let repetition = start + 5 < bytes.count ? bytes[start + 5] : separator
        var field = 1
        var position = start + 4
        while position < bytes.count, field < 17 {
            let byte = bytes[position]
            if byte.isLineBreak { return nil }
            if byte == separator { field += 1 }
            position += 1
        }
        let end = bytes[position...].firstIndex { $0 == separator || $0 == repetition || $0.isLineBreak }
        let value = bytes[position..<(end ?? bytes.count)]
        guard value.count <= 64 else { return nil }
        let text = String(decoding: value, as: UTF8.self)
        return text.allSatisfy { $0 == " " } ? nil : text
    }
}

extension UInt8 {
    var isLineBreak: Bool { self == 0x0D || self == 0x0A }
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isBlankOrBreak: Bool { isLineBreak || isBlank }
}
