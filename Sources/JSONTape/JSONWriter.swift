/// Builds a JSON text, compact, placing commas and colons itself.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.key("resourceType"); writer.string("Patient")
///     writer.endObject()
package struct JSONWriter: Sendable {
    @usableFromInline var storage: [UInt8] = []
    @usableFromInline var needsComma = false

    /// What was written so far.
    @inlinable package var bytes: [UInt8] { storage }

    package init(reservingByteCount capacity: Int = 0) {
        if capacity > 0 { storage.reserveCapacity(capacity) }
    }

    @inlinable package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    @inlinable package mutating func endObject() { end(UInt8(ascii: "}")) }
    @inlinable package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    @inlinable package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes a property's name, which needs no escaping.
    package mutating func key(_ name: StaticString) {
        key(raw: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Writes a property's name given as the raw text between the quotes.
    @inlinable package mutating func key(raw name: UnsafeBufferPointer<UInt8>) {
        separate()
        storage.append(UInt8(ascii: "\""))
        storage.append(contentsOf: name)
        storage.append(UInt8(ascii: "\""))
        storage.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a property's name only known at run time.
    package mutating func key(named name: String) {
        string(name)
        storage.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: $0) }
    }

    package mutating func string(utf8 value: UnsafeBufferPointer<UInt8>) {
        separate()
        storage.append(UInt8(ascii: "\""))
        JSONEscape.append(value, to: &storage)
        storage.append(UInt8(ascii: "\""))
    }

    package mutating func number(_ value: Int) { raw(String(value).utf8) }

    package mutating func bool(_ value: Bool) { raw((value ? "true" : "false").utf8) }

    package mutating func null() { raw("null".utf8) }

    /// Writes a value that is JSON already, such as a slice of a parsed text.
    @inlinable package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        separate()
        storage.append(contentsOf: json)
    }

    /// Writes a value that is JSON already, such as a number's text or a stored resource.
    @inlinable package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        storage.append(contentsOf: json)
    }

    // The generic form is not specialised for callers in other targets, where it costs ten times as much as these two.

    package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Copies a parsed value without the white space between its tokens.
    package mutating func copy(_ document: Document, _ index: Document.Index) {
        separate()
        switch document.kind(index) {
        case .array, .object: document.appendCompact(index, to: &storage)
        default: storage.append(contentsOf: document.source(index))
        }
    }

    package mutating func copy(_ node: JSONNode) { copy(node.document, node.index) }

    /// Writes `"name":"value"`.
    package mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    @inlinable mutating func begin(_ bracket: UInt8) {
        separate()
        storage.append(bracket)
        needsComma = false
    }

    @inlinable mutating func end(_ bracket: UInt8) {
        storage.append(bracket)
        needsComma = true
    }

    @inlinable mutating func separate() {
        if needsComma { storage.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
