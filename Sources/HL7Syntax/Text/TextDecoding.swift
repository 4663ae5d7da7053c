internal import Glibc

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

    /// Decodes in three steps: the declared set if every byte fits; strict UTF-8; `fallback` (F-13).
    static func decode(
        _ received: [UInt8], fallback: Charset, override: Charset? = nil
    ) -> (text: [UInt8], decoding: TextDecoding) {
        let (mark, wide) = byteOrderMark(of: received)
        let body = mark.isEmpty ? received : Array(received.dropFirst(mark.count))
        func done(
            _ text: [UInt8], _ used: Charset, guess: Bool, declared: String? = nil
        ) -> (text: [UInt8], decoding: TextDecoding) {
            (text, TextDecoding(declared: declared, charset: used, isGuess: guess, byteOrderMark: mark))
        }
        if let wide = wide ?? unmarkedWide(body), let text = wide.decode(body) {
            return done(text, wide, guess: false, declared: HeaderScan.characterSet(in: text, isASCII: true))
        }
        let isASCII = body.isASCII
        let declared = HeaderScan.characterSet(in: body, isASCII: isASCII)
        if let override, let text = override.decode(body) {
            return done(text, override, guess: false, declared: declared)
        }
        // A header that can be read byte by byte is not in a set of two or four bytes a character, whatever it says.
        let charset = declared.flatMap(Charset.init(declared:)).flatMap { $0.isWide ? nil : $0 }
        // Shifting sets hide characters in ASCII bytes, so plain ASCII is only a shortcut where it cannot mislead.
        if isASCII, charset?.isShifting != true {
            return done(body, charset ?? .ascii, guess: declared != nil && charset == nil, declared: declared)
        }
        if let charset, let text = charset.decode(body) { return done(text, charset, guess: false, declared: declared) }
        if body.isValidUTF8 { return done(body, .utf8, guess: declared != nil, declared: declared) }
        if let text = fallback.decode(body) { return done(text, fallback, guess: true, declared: declared) }
        return done(Charset.windows1252.decode(body) ?? body, .windows1252, guess: true, declared: declared)
    }

    private static func byteOrderMark(of bytes: [UInt8]) -> ([UInt8], Charset?) {
        switch bytes.first {
        case 0xEF where bytes.starts(with: [0xEF, 0xBB, 0xBF]): ([0xEF, 0xBB, 0xBF], nil)
        case 0xFF where bytes.starts(with: [0xFF, 0xFE, 0, 0]): ([0xFF, 0xFE, 0, 0], .other("UTF-32LE"))
        case 0 where bytes.starts(with: [0, 0, 0xFE, 0xFF]): ([0, 0, 0xFE, 0xFF], .other("UTF-32BE"))
        case 0xFF where bytes.starts(with: [0xFF, 0xFE]): ([0xFF, 0xFE], .other("UTF-16LE"))
        case 0xFE where bytes.starts(with: [0xFE, 0xFF]): ([0xFE, 0xFF], .other("UTF-16BE"))
        default: ([], nil)
        }
    }

    /// UTF-16 or UTF-32 without a mark, told by the zero bytes around the first letters of `MSH`.
    private static func unmarkedWide(_ bytes: [UInt8]) -> Charset? {
        guard bytes.count >= 8, bytes[0] == 0 || bytes[1] == 0 else { return nil }
        switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
        case (false, true, true, true): return .other("UTF-32LE")
        case (true, true, true, false): return .other("UTF-32BE")
        case (false, true, false, true): return .other("UTF-16LE")
        case (true, false, true, false): return .other("UTF-16BE")
        default: return nil
        }
    }
}

/// Reads MSH-18 before the text is decoded; every set of table 0211 but UTF-16 and UTF-32 agrees with ASCII there.
enum HeaderScan {
    /// The first repetition as written; `nil` when there is none.
    ///
    /// In GB 18030 and Big5 a separator may be the second byte of a character, and MSH-18 then stands further on. It is
    /// looked for there only where the plain way finds nothing that names a set.
    static func characterSet(in bytes: [UInt8], isASCII: Bool) -> String? {
        let plain = characterSet(in: bytes, skippingSecondBytes: false)
        if isASCII { return plain }
        if let plain, Charset(declared: plain) != nil { return plain }
        guard let other = characterSet(in: bytes, skippingSecondBytes: true),
            Charset(declared: other)?.hasSeparatorsInCharacters == true
        else { return plain }
        return other
    }

    private static func characterSet(in bytes: [UInt8], skippingSecondBytes: Bool) -> String? {
        bytes.withUnsafeBufferPointer { scan($0, skippingSecondBytes: skippingSecondBytes) }
    }

    private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, skippingSecondBytes: Bool) -> String? {
        var start = 0
        while start < bytes.count, bytes[start].isBlankOrBreak { start += 1 }
        guard start + 4 < bytes.count else { return nil }
        let separator = bytes[start + 3]
        let repetition = start + 5 < bytes.count ? bytes[start + 5] : separator
        var line = bytes[(start + 4)...]
        if let end = firstIndex(of: 0x0D, in: line) { line = line[..<end] }
        if let end = firstIndex(of: 0x0A, in: line) { line = line[..<end] }
        var position = start + 4
        for _ in 1..<17 {
            if skippingSecondBytes {
                while position < line.endIndex, bytes[position] != separator {
                    position += bytes[position] >= 0x81 ? 2 : 1
                }
                guard position < line.endIndex else { return nil }
                position += 1
            } else {
                guard let found = firstIndex(of: separator, in: line[position...]) else { return nil }
                position = found + 1
            }
        }
        let rest = line[position...]
        let value = rest.prefix { $0 != separator && $0 != repetition }
        guard !value.isEmpty, value.count <= 64, value.contains(where: { $0 != 0x20 }) else { return nil }
        return String(decoding: value, as: UTF8.self)
    }
}

extension HeaderScan {
    fileprivate static func firstIndex(of byte: UInt8, in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let base = bytes.base.baseAddress, !bytes.isEmpty,
            let found = memchr(base + bytes.startIndex, Int32(byte), bytes.count)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}

extension UInt8 {
    var isLineBreak: Bool { self == 0x0D || self == 0x0A }
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isBlankOrBreak: Bool { isLineBreak || isBlank }
}
