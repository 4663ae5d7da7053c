import FHIRDefinitions
import JSONTape

/// Turns a resource as sent into the text that is stored: compact, with its id, without what columns hold.
///
/// Properties keep their order and numbers their digits. `meta.versionId` and `meta.lastUpdated` are dropped (the
/// server sets them, R4 http#create), and `meta` itself if nothing else was in it. Links to resources of the same
/// transaction are replaced by their new addresses on the way (R4 http#trules).
struct ContentEncoder {
    /// The stored text.
    struct Content: Sendable {
        var bytes: [UInt8]
        /// Whether JSONB would change a number's text, so that the text must be kept beside it.
        var needsExactText: Bool
        /// Whether a link was replaced, so that the text no longer says what was sent.
        var hasNewLinks = false
    }

    private let definitions: FHIRDefinitions
    private let links: LinkTable?
    private var writer: JSONWriter
    private var needsExactText = false
    private var hasNewLinks = false

    private init(definitions: FHIRDefinitions, links: LinkTable?, capacity: Int) {
        self.definitions = definitions
        self.links = links
        writer = JSONWriter(reservingByteCount: capacity)
    }

    static func encode(
        _ document: Document, _ index: Document.Index, type: TypeID, id: String, links: LinkTable? = nil,
        definitions: FHIRDefinitions
    ) -> Content {
        let capacity = document.byteRange(index).count + 64
        var encoder = ContentEncoder(definitions: definitions, links: links, capacity: capacity)
        encoder.encodeResource(document, index, type: type, id: id)
        return Content(
            bytes: encoder.writer.bytes, needsExactText: encoder.needsExactText, hasNewLinks: encoder.hasNewLinks)
    }

    private mutating func encodeResource(
        _ document: Document, _ index: Document.Index, type: TypeID, id: String
    ) {
        writer.beginObject()
        writer.member("resourceType", definitions.name(of: type))
        writer.member("id", id)
        let end = document.next(index)
        var key = document.firstChild(index)
        while key < end {
            let value = key + 1
            defer { key = document.next(value) }
            if document.isString(key, equalTo: "resourceType") || document.isString(key, equalTo: "id") { continue }
            if document.isString(key, equalTo: "meta"), document.kind(value) == .object {
                encodeMeta(document, key)
                continue
            }
            encodeMember(document, key, of: type)
        }
        writer.endObject()
    }

    private mutating func encodeMeta(_ document: Document, _ key: Document.Index) {
        let meta = key + 1
        let end = document.next(meta)
        let type = definitions.type(named: "Meta")
        var hasBegun = false
        var member = document.firstChild(meta)
        while member < end {
            defer { member = document.next(member + 1) }
            if document.isString(member, equalTo: "versionId") || document.isString(member, equalTo: "lastUpdated") {
                continue
            }
            if !hasBegun {
                hasBegun = true
                writer.key("meta")
                writer.beginObject()
            }
            encodeMember(document, member, of: type)
        }
        if hasBegun { writer.endObject() }
    }

    private mutating func encodeMember(_ document: Document, _ key: Document.Index, of type: TypeID?) {
        writer.key(raw: document.rawText(key))
        guard let links, let type else {
            copy(document, key + 1)
            return
        }
        guard let property = definitions.property(document.rawText(key), of: type) else {
            copy(document, key + 1)
            return
        }
        let place = links.place(of: property, named: document.rawText(key), in: type)
        encodeLinked(document, key + 1, type: property.type, place, links: links)
    }

    private mutating func encodeLinked(
        _ document: Document, _ value: Document.Index, type: TypeID, _ place: LinkTable.Place, links: LinkTable
    ) {
        switch document.kind(value) {
        case .object:
            var actual = type
            if definitions[type].kind == .resource, let inner = resourceType(of: document, value) {
                if links.keepsAsSent(inner) { return copy(document, value) }
                actual = inner
            }
            writer.beginObject()
            let end = document.next(value)
            var key = document.firstChild(value)
            while key < end {
                encodeMember(document, key, of: actual)
                key = document.next(key + 1)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            let end = document.next(value)
            var element = document.firstChild(value)
            while element < end {
                encodeLinked(document, element, type: type, place, links: links)
                element = document.next(element)
            }
            writer.endArray()
        case .string, .escapedString:
            if place != .none, let replacement = links.replacement(for: document.string(value), at: place) {
                writer.string(replacement)
                hasNewLinks = true
            } else {
                writer.raw(document.source(value))
            }
        default:
            copy(document, value)
        }
    }

    private func resourceType(of document: Document, _ object: Document.Index) -> TypeID? {
        document.member("resourceType", of: object).flatMap { member in
            document.withString(member) { definitions.resourceType(utf8: $0) }
        }
    }

    /// Copies a value token by token, watching for numbers that JSONB would rewrite.
    private mutating func copy(_ document: Document, _ index: Document.Index) {
        switch document.kind(index) {
        case .object:
            writer.beginObject()
            let end = document.next(index)
            var key = document.firstChild(index)
            while key < end {
                writer.key(raw: document.rawText(key))
                copy(document, key + 1)
                key = document.next(key + 1)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            let end = document.next(index)
            var element = document.firstChild(index)
            while element < end {
                copy(document, element)
                element = document.next(element)
            }
            writer.endArray()
        case .number:
            let text = document.rawText(index)
            if !needsExactText { needsExactText = Self.isRewrittenByJSONB(text) }
            writer.raw(text)
        default:
            writer.raw(document.source(index))
        }
    }

    /// JSONB keeps trailing zeros but expands exponents and forgets the sign of zero.
    private static func isRewrittenByJSONB(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text.first == UInt8(ascii: "-"), !text.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")) ~= $0 }) {
            return true
        }
        return text.contains { $0 | 0x20 == UInt8(ascii: "e") }
    }
}
