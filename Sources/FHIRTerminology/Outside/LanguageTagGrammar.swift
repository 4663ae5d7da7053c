/// Language tags: `de`, `zh-Hant-TW`, `sl-rozaj-biske`, `x-own` (RFC 5646 §2.1), without regard to case.
///
/// Subtags need not be registered, but a language has two or three letters: RFC 5646 §2.2.1 keeps four for later, and
/// of five to eight none was ever registered.
enum LanguageTagGrammar {
    /// Longer ones are none that anybody uses (RFC 5646 §4.4.1 asks for room for 35).
    private static let greatestCount = 255

    static func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !text.isEmpty, text.count <= greatestCount else { return false }
        var reader = SubtagReader(text)
        return reader.tag() || irregular.contains { isEqual(text, $0) }
    }

    /// RFC 5646 §2.1 irregular: tags of old that the rules would not make. `regular` ones that the rules make need no
    /// mention.
    private static let irregular: [StaticString] = [
        "en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo",
        "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE", "cel-gaulish",
        "zh-min-nan",
    ]

    private static func isEqual(_ text: UnsafeBufferPointer<UInt8>, _ other: StaticString) -> Bool {
        let other = UnsafeBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount)
        return areSame(text, other)
    }

    static func areSame(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || $0.isLetter && $0 | 0x20 == $1 | 0x20 }
    }
}

/// Goes through a tag, subtag by subtag.
private struct SubtagReader {
    private let text: UnsafeBufferPointer<UInt8>
    /// The subtag that is looked at; empty behind the last one.
    private var start = 0
    private var end = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        end = text.firstIndex(of: UInt8(ascii: "-")) ?? text.count
    }

    private var count: Int { end - start }
    private var isAtEnd: Bool { start > text.count }
    private var first: UInt8 { text[start] | 0x20 }

    private mutating func advance() {
        start = end + 1
        guard start <= text.count else {
            end = start
            return
        }
        end = text[start...].firstIndex(of: UInt8(ascii: "-")) ?? text.count
    }

    private func has(_ counts: ClosedRange<Int>, _ test: (UInt8) -> Bool) -> Bool {
        !isAtEnd && counts.contains(count) && text[start..<end].allSatisfy(test)
    }

    /// langtag or privateuse.
    mutating func tag() -> Bool {
        if has(1...1, \.isLetter), first == UInt8(ascii: "x") { return privateUse() }
        guard has(2...3, \.isLetter) else { return false }
        advance()
        // extlang: up to three of three letters.
        var extendedCount = 0
        while extendedCount < 3, has(3...3, \.isLetter) {
            extendedCount += 1
            advance()
        }
        if has(4...4, \.isLetter) { advance() }
        if has(2...2, \.isLetter) || has(3...3, \.isDigit) { advance() }
        let variants = start
        while isVariant {
            if isKnownVariant(since: variants) { return false }
            advance()
        }
        var singletons: UInt64 = 0
        while has(1...1, \.isLetterOrDigit), first != UInt8(ascii: "x") {
            // Each singleton once (RFC 5646 §2.2.6).
            let bit: UInt64 = 1 << UInt64(text[start].isDigit ? text[start] - 48 : first - 97 + 10)
            guard singletons & bit == 0 else { return false }
            singletons |= bit
            advance()
            guard has(2...8, \.isLetterOrDigit) else { return false }
            while has(2...8, \.isLetterOrDigit) { advance() }
        }
        if has(1...1, \.isLetter) { return privateUse() }
        return isAtEnd
    }

    private var isVariant: Bool {
        has(5...8, \.isLetterOrDigit) || has(4...4, \.isLetterOrDigit) && text[start].isDigit
    }

    /// No variant comes twice (RFC 5646 §2.2.5).
    private func isKnownVariant(since variants: Int) -> Bool {
        var position = variants
        while position < start {
            let stop = text[position...].firstIndex(of: UInt8(ascii: "-")) ?? text.count
            if LanguageTagGrammar.areSame(text[position..<stop], text[start..<end]) { return true }
            position = stop + 1
        }
        return false
    }

    private mutating func privateUse() -> Bool {
        advance()
        guard has(1...8, \.isLetterOrDigit) else { return false }
        while has(1...8, \.isLetterOrDigit) { advance() }
        return isAtEnd
    }
}
