/// What representation a client sends or asks for (R4 http.html#mime-type).
package enum ContentFormat: Sendable, Hashable {
    case json
    /// Known, not served yet: the one place to extend is ``MediaType/isServed``.
    case xml

    /// `Content-Type` of answers.
    package var contentType: String {
        switch self {
        case .json: "application/fhir+json; charset=utf-8"
        case .xml: "application/fhir+xml; charset=utf-8"
        }
    }
}

/// Reading of media types as clients write them.
package enum MediaType {
    /// Formats the server can write and read now.
    static func isServed(_ format: ContentFormat) -> Bool { format == .json }

    /// The format that a bare media type or `_format` value names; nil for any other.
    package static func format(named name: some StringProtocol) -> ContentFormat? {
        // A plus sign in `_format` arrives as a blank when the client did not encode it.
        switch name.lowercased().replacing(" ", with: "+") {
        case "json", "application/json", "application/fhir+json", "application/json+fhir", "text/json": .json
        case "xml", "application/xml", "application/fhir+xml", "application/xml+fhir", "text/xml": .xml
        default: nil
        }
    }

    /// The media type without its parameters.
    package static func bare(_ field: some StringProtocol) -> String {
        String(field.prefix { $0 != ";" }.trimmed)
    }

    /// The format to answer in: `_format` beats `Accept`; neither means JSON. Nil if none can be served.
    package static func negotiate(format: String?, accept: String?) -> ContentFormat? {
        if let format, !format.isEmpty {
            let named = self.format(named: bare(format))
            return named.flatMap { isServed($0) ? $0 : nil }
        }
        guard let accept, !accept.isEmpty, accept != "*/*", accept != "application/fhir+json" else { return .json }
        var best: (format: ContentFormat, weight: Double)?
        for range in accept.split(separator: ",") {
            let name = bare(range)
            guard let format = wildcard(name) ?? self.format(named: name), isServed(format) else { continue }
            let weight = quality(range)
            if weight > 0, weight > best?.weight ?? 0 { best = (format, weight) }
        }
        return best?.format
    }

    private static func wildcard(_ name: String) -> ContentFormat? {
        // Browsers ask for HTML first and take anything after it.
        switch name {
        case "*/*", "application/*", "text/*": .json
        default: nil
        }
    }

    private static func quality(_ range: Substring) -> Double {
        for parameter in range.split(separator: ";").dropFirst() {
            let sides = parameter.split(separator: "=", maxSplits: 1).map(\.trimmed)
            if sides.count == 2, sides[0] == "q" { return Double(String(sides[1])) ?? 1 }
        }
        return 1
    }
}
