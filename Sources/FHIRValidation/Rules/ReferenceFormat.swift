import FHIRDefinitions

/// The literal form of references (R4 references.html#literal):
/// `#id` · `Type/id` · `Type/id/_history/version` · `Type?query` · anything with a scheme. No white space.
enum LiteralReference {
    /// `#`, with an id or alone.
    case fragment
    /// A type by name, at this place of the text, and an id or query behind it.
    case relative(type: Range<Int>)
    /// Any address with a scheme.
    case absolute

    typealias Text = UnsafeBufferPointer<UInt8>

    /// Nil for what is no reference.
    init?(_ text: Text) {
        for byte in text where byte <= 0x20 || byte == 0x7F { return nil }
        guard let first = text.first else { return nil }
        if first == UInt8(ascii: "#") {
            self = .fragment
            return
        }
        var end = 0
        while end < text.count, Self.isNameByte(text[end]) { end += 1 }
        guard end > 0, end < text.count else { return nil }
        switch text[end] {
        case UInt8(ascii: ":"):
            guard end + 1 < text.count else { return nil }
            self = .absolute
        case UInt8(ascii: "?"):
            guard Self.isTypeName(first), end + 1 < text.count else { return nil }
            self = .relative(type: 0..<end)
        case UInt8(ascii: "/"):
            guard Self.isTypeName(first) else { return nil }
            let rest = Text(rebasing: text[(end + 1)...])
            var slash = 0
            while slash < rest.count, rest[slash] != UInt8(ascii: "/"), rest[slash] != UInt8(ascii: "#") { slash += 1 }
            guard PrimitiveText.isID(Text(rebasing: rest[..<slash])),
                slash == rest.count || Self.isHistoryOrFragment(Text(rebasing: rest[slash...]))
            else { return nil }
            self = .relative(type: 0..<end)
        default: return nil
        }
    }

    /// `/_history/version` or `#fragment`.
    private static func isHistoryOrFragment(_ text: Text) -> Bool {
        if text[0] == UInt8(ascii: "#") { return true }
        let prefix: StaticString = "/_history/"
        guard PrimitiveText.hasPrefix(prefix, text) else { return false }
        return PrimitiveText.isID(Text(rebasing: text[prefix.utf8CodeUnitCount...]))
    }

    private static func isTypeName(_ first: UInt8) -> Bool { first >= UInt8(ascii: "A") && first <= UInt8(ascii: "Z") }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// An absolute address as servers give them: `https://host/path/Type/id`, perhaps with `/_history/version`
/// (R4 references.html#regex).
struct RESTAddress {
    let type: TypeID
    /// Where in the text the id is.
    let id: Range<Int>

    /// Nil for addresses of another form, and for those whose type R4 does not have.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ definitions: FHIRDefinitions) {
        guard PrimitiveText.hasPrefix("http://", text) || PrimitiveText.hasPrefix("https://", text) else { return nil }
        var end = text.count
        guard var last = Self.part(endingAt: end, of: text),
            var before = Self.part(endingAt: last.lowerBound - 1, of: text)
        else { return nil }
        let history: StaticString = "_history"
        if text[before].elementsEqual(UnsafeBufferPointer(start: history.utf8Start, count: history.utf8CodeUnitCount)) {
            end = before.lowerBound - 1
            guard let id = Self.part(endingAt: end, of: text),
                let name = Self.part(endingAt: id.lowerBound - 1, of: text)
            else { return nil }
            (last, before) = (id, name)
        }
        guard PrimitiveText.isID(UnsafeBufferPointer(rebasing: text[last])),
            let type = definitions.resourceType(utf8: UnsafeBufferPointer(rebasing: text[before]))
        else { return nil }
        self.type = type
        id = last
    }

    /// The part of a path that ends there; nil where there is none, or where it is the host.
    private static func part(endingAt end: Int, of text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard end > 8 else { return nil }
        var start = end
        while start > 0, text[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return start > 8 && start < end ? start..<end : nil
    }
}
