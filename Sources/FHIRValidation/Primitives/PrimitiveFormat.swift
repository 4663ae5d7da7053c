import JSONTape

/// The formats of R4's primitive types. https://hl7.org/fhir/R4/datatypes.html#primitive
enum PrimitiveFormat: UInt8 {
    case boolean, integer, positiveInt, unsignedInt, decimal
    case string, code, id, uri, oid, uuid, base64Binary, date, dateTime, instant, time, xhtml

    /// The format of a primitive type; for types that are not primitive the answer means nothing.
    init(typeName: String) {
        switch typeName {
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "positiveInt": self = .positiveInt
        case "unsignedInt": self = .unsignedInt
        case "decimal": self = .decimal
        case "code": self = .code
        case "id": self = .id
        case "uri", "url", "canonical": self = .uri
        case "oid": self = .oid
        case "uuid": self = .uuid
        case "base64Binary": self = .base64Binary
        case "date": self = .date
        case "dateTime": self = .dateTime
        case "instant": self = .instant
        case "time": self = .time
        case "xhtml": self = .xhtml
        default: self = .string
        }
    }

    /// The JSON kind of the values (R4 json.html#primitive).
    enum JSONKind { case boolean, number, string }

    var jsonKind: JSONKind {
        switch self {
        case .boolean: .boolean
        case .integer, .positiveInt, .unsignedInt, .decimal: .number
        default: .string
        }
    }

    /// Whether a text is such a value: a string's value, or a number as written.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .boolean, .decimal: true
        case .integer: PrimitiveText.isInteger(text, from: Int64(Int32.min))
        case .unsignedInt: PrimitiveText.isInteger(text, from: 0)
        case .positiveInt: PrimitiveText.isInteger(text, from: 1)
        case .string: PrimitiveText.isString(text)
        case .xhtml: PrimitiveText.isXHTML(text)
        case .code: PrimitiveText.isCode(text)
        case .id: PrimitiveText.isID(text)
        case .uri: PrimitiveText.isURI(text)
        case .oid: PrimitiveText.isOID(text)
        case .uuid: PrimitiveText.isUUID(text)
        case .base64Binary: PrimitiveText.isBase64(text)
        case .date: DateTimeText.isDate(text)
        case .dateTime: DateTimeText.isDateTime(text)
        case .instant: DateTimeText.isInstant(text)
        case .time: DateTimeText.isTime(text)
        }
    }

    /// What a value has to look like, for messages.
    var demand: StaticString {
        switch self {
        case .boolean: "true or false"
        case .integer: "a whole number of 32 bits"
        case .positiveInt: "a whole number from 1 to 2147483647"
        case .unsignedInt: "a whole number from 0 to 2147483647"
        case .decimal: "a number"
        case .string: "text that is not blank, without control characters"
        case .code: "a code, without leading, trailing or double spaces"
        case .id: "an id of 1 to 64 letters, digits, - and ."
        case .uri: "a URI, without spaces"
        case .oid: "an OID, such as urn:oid:1.2.3"
        case .uuid: "a UUID in lower case, such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
        case .base64Binary: "base64"
        case .date: "a date: YYYY, YYYY-MM or YYYY-MM-DD"
        case .dateTime: "a date, or a date and time with seconds and time zone"
        case .instant: "a date and time with seconds and time zone"
        case .time: "a time: hh:mm:ss"
        case .xhtml: "XHTML in a div element"
        }
    }
}
