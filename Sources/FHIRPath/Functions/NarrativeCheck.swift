/// What XHTML a narrative may hold (R4 narrative.html#xhtml; invariants txt-1 and txt-2): one `div` with balanced tags
/// out of those of basic formatting, nothing that runs or loads from elsewhere, and something to read in it.
package struct NarrativeCheck {
    /// What is wrong with a narrative.
    package enum Fault: Sendable {
        /// It is no XHTML, or has an element or attribute that is not allowed (txt-1).
        case markup
        /// There is nothing in it to read (txt-2).
        case noContent
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var open: [Name] = []
    private var hasContent = false

    /// A name of up to 16 bytes; names that are longer are none that is allowed.
    private typealias Name = UInt128

    private static let elements = names(
        """
        a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i \
        img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
        """)

    private static let attributes = names(
        """
        abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff \
        charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name \
        nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace \
        width xml:lang xmlns
        """)
    private static let image = name("img")
    /// XHTML 1.0 gives `pre` an `xml:space`, which says what `pre` does anyhow.
    private static let preformatted = name("pre")
    private static let space = name("xml:space")
    private static let links: [Name] = [name("href"), name("src")]

    static func isAllowed(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isAllowed($0) }
    }

    static func isAllowed(_ text: UnsafeBufferPointer<UInt8>) -> Bool { fault(in: text) == nil }

    /// What is wrong with the text of a `div`, in UTF-8; nil if nothing is. One pass.
    package static func fault(in text: UnsafeBufferPointer<UInt8>) -> Fault? {
        var check = NarrativeCheck(text: text)
        return check.run()
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func run() -> Fault? {
        skipSpace()
        guard starts(with: "<div") else { return .markup }
        repeat {
            guard index < text.count else { return .markup }
            if text[index] == UInt8(ascii: "<") {
                if !markup() { return .markup }
            } else {
                if text[index] > 0x20 { hasContent = true }
                index += 1
            }
        } while !open.isEmpty
        skipSpace()
        guard index == text.count else { return .markup }
        return hasContent ? nil : .noContent
    }

    private mutating func markup() -> Bool {
        if starts(with: "<!--") { return skip(past: "-->") }
        // No DOCTYPE, CDATA or processing instructions.
        if starts(with: "<!") || starts(with: "<?") { return false }
        let isEnd = starts(with: "</")
        index += isEnd ? 2 : 1
        guard let name = name(), Self.elements.contains(name), open.count < 200 else { return false }
        if isEnd {
            skipSpace()
            return open.popLast() == name && accept(UInt8(ascii: ">"))
        }
        if name == Self.image { hasContent = true }
        return tag(name)
    }

    /// The rest of a start tag, behind its name.
    private mutating func tag(_ name: Name) -> Bool {
        while true {
            skipSpace()
            if accept(UInt8(ascii: "/")) { return accept(UInt8(ascii: ">")) }
            if accept(UInt8(ascii: ">")) {
                open.append(name)
                return true
            }
            let isNamespace = starts(with: "xmlns:")
            guard let attribute = self.name(),
                isNamespace || Self.attributes.contains(attribute)
                    || attribute == Self.space && name == Self.preformatted
            else { return false }
            skipSpace()
            guard accept(UInt8(ascii: "=")) else { return false }
            skipSpace()
            guard let value = quoted(), !Self.links.contains(attribute) || Self.isHarmless(value) else { return false }
        }
    }

    /// Links go anywhere but into scripts.
    private static func isHarmless(_ link: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let link = String(decoding: link, as: UTF8.self).lowercased()
        return !link.hasPrefix("javascript:") && !link.hasPrefix("vbscript:")
    }

    private mutating func quoted() -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard index < text.count, text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'") else {
            return nil
        }
        let start = index + 1
        var end = start
        while end < text.count, text[end] != text[index] { end += 1 }
        guard end < text.count else { return nil }
        index = end + 1
        return text[start..<end]
    }

    // MARK: - Names

    private static func names(_ words: String) -> Set<Name> { Set(words.split(separator: " ").map { name($0) }) }

    private static func name(_ word: some StringProtocol) -> Name {
        word.utf8.reduce(0) { $0 << 8 | Name($1) }
    }

    /// Nil for none, and for one that is too long.
    private mutating func name() -> Name? {
        let start = index
        var name: Name = 0
        while index < text.count, Self.isInName(text[index]) {
            name = name << 8 | Name(text[index])
            index += 1
        }
        return 1...16 ~= index - start ? name : nil
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    // MARK: - Bytes

    private func starts(with word: StaticString) -> Bool {
        guard index + word.utf8CodeUnitCount <= text.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount where text[index + offset] != word.utf8Start[offset] { return false }
        return true
    }

    private mutating func skipSpace() {
        while index < text.count, text[index] == 0x20 || 0x09...0x0D ~= text[index] { index += 1 }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skip(past end: StaticString) -> Bool {
        while index < text.count, !starts(with: end) { index += 1 }
        guard index < text.count else { return false }
        index += end.utf8CodeUnitCount
        return true
    }
}
