import FHIRDefinitions
import JSONTape

/// Builds the tree of a resource from the events of a parse, by the definitions: what they do not know is refused.
final class XMLTreeBuilder: XMLEventHandler {
    private(set) var tree = XMLTree()
    private let source: UnsafeBufferPointer<UInt8>
    private let definitions: FHIRDefinitions
    private let names: XMLNames
    private let maximumDepth: Int
    /// Positions of the open elements, outermost first.
    private var open: [Int] = []
    private var narrative: NarrativeSlice?

    /// - Parameter source: the text that the events are about.
    init(
        _ source: UnsafeBufferPointer<UInt8>, definitions: FHIRDefinitions, names: XMLNames, maximumDepth: Int
    ) {
        self.source = source
        self.definitions = definitions
        self.names = names
        self.maximumDepth = maximumDepth
        tree.text.reserveCapacity(source.count / 2)
        tree.nodes.reserveCapacity(source.count / 40)
    }

    // MARK: - Events

    func start(_ tag: XMLStartTag, at place: XMLPlace) throws(FormatError) {
        guard open.count + (narrative?.depth ?? 0) < maximumDepth else {
            throw place.error(.tooDeep, "elements are nested too deeply")
        }
        if narrative != nil {
            narrative?.start(tag)
            return
        }
        guard let parent = open.last else {
            try startResource(tag, in: nil, at: place)
            return
        }
        let type = tree.nodes[parent].type
        if names.form(of: type) == .resource, definitions[type].isAbstract {
            guard tree.nodes[parent].firstChild < 0 else {
                throw place.error(.misplacedResource, "there is one resource at most in an element")
            }
            try startResource(tag, in: parent, at: place)
        } else {
            try startElement(tag, in: parent, at: place)
        }
    }

    func end(at place: XMLPlace) throws(FormatError) {
        if narrative?.end() == false { return }
        // Every end has a start: the parser sees to that.
        let position = open.removeLast()
        if let slice = narrative {
            narrative = nil
            let text = slice.text(of: source, upTo: place.offset)
            tree.nodes[position].value = escaped(slice.isPrefixed ? try NarrativeNormalizer.normalized(text) : text)
        }
        let node = tree.nodes[position]
        let isEmpty = node.value.isEmpty && node.id.isEmpty && node.url.isEmpty && node.firstChild < 0
        // R4 xml.html: elements are never empty. A resource without any is one of nothing but its type.
        if isEmpty, !isResource(node) {
            throw place.error(.empty, "an element needs a value or content")
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>, at place: XMLPlace) throws(FormatError) {
        guard narrative == nil else { return }
        for byte in bytes where byte > 0x20 {
            throw place.error(.misplacedText, "text is not allowed between elements")
        }
    }

    private func isResource(_ node: XMLTree.Node) -> Bool {
        names.form(of: node.type) == .resource && !definitions[node.type].isAbstract
    }

    // MARK: - Elements

    private func startResource(_ tag: XMLStartTag, in parent: Int?, at place: XMLPlace) throws(FormatError) {
        guard tag.namespace == XMLNames.fhir else {
            throw place.error(.wrongNamespace, "the namespace of resources is http://hl7.org/fhir")
        }
        guard let type = definitions.resourceType(utf8: tag.name.bytes) else {
            throw place.error(.unknownResource, "the element names no resource type of FHIR R4")
        }
        let node = XMLTree.Node(
            name: copy(tag.name.bytes), element: ElementID(rawValue: 0), type: type, isRepeating: false,
            line: Int32(clamping: place.line), column: Int32(clamping: place.column))
        let position = tree.append(node, to: parent)
        open.append(position)
        for index in 0..<tag.attributeCount where !isSchemaHint(tag.attribute(index)) {
            throw place.error(.unknownAttribute, "a resource has no attributes")
        }
    }

    private func startElement(_ tag: XMLStartTag, in parent: Int, at place: XMLPlace) throws(FormatError) {
        let owner = tree.nodes[parent].type
        guard let property = definitions.property(tag.name.bytes, of: owner), !property.isCompanion,
            !definitions[property.element].isAttribute
        else {
            throw place.error(
                .unknownElement, "\(definitions.name(of: owner)) has no element of this name: \(Self.word(tag.name))")
        }
        let form = names.form(of: property.type)
        guard tag.namespace == (form == .narrative ? XMLNames.xhtml : XMLNames.fhir) else {
            throw place.error(.wrongNamespace, "the element is in the wrong namespace: \(Self.word(tag.name))")
        }
        let node = XMLTree.Node(
            name: copy(tag.name.bytes), element: property.element, type: property.type,
            isRepeating: definitions[property.element].isRepeating, line: Int32(clamping: place.line),
            column: Int32(clamping: place.column))
        let position = tree.append(node, to: parent)
        open.append(position)
        if form == .narrative {
            narrative = NarrativeSlice(tag, endingAt: place.offset, in: source)
        } else {
            try readAttributes(tag, position, form, at: place)
        }
    }

    /// A name as it may stand in a message: names come from the schema, but a sender may have put anything there.
    private static func word(_ name: XMLText) -> String {
        let isPlain = name.bytes.count <= 64 && name.bytes.allSatisfy { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
        return isPlain ? name.string : "(a name with other characters than letters)"
    }

    // MARK: - Attributes

    private func readAttributes(
        _ tag: XMLStartTag, _ position: Int, _ form: XMLNames.Form, at place: XMLPlace
    ) throws(FormatError) {
        for index in 0..<tag.attributeCount {
            let attribute = tag.attribute(index)
            if isSchemaHint(attribute) { continue }
            guard attribute.namespace.isEmpty else {
                throw place.error(.unknownAttribute, "attributes of FHIR have no namespace")
            }
            // R4 xml.html: attributes are absent or hold at least one character.
            guard !attribute.value.isEmpty else { throw place.error(.empty, "an attribute needs a value") }
            if attribute.name == "value", form.isPrimitive {
                tree.nodes[position].value = try value(attribute.value, form, at: place)
            } else if attribute.name == "id" {
                tree.nodes[position].id = escaped(attribute.value)
            } else if attribute.name == "url", tree.nodes[position].type == names.extensionType {
                tree.nodes[position].url = escaped(attribute.value)
            } else {
                throw place.error(.unknownAttribute, "the element \(Self.word(tag.name)) has no such attribute")
            }
        }
    }

    private func isSchemaHint(_ attribute: XMLStartTag.Attribute) -> Bool {
        attribute.namespace == "http://www.w3.org/2001/XMLSchema-instance"
            && (attribute.name == "schemaLocation" || attribute.name == "noNamespaceSchemaLocation")
    }

    private func value(
        _ text: UnsafeBufferPointer<UInt8>, _ form: XMLNames.Form, at place: XMLPlace
    ) throws(FormatError) -> XMLTree.Slice {
        switch form {
        case .boolean:
            guard text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) else {
                throw place.error(.invalidValue, "a boolean is true or false")
            }
            return copy(text)
        case .number:
            guard JSONNumber.isValid(text) else { throw place.error(.invalidValue, "the value is no number") }
            return copy(text)
        default:
            return escaped(text)
        }
    }

    private func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> XMLTree.Slice {
        let start = tree.text.count
        tree.text.append(contentsOf: bytes)
        return XMLTree.Slice(start: Int32(start), count: Int32(bytes.count))
    }

    private func escaped(_ bytes: UnsafeBufferPointer<UInt8>) -> XMLTree.Slice {
        let start = tree.text.count
        JSONEscape.append(bytes, to: &tree.text)
        return XMLTree.Slice(start: Int32(start), count: Int32(tree.text.count - start))
    }

    private func escaped(_ bytes: [UInt8]) -> XMLTree.Slice { bytes.withUnsafeBufferPointer { escaped($0) } }
}
