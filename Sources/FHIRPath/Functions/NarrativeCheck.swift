/// What XHTML a narrative may hold (R4 narrative.html#xhtml; invariants txt-1 and txt-2): one `div` with balanced tags
/// out of those of basic formatting, nothing that runs or loads from elsewhere, and something to read in it.
struct NarrativeCheck {
    private var rest: ArraySlice<UInt8>
    private var open: [String] = []
    private var hasContent = false

    private static let elements: Set<String> = [
        "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd",
        "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
        "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "tt",
        "ul", "var",
    ]

    private static let attributes: Set<String> = [
        "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing",
        "cellvalign", "char", "charoff", "charset", "cite", "class", "colspan", "compact", "coords", "dir", "frame",
        "headers", "height", "href", "hreflang", "hspace", "id", "lang", "longdesc", "name", "nowrap", "rel", "rev",
        "rowspan", "rules", "scope", "shape", "span", "src", "start", "style", "summary", "tabindex", "title", "type",
        "valign", "value", "vspace", "width", "xml:lang", "xmlns",
    ]

    static func isAllowed(_ text: String) -> Bool {
        var check = NarrativeCheck(rest: ArraySlice(text.utf8))
        return check.run()
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func run() -> Bool {
        skipSpace()
        guard rest.starts(with: "<div".utf8) else { return false }
        repeat {
            guard let byte = rest.first else { return false }
            if byte == UInt8(ascii: "<") {
                if !markup() { return false }
            } else {
                if byte > 0x20 { hasContent = true }
                rest = rest.dropFirst()
            }
        } while !open.isEmpty
        skipSpace()
        return rest.isEmpty && hasContent
    }

    private mutating func markup() -> Bool {
        if rest.starts(with: "<!--".utf8) { return skip(past: "-->") }
        // No DOCTYPE, CDATA or processing instructions.
        if rest.starts(with: "<!".utf8) || rest.starts(with: "<?".utf8) { return false }
        let isEnd = rest.starts(with: "</".utf8)
        rest = rest.dropFirst(isEnd ? 2 : 1)
        let name = name()
        guard Self.elements.contains(name), open.count < 200 else { return false }
        if isEnd {
            skipSpace()
            return open.popLast() == name && accept(UInt8(ascii: ">"))
        }
        if name == "img" { hasContent = true }
        return tag(name)
    }

    /// The rest of a start tag, behind its name.
    private mutating func tag(_ name: String) -> Bool {
        while true {
            skipSpace()
            if accept(UInt8(ascii: "/")) { return accept(UInt8(ascii: ">")) }
            if accept(UInt8(ascii: ">")) {
                open.append(name)
                return true
            }
            let attribute = self.name()
            guard Self.attributes.contains(attribute) || attribute.hasPrefix("xmlns:") else { return false }
            skipSpace()
            guard accept(UInt8(ascii: "=")) else { return false }
            skipSpace()
            guard let value = quoted(), isAllowed(attribute, value) else { return false }
        }
    }

    /// Links go anywhere but into scripts; images are part of the resource or come from an address.
    private func isAllowed(_ attribute: String, _ value: ArraySlice<UInt8>) -> Bool {
        guard attribute == "href" || attribute == "src" else { return true }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        return !text.hasPrefix("javascript:") && !text.hasPrefix("vbscript:")
    }

    private mutating func quoted() -> ArraySlice<UInt8>? {
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    private mutating func name() -> String {
        let name = rest.prefix {
            ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ":")
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        rest = rest[name.endIndex...]
        return String(decoding: name, as: UTF8.self)
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || 0x09...0x0D ~= $0 } }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skip(past end: String) -> Bool {
        while !rest.isEmpty, !rest.starts(with: end.utf8) { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return false }
        rest = rest.dropFirst(end.utf8.count)
        return true
    }
}
