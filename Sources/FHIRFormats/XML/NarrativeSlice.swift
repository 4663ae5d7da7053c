/// The `div` of a narrative within an XML text: kept as it was written, because JSON holds it as text
/// (R4 json.html#xhtml).
///
/// Namespaces that the surrounding elements declare are written into its start tag where it uses them, so that the
/// text stands on its own.
struct NarrativeSlice {
    private let start: Int
    /// Open elements, the div itself included.
    private(set) var depth = 0
    /// Whether XHTML elements have a prefix.
    private(set) var isPrefixed = false
    private var declared: Set<String> = []
    private var used: [String: String] = [:]

    /// - Parameter end: an offset in the start tag, behind its last attribute.
    init(_ tag: XMLStartTag, endingAt end: Int, in source: UnsafeBufferPointer<UInt8>) {
        // A start tag has no other `<` than its first character.
        var start = min(end, source.count)
        while start > 0, start == source.count || source[start] != UInt8(ascii: "<") { start -= 1 }
        self.start = start
        self.start(tag)
    }

    mutating func start(_ tag: XMLStartTag) {
        depth += 1
        for index in 0..<tag.namespaceCount { declared.insert(tag.declaredNamespace(index).prefix.string) }
        note(tag.prefix, tag.namespace)
        if !tag.prefix.isEmpty, tag.namespace == XMLNames.xhtml { isPrefixed = true }
        for index in 0..<tag.attributeCount {
            let attribute = tag.attribute(index)
            if !attribute.prefix.isEmpty { note(attribute.prefix, attribute.namespace) }
        }
    }

    private mutating func note(_ prefix: XMLText, _ namespace: XMLText) {
        // The prefix `xml` is bound by the standard.
        if prefix == "xml" || namespace.isEmpty { return }
        let name = prefix.string
        if used[name] == nil, !declared.contains(name) { used[name] = namespace.string }
    }

    /// Whether the element that ends is the div itself.
    mutating func end() -> Bool {
        depth -= 1
        return depth == 0
    }

    /// The div, with the line ends that XML gives it (XML 1.0 §2.11).
    func text(of source: UnsafeBufferPointer<UInt8>, upTo end: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(end - start + 64)
        var position = start
        if !used.isEmpty {
            // The declarations go behind the tag's name.
            while position < end, !Self.endsName(source[position]) {
                text.append(source[position])
                position += 1
            }
            for (prefix, namespace) in used.sorted(by: { $0.key < $1.key }) {
                text.append(contentsOf: prefix.isEmpty ? " xmlns=\"".utf8 : " xmlns:\(prefix)=\"".utf8)
                XMLEscape.appendAttribute(Array(namespace.utf8), to: &text)
                text.append(UInt8(ascii: "\""))
            }
        }
        while position < end {
            let byte = source[position]
            position += 1
            guard byte == UInt8(ascii: "\r") else {
                text.append(byte)
                continue
            }
            text.append(UInt8(ascii: "\n"))
            if position < end, source[position] == UInt8(ascii: "\n") { position += 1 }
        }
        return text
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }
}
