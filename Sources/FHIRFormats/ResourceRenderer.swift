package import FHIRDefinitions
package import JSONTape

/// Writes a resource as an answer: properties in the standard's element order, numbers digit for digit, and the
/// server's id, version and time spliced in.
///
/// JSONB forgets the order of properties; FHIR JSON does not require one (R4 json.html), but people and XML readers
/// expect that of the definitions. One pass over the tape, no object per element.
package struct ResourceRenderer: Sendable {
    let definitions: FHIRDefinitions
    private let elementType: TypeID?
    let metaType: TypeID?
    private let extensionType: TypeID?
    /// Types that are frames around other resources, or about the request: a shape passes them by.
    private let unshapedTypes: Set<TypeID>
    private let bundleType: TypeID?

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        elementType = definitions.type(named: "Element")
        metaType = definitions.type(named: "Meta")
        extensionType = definitions.type(named: "Extension")
        bundleType = definitions.type(named: "Bundle")
        unshapedTypes = Set(["Bundle", "Parameters", "OperationOutcome"].compactMap { definitions.type(named: $0) })
    }

    /// Appends the resource at `index` to `output`.
    ///
    /// With a `stamp`, `id`, `meta.versionId` and `meta.lastUpdated` are the stamp's, whatever the document says. With
    /// a `shape`, only what it keeps is written; of a Bundle, the resources in its entries are shaped, not itself.
    ///
    /// - Parameter isInclude: whether the resource was not asked for itself, so that only those of the shape's
    ///   elements count that name its type.
    package func render(
        _ document: Document, _ index: Document.Index = Document.root, stamp: VersionStamp? = nil,
        shape: ResourceShape? = nil, isInclude: Bool = false, to output: inout JSONWriter
    ) {
        var scratch = Scratch()
        renderResource(
            document, index, stamp: stamp, shape: shape, isInclude: isInclude, scratch: &scratch, to: &output)
    }

    /// Appends stored `content` to `output`, or the content unchanged should it not parse.
    package func render(
        content: UnsafeBufferPointer<UInt8>, stamp: VersionStamp?, shape: ResourceShape? = nil,
        isInclude: Bool = false, to output: inout JSONWriter
    ) {
        guard let document = try? Document.parse(content, limits: Self.storedLimits) else {
            return output.raw(content)
        }
        render(document, stamp: stamp, shape: shape, isInclude: isInclude, to: &output)
    }

    /// What is stored was parsed with stricter limits when it came in.
    private static let storedLimits = JSONLimits(maximumByteCount: 1 << 28)

    /// The rendered bytes of stored `content`, or the content unchanged should it not parse.
    package func render(
        content: UnsafeBufferPointer<UInt8>, stamp: VersionStamp, shape: ResourceShape? = nil
    ) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: content.count + 96)
        render(content: content, stamp: stamp, shape: shape, to: &writer)
        return writer.bytes
    }

    // MARK: - Objects

    /// Members still to be written, as sort keys: order (24 bits), then tape index of the key (40 bits).
    struct Scratch {
        var members: [UInt64] = []
        /// The shape of the next resource inside: of a Bundle's entries.
        var entryShape: ResourceShape?
    }

    private static let unknownOrder: UInt64 = 0xFF_FFFF

    private func renderResource(
        _ document: Document, _ index: Document.Index, stamp: VersionStamp?, shape: ResourceShape?,
        isInclude: Bool = false, scratch: inout Scratch, to output: inout JSONWriter
    ) {
        let type = document.member("resourceType", of: index).flatMap { member in
            document.withString(member) { definitions.resourceType(utf8: $0) }
        }
        var filter: ObjectFilter?
        if let shape, let type {
            if !unshapedTypes.contains(type) { filter = ObjectFilter(shape, type, isInclude: isInclude) }
            if type == bundleType { scratch.entryShape = shape }
        }
        let head: Head? = stamp == nil && filter == nil ? nil : Head(stamp: stamp, isSubset: filter != nil)
        renderObject(
            document, index, type: type, filter: filter, head: head, isResource: true, scratch: &scratch, to: &output)
    }

    func renderObject(
        _ document: Document, _ index: Document.Index, type: TypeID?, filter: ObjectFilter?, head: Head?,
        isResource: Bool, scratch: inout Scratch, to output: inout JSONWriter
    ) {
        let first = scratch.members.count
        collectMembers(
            document, index, type: type, filter: filter, isResource: isResource, hasHead: head != nil, into: &scratch)
        var filter = filter
        if filter != nil, head == nil, scratch.members.count == first {
            // Nothing of the object belongs to the shape. FHIR has no empty objects, so all of it is written.
            filter = nil
            collectMembers(
                document, index, type: type, filter: nil, isResource: isResource, hasHead: false, into: &scratch)
        }
        let last = scratch.members.count
        output.beginObject()
        var needsHead = head != nil
        for position in first..<last {
            let entry = scratch.members[position]
            let key = Int(entry & 0xFF_FFFF_FFFF)
            if needsHead, let head, !document.isString(key, equalTo: "resourceType") {
                needsHead = false
                writeHead(head, document, index, scratch: &scratch, to: &output)
            }
            output.key(raw: document.rawText(key))
            renderMember(document, key, type: type, filter: filter, scratch: &scratch, to: &output)
        }
        if needsHead, let head { writeHead(head, document, index, scratch: &scratch, to: &output) }
        output.endObject()
        scratch.members.removeSubrange(first...)
    }

    /// Gathers the members of an object in the order they are to be written.
    func collectMembers(
        _ document: Document, _ index: Document.Index, type: TypeID?, filter: ObjectFilter?, isResource: Bool,
        hasHead: Bool, into scratch: inout Scratch
    ) {
        let first = scratch.members.count
        let end = document.next(index)
        var key = document.firstChild(index)
        while key < end {
            let value = key + 1
            defer { key = document.next(value) }
            let name = document.rawText(key)
            var order = Self.unknownOrder
            if isResource, document.isString(key, equalTo: "resourceType") {
                order = 0
            } else if hasHead, document.isString(key, equalTo: "id") || document.isString(key, equalTo: "meta") {
                continue
            } else if let type, let property = definitions.property(name, of: type) {
                if let filter, !filter.keeps(definitions[property.element], property.type) { continue }
                order = UInt64(property.element.rawValue) * 2 + (property.isCompanion ? 2 : 1)
            }
            let entry = order << 40 | UInt64(key)
            // Insertion sort: objects are small and often nearly sorted.
            var position = scratch.members.count
            scratch.members.append(entry)
            while position > first, scratch.members[position - 1] > entry {
                scratch.members[position] = scratch.members[position - 1]
                position -= 1
            }
            scratch.members[position] = entry
        }
    }

    func renderMember(
        _ document: Document, _ key: Document.Index, type: TypeID?, filter: ObjectFilter?, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        let value = key + 1
        let kind = document.kind(value)
        guard kind == .object || kind == .array else {
            output.raw(document.source(value))
            return
        }
        let property = type.flatMap { definitions.property(document.rawText(key), of: $0) }
        let valueType = property.map { $0.isCompanion ? elementType ?? $0.type : $0.type }
        var inner: ObjectFilter?
        if let filter, let property, !property.isCompanion, valueType != extensionType, valueType != metaType {
            inner = filter.inside(definitions[property.element], property.type)
        }
        renderValue(document, value, type: valueType, filter: inner, scratch: &scratch, to: &output)
    }

    private func renderValue(
        _ document: Document, _ value: Document.Index, type: TypeID?, filter: ObjectFilter?, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        switch document.kind(value) {
        case .array:
            output.beginArray()
            let end = document.next(value)
            var element = document.firstChild(value)
            while element < end {
                renderValue(document, element, type: type, filter: filter, scratch: &scratch, to: &output)
                element = document.next(element)
            }
            output.endArray()
        case .object:
            // Contained and bundled resources name their type themselves.
            if document.member("resourceType", of: value) != nil {
                let shape = scratch.entryShape
                scratch.entryShape = nil
                renderResource(document, value, stamp: nil, shape: shape, scratch: &scratch, to: &output)
                scratch.entryShape = shape
            } else {
                renderObject(
                    document, value, type: type, filter: filter, head: nil, isResource: false, scratch: &scratch,
                    to: &output)
            }
        default:
            output.raw(document.source(value))
        }
    }
}
