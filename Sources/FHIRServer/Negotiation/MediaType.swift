/// What representation a client sends or asks for (R4 http.html#mime-type).
package enum ContentFormat: Sendable, Hashable {
    case json, xml

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
    /// The format that a bare media type or `_format` value names; nil for any other.
    package static func format(named name: some StringProtocol) -> ContentFormat? {
        // A plus sign in `_format` arrives as a blank when the client did not encode it.
        switch name.lowercased().replacing(" ", with: "+") {
        case "json", "application/json", "application/fhir+json", "application/json+fhir", "text/json": .json
        case "xml", "application/xml", "application/fhir+xml", "application/xml+fhir", "text/xml": .xml
        default: nil
        }
    }

    /// The format of a `Content-Type` as nearly all clients write it, told without taking it apart; nil for any other.
    static func usual(_ contentType: String) -> ContentFormat? {
        switch contentType {
        case "application/fhir+json", "application/fhir+json; charset=utf-8", "application/fhir+json;charset=utf-8",
            "application/json", "application/json; charset=utf-8":
            .json
        case "application/fhir+xml", "application/fhir+xml; charset=utf-8", "application/fhir+xml;charset=utf-8":
            .xml
        default: nil
        }
    }

    /// The media type without its parameters.
    package static func bare(_ field: some StringProtocol) -> String {
        String(field.prefix { $0 != ";" }.trimmed)
    }

    /// A parameter's value without quotes, by its name in lower case; nil if there is none.
    static func parameter(_ name: String, of field: some StringProtocol) -> String? {
        for part in field.split(separator: ";").dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
            if sides.count == 2, sides[0].lowercased() == name { return String(sides[1].withoutQuotes) }
        }
        return nil
    }

    /// Whether the parameter `fhirVersion`, if there is one, means R4 (R4 http.html#version-parameter).
    static func isR4(_ field: some StringProtocol) -> Bool {
        guard let version = parameter("fhirversion", of: field) else { return true }
        return version == "4.0" || version.hasPrefix("4.0.")
    }

    /// Whether the parameter `charset`, if there is one, means UTF-8, which all of FHIR is in
    /// (R4 http.html#mime-type).
    static func isUTF8(_ field: some StringProtocol) -> Bool {
        guard let charset = parameter("charset", of: field) else { return true }
        return ["utf-8", "utf8", "us-ascii", "ascii"].contains(charset.lowercased())
    }

    /// The format to answer in: `_format` beats `Accept`; where neither decides, that of the body, else JSON. Nil if
    /// none that is asked for can be written.
    package static func negotiate(
        format: String?, accept: String?, body: ContentFormat? = nil
    ) -> ContentFormat? {
        if let format, !format.isEmpty {
            // As an entry of `Accept`, whose short forms are allowed here only.
            return isR4(format) ? self.format(named: bare(format)) : nil
        }
        switch accept {
        case nil, "", "*/*": return body ?? .json
        case "application/fhir+json", "application/json": return .json
        case "application/fhir+xml", "application/xml": return .xml
        case let accept?: return AcceptHeader(accept).format(preferring: body ?? .json)
        }
    }
}
