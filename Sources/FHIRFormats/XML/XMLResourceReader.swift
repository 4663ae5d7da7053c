package import FHIRDefinitions
package import JSONTape

/// Reads FHIR XML as the JSON of the same resource (R4 xml.html, json.html).
///
/// By the definitions: what repeats becomes an array, booleans and numbers lose their quotes but none of their digits,
/// ids and extensions of primitives become `_name`. Unknown elements and attributes, other namespaces and text between
/// elements are refused. The order of elements does not matter.
package struct XMLResourceReader: Sendable {
    private let definitions: FHIRDefinitions
    private let names: XMLNames

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        names = XMLNames(definitions)
    }

    /// The resource as a document whose places are those of the XML; throws `FormatError`.
    ///
    /// - Parameter limits: size counts for the XML text and for the JSON alike, depth for elements too.
    package func document(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .fhir
    ) throws(FormatError) -> Document {
        let (text, places) = try json(bytes, limits: limits)
        do throws(JSONSyntaxError) {
            return try text.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
                try Document.parse(buffer, limits: limits, places: places)
            }
        } catch {
            throw Self.formatError(error, places)
        }
    }

    package func document(_ bytes: [UInt8], limits: JSONLimits = .fhir) throws(FormatError) -> Document {
        try bytes.withUnsafeBufferPointer { buffer throws(FormatError) in try document(buffer, limits: limits) }
    }

    private func json(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits
    ) throws(FormatError) -> (text: [UInt8], places: [TextPlace]) {
        guard bytes.count <= limits.maximumByteCount else {
            throw FormatError(.tooLarge, "the XML text is too large", line: 1, column: 1)
        }
        let builder = XMLTreeBuilder(
            bytes, definitions: definitions, names: names, maximumDepth: limits.maximumDepth)
        try XMLEventReader.read(bytes, into: builder)
        return try builder.tree.json(definitions: definitions, names: names)
    }

    /// What the limits of JSON say of a text that XML's let pass.
    private static func formatError(_ error: JSONSyntaxError, _ places: [TextPlace]) -> FormatError {
        let place = places.last(upTo: error.byteOffset) ?? TextPlace(offset: 0, line: 1, column: 1)
        let code: FormatError.Code =
            switch error.code {
            case .tooDeep: .tooDeep
            case .tooLarge: .tooLarge
            default: .invalidValue
            }
        return FormatError(code, error.message, line: place.line, column: place.column)
    }
}
