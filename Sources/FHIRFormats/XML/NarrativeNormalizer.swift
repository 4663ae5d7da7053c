/// Writes a narrative anew whose XHTML elements have a prefix, `<x:div xmlns:x="…">`: legal XML, but in JSON the text
/// is to begin with `<div xmlns="http://www.w3.org/1999/xhtml">` (R4 narrative.html#xhtml, json.html#xhtml).
///
/// Comments go, and CDATA sections become text.
final class NarrativeNormalizer: XMLEventHandler {
    private struct Element {
        var name: [UInt8]
        /// The namespace of it, and so of those in it that have no prefix.
        var namespace: String
    }

    private var output: [UInt8] = []
    private var open: [Element] = []
    /// Whether the last start tag lacks its end yet.
    private var isTagOpen = false

    /// - Parameter text: a narrative that is well-formed and declares its namespaces itself.
    static func normalized(_ text: [UInt8]) throws(FormatError) -> [UInt8] {
        let normalizer = NarrativeNormalizer()
        normalizer.output.reserveCapacity(text.count)
        try text.withUnsafeBufferPointer { bytes throws(FormatError) in
            try XMLEventReader.read(bytes, into: normalizer)
        }
        return normalizer.output
    }

    func start(_ tag: XMLStartTag, at place: XMLPlace) throws(FormatError) {
        closeTag()
        let element = Element(name: Array(tag.name.bytes), namespace: tag.namespace.string)
        output.append(UInt8(ascii: "<"))
        output += element.name
        if element.namespace != open.last?.namespace ?? "" { declare("xmlns", element.namespace) }
        var declared: Set<String> = ["", "xml"]
        for index in 0..<tag.attributeCount {
            let attribute = tag.attribute(index)
            let prefix = attribute.prefix.string
            if declared.insert(prefix).inserted { declare("xmlns:\(prefix)", attribute.namespace.string) }
            output.append(UInt8(ascii: " "))
            if !prefix.isEmpty { output += "\(prefix):".utf8 }
            output += attribute.name.bytes
            output += "=\"".utf8
            XMLEscape.appendAttribute(attribute.value, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        open.append(element)
        isTagOpen = true
    }

    func end(at place: XMLPlace) throws(FormatError) {
        guard let element = open.popLast() else { return }
        // Browsers take `<p/>` for a start tag, and these for what they are.
        if isTagOpen, Self.voidNames.contains(element.name) {
            output += "/>".utf8
            isTagOpen = false
            return
        }
        closeTag()
        output += "</".utf8
        output += element.name
        output.append(UInt8(ascii: ">"))
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>, at place: XMLPlace) throws(FormatError) {
        guard !open.isEmpty else { return }
        closeTag()
        XMLEscape.appendText(bytes, to: &output)
    }

    private func closeTag() {
        if isTagOpen { output.append(UInt8(ascii: ">")) }
        isTagOpen = false
    }

    private func declare(_ name: String, _ namespace: String) {
        output += " \(name)=\"".utf8
        XMLEscape.appendAttribute(Array(namespace.utf8), to: &output)
        output.append(UInt8(ascii: "\""))
    }

    private static let voidNames: Set<[UInt8]> = Set(["br", "hr", "img", "col"].map { Array($0.utf8) })
}
