import CXMLShims

/// Where in an XML text something stands: line and column from 1, offset in bytes from 0.
struct XMLPlace {
    var line: Int
    var column: Int
    var offset: Int

    init(_ place: martlet_xml_place) {
        line = place.line
        column = place.column
        offset = place.offset
    }

    func error(_ code: FormatError.Code, _ message: String) -> FormatError {
        FormatError(code, message, line: line, column: column)
    }
}

/// The start of an element, valid during the call that brings it.
struct XMLStartTag {
    private let element: martlet_xml_element

    fileprivate init(_ element: martlet_xml_element) { self.element = element }

    var name: XMLText { XMLText(element.name) }
    var prefix: XMLText { XMLText(element.prefix) }
    var namespace: XMLText { XMLText(element.uri) }
    var namespaceCount: Int { Int(element.namespace_count) }
    var attributeCount: Int { Int(element.attribute_count) }

    /// Prefix (empty for the default one) and URI of a namespace that is declared here.
    func declaredNamespace(_ index: Int) -> (prefix: XMLText, uri: XMLText) {
        (XMLText(element.namespaces[2 * index]), XMLText(element.namespaces[2 * index + 1]))
    }

    struct Attribute {
        var name: XMLText
        var prefix: XMLText
        var namespace: XMLText
        var value: UnsafeBufferPointer<UInt8>
    }

    func attribute(_ index: Int) -> Attribute {
        // libxml2 hands out five pointers per attribute; only prefix and namespace may be null.
        let parts = element.attributes! + 5 * index
        let start = UnsafeRawPointer(parts[3]!)
        let count = UnsafeRawPointer(parts[4]!) - start
        return Attribute(
            name: XMLText(parts[0]), prefix: XMLText(parts[1]), namespace: XMLText(parts[2]),
            value: UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count))
    }
}

/// A zero-ended UTF-8 string of the parser's; empty where it has none.
struct XMLText {
    let bytes: UnsafeBufferPointer<UInt8>

    fileprivate init(_ start: UnsafePointer<CChar>?) {
        var count = 0
        if let start { while start[count] != 0 { count += 1 } }
        let raw = start.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        bytes = UnsafeBufferPointer(start: raw, count: count)
    }

    var isEmpty: Bool { bytes.isEmpty }
    var string: String { String(decoding: bytes, as: UTF8.self) }

    static func == (left: XMLText, right: StaticString) -> Bool {
        left.bytes.elementsEqual(UnsafeBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
    }

    static func != (left: XMLText, right: StaticString) -> Bool { !(left == right) }
}

/// What a parse reports, in document order. Throwing ends it.
protocol XMLEventHandler: AnyObject {
    /// - Parameter place: inside the start tag, behind the last attribute.
    func start(_ tag: XMLStartTag, at place: XMLPlace) throws(FormatError)
    /// - Parameter place: behind the end tag.
    func end(at place: XMLPlace) throws(FormatError)
    /// Characters between tags, in any number of pieces.
    func text(_ bytes: UnsafeBufferPointer<UInt8>, at place: XMLPlace) throws(FormatError)
}

/// Reads XML by libxml2: no network, no document type, no entities but the five of XML.
enum XMLEventReader {
    /// Greatest size of a text, in bytes: libxml2 counts in 32 bits.
    static let greatestByteCount = 1 << 30

    private static let isReady: Bool = {
        martlet_xml_begin()
        return true
    }()

    static func read(_ bytes: UnsafeBufferPointer<UInt8>, into handler: any XMLEventHandler) throws(FormatError) {
        precondition(isReady)
        guard bytes.count <= greatestByteCount else {
            throw FormatError(.tooLarge, "the XML text is too large", line: 1, column: 1)
        }
        let run = Run(handler)
        var callbacks = martlet_xml_handler(
            context: Unmanaged.passUnretained(run).toOpaque(),
            start: { context, element, place in
                Run.of(context).run { handler throws(FormatError) in
                    guard let element else { return }
                    try Run.of(context).push(Int(element.pointee.namespace_count), at: XMLPlace(place))
                    try handler.start(XMLStartTag(element.pointee), at: XMLPlace(place))
                }
            },
            end: { context, place in
                Run.of(context).pop()
                return Run.of(context).run { handler throws(FormatError) in try handler.end(at: XMLPlace(place)) }
            },
            text: { context, text, count, place in
                Run.of(context).run { handler throws(FormatError) in
                    let start = text.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
                    try handler.text(UnsafeBufferPointer(start: start, count: Int(count)), at: XMLPlace(place))
                }
            })
        var place = martlet_xml_place()
        let status = bytes.withMemoryRebound(to: CChar.self) { text in
            martlet_xml_parse(text.baseAddress, text.count, &callbacks, &place)
        }
        withExtendedLifetime(run) {}
        if status == MARTLET_XML_OK { return }
        throw run.error ?? error(status, XMLPlace(place))
    }

    /// Carries the handler through C and its error back.
    private final class Run {
        let handler: any XMLEventHandler
        var error: FormatError?
        /// Namespaces that the open elements declare, each and together.
        private var namespaceCounts: [Int] = []
        private var namespaceCount = 0

        init(_ handler: any XMLEventHandler) { self.handler = handler }

        static func of(_ context: UnsafeMutableRawPointer?) -> Run {
            // Made from a Run by `read`, which keeps it alive until the parse is over.
            Unmanaged<Run>.fromOpaque(context!).takeUnretainedValue()
        }

        /// libxml2 walks through all namespaces in scope for every element, so there are few.
        func push(_ count: Int, at place: XMLPlace) throws(FormatError) {
            namespaceCounts.append(count)
            namespaceCount += count
            if namespaceCount > 64 {
                throw place.error(.tooManyAttributes, "too many namespaces are declared within each other")
            }
        }

        func pop() { namespaceCount -= namespaceCounts.popLast() ?? 0 }

        func run(_ body: (any XMLEventHandler) throws(FormatError) -> Void) -> Bool {
            do {
                try body(handler)
                return true
            } catch {
                self.error = error
                return false
            }
        }
    }

    private static func error(_ status: martlet_xml_status, _ place: XMLPlace) -> FormatError {
        switch status {
        case MARTLET_XML_TAG_MISMATCH: place.error(.tagMismatch, "the end tag is not that of the open element")
        case MARTLET_XML_ENDS_EARLY: place.error(.endsEarly, "the XML text ends early")
        case MARTLET_XML_UNKNOWN_ENTITY:
            place.error(.unknownEntity, "only the entities amp, lt, gt, quot and apos are allowed")
        case MARTLET_XML_DOCTYPE: place.error(.documentType, "a document type declaration is not allowed")
        case MARTLET_XML_ENCODING: place.error(.otherEncoding, "FHIR XML has the encoding UTF-8")
        case MARTLET_XML_CHARACTER: place.error(.invalidCharacter, "not UTF-8, or a character that XML forbids")
        case MARTLET_XML_DUPLICATE_ATTRIBUTE: place.error(.duplicateAttribute, "an attribute occurs twice in one tag")
        case MARTLET_XML_NAMESPACE: place.error(.undeclaredPrefix, "a namespace prefix is not declared")
        case MARTLET_XML_TOO_MANY_ATTRIBUTES: place.error(.tooManyAttributes, "a tag has too many attributes")
        case MARTLET_XML_NO_MEMORY: place.error(.tooLarge, "the XML text is too large")
        default: place.error(.malformed, "the text is not well-formed XML")
        }
    }
}
