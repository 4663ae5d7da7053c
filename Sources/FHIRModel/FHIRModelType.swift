import FHIRDefinitions
package import JSONTape

/// Anything that a FHIR element may hold: a primitive's value, a data type, a backbone element, a resource.
///
/// Reading and writing run over the tape. `Codable` is there for code that asks for it; see `ModelCoding`.
package protocol FHIRModelType: Sendable, Hashable, Codable {
    /// Reads a JSON value; throws where it is no value of this type.
    init(from node: JSONNode) throws(FHIRModelError)

    /// Writes the value as JSON.
    func write(to writer: inout JSONWriter)

    /// Whether arrays of it may hold `null`, with a companion in its place (R4 json.html#primitive).
    static var isPrimitive: Bool { get }
}

extension FHIRModelType {
    package static var isPrimitive: Bool { false }

    /// Reads JSON text as FHIR allows it.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package init(json: [UInt8]) throws(FHIRModelError) {
        guard let document = try? Document.parse(json, limits: .fhir) else { throw FHIRModelError(.invalidJSON) }
        try self.init(from: JSONNode(document))
    }

    /// The value as JSON text, compact.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

/// A type with elements. Generated types say which they are; this protocol's extension does the reading.
package protocol FHIRElement: FHIRModelType, FHIRCodableByJSON {
    /// What the standard says of it.
    static var definition: ModelDefinition { get }

    /// A value without any content.
    init()

    var id: String? { get set }

    /// `id` and extensions of the primitive elements, the `_name` properties.
    var companions: Companions { get set }

    /// Takes the value of one element; what is wrong with it stays in the reader.
    mutating func read(_ reader: inout PropertyReader)

    /// Writes the elements that have a value, in the standard's order.
    func writeElements(to writer: inout JSONWriter)
}

extension FHIRElement {
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package init(from node: JSONNode) throws(FHIRModelError) {
        self.init()
        var cursor = try ObjectCursor(node, Self.definition)
        while var reader = try cursor.next() {
            read(&reader)
            if let failure = reader.failure { throw cursor.located(failure, reader.property) }
            cursor.finish(reader)
        }
        companions = cursor.companions
    }

    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if Self.definition.isResource { writer.member("resourceType", Self.definition.name) }
        writeElements(to: &writer)
        writer.endObject()
    }
}

/// A resource. https://hl7.org/fhir/R4/resource.html
package protocol FHIRResource: FHIRElement {
    var meta: Meta? { get set }
    var implicitRules: String? { get set }
    var language: String? { get set }
}

/// The value of a choice element such as `Observation.value[x]`.
package protocol FHIRChoice: Sendable, Hashable {
    /// Reads the value of the type that the property's name tells.
    init(_ reader: inout PropertyReader) throws(FHIRModelError)

    /// Writes the property: `name` and the type.
    func write(_ name: StaticString, _ companions: Companions, to writer: inout JSONWriter)
}

extension [Extension] {
    /// The first extension with this URL.
    package subscript(url: String) -> Extension? { first { $0.url == url } }
}
