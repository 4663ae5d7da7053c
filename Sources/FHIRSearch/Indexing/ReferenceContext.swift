package import FHIRDefinitions

/// What a reference's text means to this server: which URLs are its own, which names are resource types.
package struct ReferenceContext: Sendable {
    let definitions: FHIRDefinitions
    /// Own base URLs, without the slash at the end.
    let bases: [[UInt8]]

    package init(definitions: FHIRDefinitions, baseURLs: [String]) {
        self.definitions = definitions
        bases = baseURLs.map { url in
            Array(url.utf8.reversed().drop { $0 == UInt8(ascii: "/") }.reversed())
        }
    }

    /// What a reference points at.
    package enum Target {
        /// A resource of this server; `text` is `Type/id`.
        case local(type: TypeID, text: UnsafeBufferPointer<UInt8>)
        /// Any other absolute reference, without version.
        case literal(UnsafeBufferPointer<UInt8>)
        /// `#id` or something that is no reference.
        case none
    }

    /// Reads `Patient/23`, `[base]/Patient/23/_history/2`, `urn:uuid:…`, `http://elsewhere/Patient/1`.
    package func target(_ text: UnsafeBufferPointer<UInt8>) -> Target {
        guard let first = text.first, first != UInt8(ascii: "#") else { return .none }
        if let local = localTarget(text) { return local }
        for base in bases where text.count > base.count + 1 && text[base.count] == UInt8(ascii: "/") {
            guard text.prefix(base.count).elementsEqual(base) else { continue }
            if let local = localTarget(slice(text, from: base.count + 1, to: text.count)) { return local }
        }
        guard text.contains(UInt8(ascii: ":")) else { return .none }
        return .literal(withoutVersion(text))
    }

    /// `Type/id` with or without version; nil for anything else.
    private func localTarget(_ text: UnsafeBufferPointer<UInt8>) -> Target? {
        guard text.first.map({ $0 &- 0x41 < 26 }) == true,
            let slash = text.firstIndex(of: UInt8(ascii: "/")), slash + 1 < text.count,
            let type = definitions.resourceType(utf8: slice(text, from: 0, to: slash))
        else { return nil }
        var end = slash + 1
        while end < text.count, text[end] != UInt8(ascii: "/") { end += 1 }
        let rest = slice(text, from: end, to: text.count)
        guard end > slash + 1, rest.isEmpty || isVersion(rest) else { return nil }
        return .local(type: type, text: slice(text, from: 0, to: end))
    }

    private static let history = Array("/_history/".utf8)

    private func isVersion(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count > Self.history.count && text.prefix(Self.history.count).elementsEqual(Self.history)
    }

    private func withoutVersion(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var slash = text.count - 1
        while slash > 0, text[slash] != UInt8(ascii: "/") { slash -= 1 }
        let start = slash + 1 - Self.history.count
        guard start > 0, text[start...slash].elementsEqual(Self.history) else { return text }
        return slice(text, from: 0, to: start)
    }

    private func slice(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[start..<end])
    }
}
