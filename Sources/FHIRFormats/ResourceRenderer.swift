package import FHIRDefinitions
package import JSONTape

/// Writes a resource as an answer: properties in the standard's element order, numbers digit for digit, and the
/// server's id, version and time spliced in.
///
/// JSONB forgets the order of properties; FHIR JSON does not require one (R4 json.html), but people and XML readers
/// expect that of the definitions. One pass over the tape, no object per element.
package struct ResourceRenderer: Sendable {
    private let definitions: FHIRDefinitions
    private let elementType: TypeID?
    private let metaType: TypeID?

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        elementType = definitions.type(named: "Element")
        metaType = definitions.type(named: "Meta")
    }

    /// Appends the resource at `index` to `output`.
    ///
    /// With a `stamp`, `id`, `meta.versionId` and `meta.lastUpdated` are the stamp's, whatever the document says.
    package func render(
        _ document: Document, _ index: Document.Index = Document.root, stamp: VersionStamp? = nil,
        to output: inout JSONWriter
    ) {
        var scratch = Scratch()
        renderResource(document, index, stamp: stamp, scratch: &scratch, to: &output)
    }

    /// Appends stored `content` to `output` as ``render(content:stamp:)`` renders it.
    package func render(
        content: UnsafeBufferPointer<UInt8>, stamp: VersionStamp, to output: inout JSONWriter
    ) {
        guard let document = try? Document.parse(content, limits: Self.storedLimits) else {
            return output.raw(content)
        }
        render(document, stamp: stamp, to: &output)
    }

    /// What is stored was parsed with stricter limits when it came in.
    private static let storedLimits = JSONLimits(maximumByteCount: 1 << 28)

    /// The rendered bytes of stored `content`, or the content unchanged should it not parse.
    package func render(content: UnsafeBufferPointer<UInt8>, stamp: VersionStamp) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: content.count + 96)
        render(content: content, stamp: stamp, to: &writer)
        return writer.bytes
    }

    // MARK: - Objects

    /// Members still to be written, as sort keys: order (24 bits), then tape index of the key (40 bits).
    private struct Scratch {
        var members: [UInt64] = []
    }

    private static let unknownOrder: UInt64 = 0xFF_FFFF

    private func renderResource(
        _ document: Document, _ index: Document.Index, stamp: VersionStamp?, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        let type = document.member("resourceType", of: index).flatMap { member in
            document.withString(member) { definitions.resourceType(utf8: $0) }
        }
        renderObject(document, index, type: type, stamp: stamp, isResource: true, scratch: &scratch, to: &output)
    }

    private func renderObject(
        _ document: Document, _ index: Document.Index, type: TypeID?, stamp: VersionStamp?, isResource: Bool,
        scratch: inout Scratch, to output: inout JSONWriter
    ) {
        let first = scratch.members.count
        collectMembers(document, index, type: type, isResource: isResource, stamped: stamp != nil, into: &scratch)
        let last = scratch.members.count
        output.beginObject()
        var needsStamp = stamp != nil
        for position in first..<last {
            let entry = scratch.members[position]
            let key = Int(entry & 0xFF_FFFF_FFFF)
            if needsStamp, let stamp, !document.isString(key, equalTo: "resourceType") {
                needsStamp = false
                writeStamp(stamp, document, index, scratch: &scratch, to: &output)
            }
            output.key(raw: document.rawText(key))
            renderMember(document, key, type: type, scratch: &scratch, to: &output)
        }
        if needsStamp, let stamp { writeStamp(stamp, document, index, scratch: &scratch, to: &output) }
        output.endObject()
        scratch.members.removeSubrange(first...)
    }

    /// Gathers the members of an object in the order they are to be written.
    private func collectMembers(
        _ document: Document, _ index: Document.Index, type: TypeID?, isResource: Bool, stamped: Bool,
        into scratch: inout Scratch
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
            } else if stamped, document.isString(key, equalTo: "id") || document.isString(key, equalTo: "meta") {
                continue
            } else if let type, let property = definitions.property(name, of: type) {
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

    private func renderMember(
        _ document: Document, _ key: Document.Index, type: TypeID?, scratch: inout Scratch,
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
        renderValue(document, value, type: valueType, scratch: &scratch, to: &output)
    }

    private func renderValue(
        _ document: Document, _ value: Document.Index, type: TypeID?, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        switch document.kind(value) {
        case .array:
            output.beginArray()
            let end = document.next(value)
            var element = document.firstChild(value)
            while element < end {
                renderValue(document, element, type: type, scratch: &scratch, to: &output)
                element = document.next(element)
            }
            output.endArray()
        case .object:
            // Contained and bundled resources name their type themselves.
            if document.member("resourceType", of: value) != nil {
                renderResource(document, value, stamp: nil, scratch: &scratch, to: &output)
            } else {
                renderObject(
                    document, value, type: type, stamp: nil, isResource: false, scratch: &scratch, to: &output)
            }
        default:
            output.raw(document.source(value))
        }
    }

    // MARK: - Stamp

    private func writeStamp(
        _ stamp: VersionStamp, _ document: Document, _ index: Document.Index, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        output.member("id", stamp.id)
        output.key("meta")
        output.beginObject()
        let meta = document.member("meta", of: index)
        // R4 resource.html#Meta: id and extension come before versionId, everything else behind lastUpdated.
        copyMeta(document, meta, scratch: &scratch, to: &output) { document, key in
            document.isString(key, equalTo: "id") || document.isString(key, equalTo: "extension")
        }
        output.key("versionId")
        output.string(String(stamp.version))
        output.key("lastUpdated")
        stamp.updated.utf8.withUnsafeBufferPointer { output.string(utf8: $0) }
        copyMeta(document, meta, scratch: &scratch, to: &output) { document, key in
            !(document.isString(key, equalTo: "id") || document.isString(key, equalTo: "extension")
                || document.isString(key, equalTo: "versionId") || document.isString(key, equalTo: "lastUpdated"))
        }
        output.endObject()
    }

    private func copyMeta(
        _ document: Document, _ meta: Document.Index?, scratch: inout Scratch, to output: inout JSONWriter,
        where isWanted: (Document, Document.Index) -> Bool
    ) {
        guard let meta, document.kind(meta) == .object else { return }
        let first = scratch.members.count
        collectMembers(
            document, meta, type: metaType, isResource: false, stamped: false, into: &scratch)
        for position in first..<scratch.members.count {
            let key = Int(scratch.members[position] & 0xFF_FFFF_FFFF)
            guard isWanted(document, key) else { continue }
            output.key(raw: document.rawText(key))
            renderMember(
                document, key, type: metaType, scratch: &scratch, to: &output)
        }
        scratch.members.removeSubrange(first...)
    }
}
