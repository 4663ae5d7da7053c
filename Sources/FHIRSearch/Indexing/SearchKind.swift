/// The types of search parameters (R4 search.html#ptypes).
package enum SearchKind: String, Hashable, Sendable {
    case number, date, string, token, reference, composite, quantity, uri, special
    /// `_content` and `_text`: the words of the whole resource, those of its narrative (R4 search.html#content).
    case content, narrative
    /// `near`: a place on the globe (R4 location.html#search).
    case position

    /// Whether resources can be sorted by parameters of the kind.
    var isSortable: Bool {
        switch self {
        case .composite, .special, .content, .narrative, .position: false
        default: true
        }
    }

    /// The members of a complex type whose values a parameter of this kind searches one by one; nil for types that
    /// are searched as a whole. R4 search.html#string: any part of a HumanName or Address.
    func parts(of typeName: String) -> [[String]]? {
        guard self == .string else { return nil }
        switch typeName {
        case "HumanName": return [["family"], ["given"], ["prefix"], ["suffix"], ["text"]]
        case "Address":
            return [["line"], ["city"], ["district"], ["state"], ["country"], ["postalCode"], ["text"]]
        case "CodeableConcept": return [["text"], ["coding", "display"]]
        case "Coding": return [["display"]]
        case "Annotation": return [["text"]]
        default: return nil
        }
    }
}

/// How the values of one data type are turned into entries of one kind of parameter.
enum ValueReader: UInt8, Sendable {
    case tokenCode, tokenCoding, tokenCodeableConcept, tokenIdentifier, tokenContactPoint, tokenExistsAndNotFalse
    case reference, canonical, inlineResource
    case uri, canonicalURI
    case string
    case number, range, position
    case quantity, money, sampledData
    case date, period, timing

    /// The reader for values of type `typeName`; nil where R4 gives no meaning to the pair.
    init?(kind: SearchKind, typeName: String) {
        switch (kind, typeName) {
        case (.token, "Coding"): self = .tokenCoding
        case (.token, "CodeableConcept"): self = .tokenCodeableConcept
        case (.token, "Identifier"): self = .tokenIdentifier
        case (.token, "ContactPoint"): self = .tokenContactPoint
        case (.token, "code"), (.token, "boolean"), (.token, "id"), (.token, "uri"), (.token, "url"),
            (.token, "canonical"), (.token, "oid"), (.token, "uuid"), (.token, "string"), (.token, "integer"),
            (.token, "positiveInt"), (.token, "unsignedInt"):
            self = .tokenCode
        case (.reference, "Reference"): self = .reference
        case (.reference, "canonical"), (.reference, "uri"), (.reference, "url"), (.reference, "oid"),
            (.reference, "uuid"):
            self = .canonical
        case (.reference, "Resource"): self = .inlineResource
        case (.uri, "uri"), (.uri, "url"), (.uri, "oid"), (.uri, "uuid"): self = .uri
        case (.uri, "canonical"): self = .canonicalURI
        case (.string, "string"), (.string, "markdown"), (.string, "code"), (.string, "id"): self = .string
        case (.number, "integer"), (.number, "decimal"), (.number, "positiveInt"), (.number, "unsignedInt"):
            self = .number
        case (.number, "Range"), (.quantity, "Range"): self = .range
        case (.quantity, "Quantity"), (.quantity, "Age"), (.quantity, "Count"), (.quantity, "Distance"),
            (.quantity, "Duration"), (.quantity, "SimpleQuantity"), (.quantity, "MoneyQuantity"):
            self = .quantity
        case (.quantity, "Money"): self = .money
        case (.quantity, "SampledData"): self = .sampledData
        case (.date, "date"), (.date, "dateTime"), (.date, "instant"): self = .date
        case (.date, "Period"): self = .period
        case (.date, "Timing"): self = .timing
        case (.position, "Location.position"): self = .position
        default: return nil
        }
    }

    /// Whether the codes are FHIR's own, of a bound code system or a fixed vocabulary: compared with their case.
    static func isCaseSensitive(typeName: String) -> Bool {
        switch typeName {
        case "code", "boolean", "id", "uri", "url", "canonical", "oid", "uuid": true
        default: false
        }
    }
}
