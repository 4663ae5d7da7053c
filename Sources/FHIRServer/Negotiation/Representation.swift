import FHIRFormats

/// In what form an answer is written (R4 http.html#parameters, #mime-type).
struct Representation: Sendable {
    /// JSON where nothing that was asked for can be written.
    var format: ContentFormat
    /// Laid out for people.
    var isPretty: Bool
    /// Whether a format that the client takes can be written.
    let isServable: Bool

    init(_ query: QueryItems, _ headers: RequestHeaders, _ method: RequestMethod) {
        let wanted = MediaType.negotiate(
            format: query.first("_format"), accept: headers.accept,
            body: method.isRead ? nil : Self.bodyFormat(headers.contentType))
        format = wanted ?? .json
        isServable = wanted != nil
        isPretty = query.first("_pretty") == "true"
    }

    private static func bodyFormat(_ contentType: String?) -> ContentFormat? {
        guard let contentType, contentType != "application/fhir+json" else { return nil }
        return MediaType.format(named: MediaType.bare(contentType))
    }

    /// Throws `RequestError` if nothing that the client takes can be written.
    func require() throws {
        guard isServable else {
            throw RequestError(.notAcceptable, "answers are application/fhir+json or application/fhir+xml, version 4.0")
        }
    }

    /// Compact JSON in this form, with its `Content-Type`.
    func write(_ json: [UInt8], _ xml: XMLResourceWriter) -> (bytes: [UInt8], contentType: String) {
        if format == .xml, let text = xml.xml(json: json, isPretty: isPretty) {
            return (text, ContentFormat.xml.contentType)
        }
        return (isPretty ? PrettyPrinter.pretty(json) : json, ContentFormat.json.contentType)
    }
}
