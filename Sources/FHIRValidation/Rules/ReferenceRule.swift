import JSONTape

extension StructureWalk {
    /// `Reference.reference` is a relative or absolute address or a fragment (R4 references.html#literal).
    mutating func checkReference(_ object: Document.Index) {
        guard let member = document.member("reference", of: object) else { return }
        let kind = document.kind(member)
        guard kind == .string || kind == .escapedString else { return }
        let isValid = document.withString(member) { ReferenceFormat.isValid($0) }
        if !isValid { report(.value, at: member, "not a reference: Type/id, a URL, urn: or #id") }
    }
}

/// The literal form of references.
enum ReferenceFormat {
    /// `#id` · `Type/id` · `Type/id/_history/version` · `Type?query` · anything with a scheme. No white space.
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in text where byte <= 0x20 || byte == 0x7F { return false }
        guard let first = text.first else { return false }
        if first == UInt8(ascii: "#") { return true }
        var end = 0
        while end < text.count, isNameByte(text[end]) { end += 1 }
        guard end > 0, end < text.count else { return false }
        switch text[end] {
        case UInt8(ascii: ":"): return end + 1 < text.count
        case UInt8(ascii: "?"): return isTypeName(first) && end + 1 < text.count
        case UInt8(ascii: "/"):
            guard isTypeName(first) else { return false }
            let rest = UnsafeBufferPointer(rebasing: text[(end + 1)...])
            var slash = 0
            while slash < rest.count, rest[slash] != UInt8(ascii: "/"), rest[slash] != UInt8(ascii: "#") { slash += 1 }
            guard PrimitiveText.isID(UnsafeBufferPointer(rebasing: rest[..<slash])) else { return false }
            return slash == rest.count || isHistoryOrFragment(UnsafeBufferPointer(rebasing: rest[slash...]))
        default: return false
        }
    }

    /// `/_history/version` or `#fragment`.
    private static func isHistoryOrFragment(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text[0] == UInt8(ascii: "#") { return true }
        let prefix: StaticString = "/_history/"
        guard text.count > prefix.utf8CodeUnitCount else { return false }
        for offset in 0..<prefix.utf8CodeUnitCount where text[offset] != prefix.utf8Start[offset] { return false }
        return PrimitiveText.isID(UnsafeBufferPointer(rebasing: text[prefix.utf8CodeUnitCount...]))
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
