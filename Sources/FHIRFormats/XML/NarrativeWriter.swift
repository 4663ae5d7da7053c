import CXMLShims

/// Writes the text of a narrative's `div` as XML (R4 narrative.html).
enum NarrativeWriter {
    /// Appends the div as it is, with the XHTML namespace if it lacks one. What is no well-formed div becomes the
    /// text of one, so that the answer is XML whatever is stored.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let plain = HTMLEntities.resolved(text)
        let isWritten = plain.withUnsafeBufferPointer { div in
            let finder = DivFinder()
            guard (try? XMLEventReader.read(div, into: finder)) != nil, let found = finder.found(in: div) else {
                return false
            }
            output.append(contentsOf: div[found.start..<found.nameEnd])
            if found.needsNamespace { output.append(contentsOf: " xmlns=\"http://www.w3.org/1999/xhtml\"".utf8) }
            output.append(contentsOf: div[found.nameEnd..<found.end])
            return true
        }
        if isWritten { return }
        output.append(contentsOf: "<div xmlns=\"http://www.w3.org/1999/xhtml\">".utf8)
        XMLEscape.appendText(text, to: &output)
        output.append(contentsOf: "</div>".utf8)
    }

    /// Checks that a text is one div and tells where it stands.
    private final class DivFinder: XMLEventHandler {
        private var depth = 0
        private var tagEnd = 0
        private var end = 0
        private var needsNamespace = false
        private var isDiv = false

        func start(_ tag: XMLStartTag, at place: XMLPlace) throws(FormatError) {
            depth += 1
            guard depth <= 256 else { throw place.error(.tooDeep, "elements are nested too deeply") }
            guard depth == 1 else { return }
            isDiv = tag.name == "div" && (tag.namespace.isEmpty || tag.namespace == XMLNames.xhtml)
            needsNamespace = tag.namespace.isEmpty
            tagEnd = place.offset
        }

        func end(at place: XMLPlace) throws(FormatError) {
            depth -= 1
            if depth == 0 { end = place.offset }
        }

        func text(_ bytes: UnsafeBufferPointer<UInt8>, at place: XMLPlace) throws(FormatError) {}

        func found(
            in text: UnsafeBufferPointer<UInt8>
        ) -> (start: Int, nameEnd: Int, end: Int, needsNamespace: Bool)? {
            guard isDiv, end <= text.count else { return nil }
            // A start tag has no other `<` than its first character.
            guard let start = text[..<tagEnd].lastIndex(of: UInt8(ascii: "<")) else { return nil }
            var nameEnd = start + 1
            while nameEnd < end, text[nameEnd] > 0x20, text[nameEnd] != UInt8(ascii: ">"),
                text[nameEnd] != UInt8(ascii: "/")
            {
                nameEnd += 1
            }
            return (start, nameEnd, end, needsNamespace)
        }
    }
}

/// The named entities of HTML 4, which narratives in JSON hold although XML does not know them.
enum HTMLEntities {
    /// The text with `&nbsp;` and its like as characters; the five entities of XML stay.
    static func resolved(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "&"), let (end, character) = entity(in: text, at: position) {
                output.append(contentsOf: character)
                position = end
            } else {
                output.append(byte)
                position += 1
            }
        }
        return output
    }

    private static func entity(
        in text: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> (end: Int, character: [UInt8])? {
        var end = start + 1
        while end < text.count, end - start <= 10, text[end].isLetterOrDigit { end += 1 }
        guard end < text.count, text[end] == UInt8(ascii: ";"), end > start + 1 else { return nil }
        let name = String(decoding: text[(start + 1)..<end], as: UTF8.self)
        if ["amp", "lt", "gt", "quot", "apos"].contains(name) { return nil }
        let code = martlet_xml_html_entity(name)
        guard code > 0, let scalar = Unicode.Scalar(code) else { return nil }
        return (end + 1, Array(String(Character(scalar)).utf8))
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10
    }
}
