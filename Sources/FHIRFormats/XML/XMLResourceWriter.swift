package import FHIRDefinitions
package import JSONTape

/// Writes resources as FHIR XML (R4 xml.html), elements in the standard's order.
package struct XMLResourceWriter: Sendable {
    fileprivate let definitions: FHIRDefinitions
    fileprivate let names: XMLNames

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        names = XMLNames(definitions)
    }

    /// The resource as an XML document; nil if it names no resource type of R4.
    ///
    /// Properties that the definitions do not know are left out: XML has no place for them.
    /// - Parameter isPretty: one element a line, two blanks per level; narratives stay as they are.
    package func xml(
        _ document: Document, _ index: Document.Index = Document.root, isPretty: Bool = false
    ) -> [UInt8]? {
        var writer = ElementWriter(self, document, isPretty: isPretty)
        writer.output.reserveCapacity(document.byteRange(index).count * 5 / 4)
        writer.output.append(contentsOf: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".utf8)
        guard writer.writeResource(index, isRoot: true) else { return nil }
        if isPretty { writer.output.append(UInt8(ascii: "\n")) }
        return writer.output
    }

    /// As ``xml(_:_:isPretty:)`` for JSON text of the server's own making.
    package func xml(json: [UInt8], isPretty: Bool = false) -> [UInt8]? {
        let limits = JSONLimits(maximumByteCount: 1 << 28, maximumDepth: 128)
        return (try? Document.parse(json, limits: limits)).flatMap { xml($0, isPretty: isPretty) }
    }
}

/// One pass over the tape.
private struct ElementWriter {
    private let definitions: FHIRDefinitions
    private let names: XMLNames
    private let document: Document
    private let isPretty: Bool
    private var level = 0
    var output: [UInt8] = []
    /// Members still to be written, innermost object last: order (24 bits), then tape index of the key (40 bits).
    private var members: [UInt64] = []

    init(_ writer: XMLResourceWriter, _ document: Document, isPretty: Bool) {
        definitions = writer.definitions
        names = writer.names
        self.document = document
        self.isPretty = isPretty
    }

    /// Writes the element of a resource; false if it names no type.
    mutating func writeResource(_ index: Document.Index, isRoot: Bool = false) -> Bool {
        guard let member = document.member("resourceType", of: index),
            let type = document.withString(member, { definitions.resourceType(utf8: $0) })
        else { return false }
        let name = Array(definitions.name(of: type).utf8)
        breakLine()
        open(name)
        if isRoot { output.append(contentsOf: " xmlns=\"http://hl7.org/fhir\"".utf8) }
        writeContent(of: index, type: type, name: name)
        return true
    }

    // MARK: - Tags

    private mutating func breakLine() {
        guard isPretty else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
    }

    private mutating func open(_ name: some Collection<UInt8>) {
        output.append(UInt8(ascii: "<"))
        output.append(contentsOf: name)
    }

    private mutating func close(_ name: some Collection<UInt8>) {
        breakLine()
        output.append(contentsOf: "</".utf8)
        output.append(contentsOf: name)
        output.append(UInt8(ascii: ">"))
    }

    private mutating func attribute(_ name: StaticString, _ value: Document.Index) {
        let kind = document.kind(value)
        guard kind != .null, kind != .object, kind != .array else { return }
        output.append(UInt8(ascii: " "))
        output.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        output.append(contentsOf: "=\"".utf8)
        document.withString(value) { XMLEscape.appendAttribute($0, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    // MARK: - Objects

    /// Writes the rest of a start tag that is open, the members as elements, and the end tag.
    private mutating func writeContent(
        of index: Document.Index, type: TypeID, name: some Collection<UInt8>, value: Document.Index? = nil
    ) {
        let first = members.count
        collectMembers(of: index, type: type)
        if let value { attribute("value", value) }
        let last = members.count
        let begin = output.count
        output.append(UInt8(ascii: ">"))
        level += 1
        var position = first
        while position < last {
            let key = key(at: position)
            guard let property = definitions.property(document.rawText(key), of: type) else { break }
            var value = property.isCompanion ? nil : key + 1
            var companion = property.isCompanion ? key + 1 : nil
            position += 1
            if position < last, !property.isCompanion, isCompanion(self.key(at: position), of: property, in: type) {
                companion = self.key(at: position) + 1
                position += 1
            }
            if value.map(document.kind) == .null { value = nil }
            let spelling = UnsafeBufferPointer(rebasing: document.rawText(key)[(property.isCompanion ? 1 : 0)...])
            writeProperty(spelling, property.type, value, companion)
        }
        level -= 1
        members.removeSubrange(first...)
        if output.count == begin + 1 {
            output[begin] = UInt8(ascii: "/")
            output.append(UInt8(ascii: ">"))
        } else {
            close(name)
        }
    }

    private func key(at position: Int) -> Document.Index { Int(members[position] & 0xFF_FFFF_FFFF) }

    private func isCompanion(_ key: Document.Index, of property: Property, in type: TypeID) -> Bool {
        guard let next = definitions.property(document.rawText(key), of: type) else { return false }
        return next.isCompanion && next.element == property.element && next.type == property.type
    }

    /// Gathers the members in the standard's order; those that are attributes are written to the open start tag.
    private mutating func collectMembers(of index: Document.Index, type: TypeID) {
        guard document.kind(index) == .object else { return }
        let first = members.count
        let end = document.next(index)
        var key = document.firstChild(index)
        while key < end {
            defer { key = document.next(key + 1) }
            guard let property = definitions.property(document.rawText(key), of: type) else { continue }
            if definitions[property.element].isAttribute {
                attribute(document.isString(key, equalTo: "id") ? "id" : "url", key + 1)
                continue
            }
            let order = UInt64(property.element.rawValue) * 2 + (property.isCompanion ? 1 : 0)
            let entry = order << 40 | UInt64(key)
            // Insertion sort: objects are small and mostly sorted, and an object has a property once at most.
            var position = members.count
            members.append(entry)
            while position > first, members[position - 1] > entry {
                members[position] = members[position - 1]
                position -= 1
            }
            members[position] = entry
        }
    }

    // MARK: - Values

    private mutating func writeProperty(
        _ name: UnsafeBufferPointer<UInt8>, _ type: TypeID, _ value: Document.Index?, _ companion: Document.Index?
    ) {
        let isList = [value, companion].contains { $0.map(document.kind) == .array }
        guard isList else {
            writeValue(name, type, value, companion)
            return
        }
        var values = Cursor(document, value)
        var companions = Cursor(document, companion)
        while !values.isAtEnd || !companions.isAtEnd {
            writeValue(name, type, values.next(), companions.next())
        }
    }

    /// Steps through an array; a `null`, and what is behind the end, gives nil.
    private struct Cursor {
        private let document: Document
        private var index: Document.Index
        private let end: Document.Index

        init(_ document: Document, _ array: Document.Index?) {
            self.document = document
            guard let array, document.kind(array) == .array else {
                (index, end) = (0, 0)
                return
            }
            index = document.firstChild(array)
            end = document.next(array)
        }

        var isAtEnd: Bool { index >= end }

        mutating func next() -> Document.Index? {
            guard index < end else { return nil }
            defer { index = document.next(index) }
            return document.kind(index) == .null ? nil : index
        }
    }

    private mutating func writeValue(
        _ name: UnsafeBufferPointer<UInt8>, _ type: TypeID, _ value: Document.Index?, _ companion: Document.Index?
    ) {
        switch names.form(of: type) {
        case .string, .boolean, .number:
            guard value != nil || companion != nil else { return }
            breakLine()
            open(name)
            if let companion {
                writeContent(of: companion, type: type, name: name, value: value)
            } else {
                if let value { attribute("value", value) }
                output.append(contentsOf: "/>".utf8)
            }
        case .narrative:
            guard let value else { return }
            breakLine()
            document.withString(value) { NarrativeWriter.append($0, to: &output) }
        case .resource:
            guard let value, document.kind(value) == .object else { return }
            writeHolder(name, of: value)
        case .object:
            guard let value, document.kind(value) == .object else { return }
            breakLine()
            open(name)
            writeContent(of: value, type: type, name: name)
        }
    }

    /// Writes the element that holds a resource, unless that is none.
    private mutating func writeHolder(_ name: UnsafeBufferPointer<UInt8>, of resource: Document.Index) {
        let begin = output.count
        breakLine()
        open(name)
        output.append(UInt8(ascii: ">"))
        level += 1
        let isWritten = writeResource(resource)
        level -= 1
        if isWritten { close(name) } else { output.removeSubrange(begin...) }
    }
}
