import FHIRDefinitions

/// Names and kinds that both directions of XML need (R4 xml.html).
struct XMLNames: Sendable {
    static let fhir: StaticString = "http://hl7.org/fhir"
    static let xhtml: StaticString = "http://www.w3.org/1999/xhtml"

    /// How JSON writes the value of a type.
    enum Form: UInt8, Sendable {
        case string, boolean, number
        /// XHTML, which is XML in XML and text in JSON.
        case narrative
        /// A resource of any type, in an element of its own name.
        case resource
        case object
    }

    private let forms: [Form]
    let extensionType: TypeID?

    init(_ definitions: FHIRDefinitions) {
        forms = definitions.types.map { type in
            switch (type.kind, type.name) {
            case (.resource, _): .resource
            case (.primitive, "xhtml"): .narrative
            case (.primitive, "boolean"): .boolean
            case (.primitive, "decimal"), (.primitive, "integer"), (.primitive, "positiveInt"),
                (.primitive, "unsignedInt"):
                .number
            case (.primitive, _): .string
            default: .object
            }
        }
        extensionType = definitions.type(named: "Extension")
    }

    func form(of type: TypeID) -> Form { forms[Int(type.rawValue)] }
}

extension XMLNames.Form {
    /// Whether XML writes it as the attribute `value`.
    var isPrimitive: Bool { self == .string || self == .boolean || self == .number }
}
