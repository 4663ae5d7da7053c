/// In what form a request wants a Binary: its bytes, or the resource with the bytes in base64 (R4 binary.html#rest).
struct BinaryWish: Sendable {
    let representation: Representation
    /// `Range`, where it counts.
    let range: String?
    private let accept: AcceptHeader?
    /// Whether `_format` decides, which only names FHIR's formats.
    private let hasFormat: Bool

    init(_ query: QueryItems, _ headers: RequestHeaders, _ representation: Representation) {
        self.representation = representation
        // Our entity tags are weak, and a weak one never matches here (RFC 9110 §13.1.5).
        range = headers.ifRange == nil ? headers.range : nil
        accept = headers.accept.flatMap { $0.isEmpty ? nil : AcceptHeader($0) }
        hasFormat = !(query.first("_format") ?? "").isEmpty
    }

    /// Whether a Binary with this content type is to be answered as its bytes.
    ///
    /// Unless one of FHIR's own types is asked for, the bytes are the answer. The general types of JSON and XML mean
    /// the resource to many clients, so they do here, unless the content is of such a type itself.
    func isRaw(_ contentType: String) -> Bool {
        if hasFormat { return false }
        guard let accept else { return true }
        let native = MediaType.bare(contentType).lowercased()
        let named = accept.weight(naming: native) ?? 0
        if let weight = accept.explicitWeight { return named > weight }
        if named > 0 || accept.hasWildcard(covering: native) { return true }
        return !representation.isServable
    }
}
