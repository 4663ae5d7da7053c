import FHIRDefinitions
import FHIRFormats
import JSONTape
import NIOCore

/// Turns a request's body, JSON or XML, into the document that everything behind walks.
struct BodyParser: Sendable {
    private let definitions: FHIRDefinitions
    private let xml: XMLResourceReader
    private let limits: JSONLimits

    init(definitions: FHIRDefinitions, limits: ServerLimits) {
        self.definitions = definitions
        xml = XMLResourceReader(definitions: definitions)
        var bounds = JSONLimits.fhir
        bounds.maximumByteCount = limits.bodyByteCount
        bounds.maximumDepth = limits.jsonDepth
        self.limits = bounds
    }

    /// The format that a `Content-Type` names (R4 http.html#mime-type); throws `RequestError` for others.
    static func format(_ contentType: String?) throws -> ContentFormat {
        // Clients that name no type send JSON, as far as seen.
        guard let contentType, !contentType.isEmpty else { return .json }
        if let usual = MediaType.usual(contentType) { return usual }
        guard let format = MediaType.format(named: MediaType.bare(contentType)) else {
            throw RequestError(
                .unsupportedMediaType, "the body must be application/fhir+json or application/fhir+xml")
        }
        guard MediaType.isR4(contentType) else {
            throw RequestError(.unsupportedMediaType, "the body must be of FHIR version 4.0")
        }
        guard MediaType.isUTF8(contentType) else {
            throw RequestError(.unsupportedMediaType, "the body must be in UTF-8")
        }
        return format
    }

    /// Throws `MalformedBody` or `FormatError`.
    ///
    /// - Parameter refusesEmptyValues: as FHIR does in resources.
    func parse(
        _ buffer: ByteBuffer, _ format: ContentFormat, refusesEmptyValues: Bool = true
    ) throws -> Document {
        var limits = limits
        limits.refusesEmptyValues = refusesEmptyValues
        return try buffer.withUnsafeReadableBytes { bytes in
            let text = bytes.bindMemory(to: UInt8.self)
            if format == .xml { return try xml.document(text, limits: limits) }
            do throws(JSONSyntaxError) {
                return try Document.parse(text, limits: limits)
            } catch {
                throw MalformedBody(
                    error, in: text,
                    expression: BrokenTextPath.expression(to: error.byteOffset, in: text, definitions))
            }
        }
    }
}

extension Document {
    /// Whether the root is a resource of this type.
    func hasResourceType(_ name: StaticString) -> Bool {
        member("resourceType", of: Document.root).map { isString($0, equalTo: name) } ?? false
    }
}
