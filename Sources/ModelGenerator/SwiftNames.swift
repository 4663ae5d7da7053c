/// How the standard's names are spelt in Swift.
enum SwiftNames {
    /// Types under another name: those of Swift's own for primitives, those of equal structure, and those whose name
    /// Swift or Foundation uses for something else.
    static let typesOfOtherNames: [String: String] = [
        "boolean": "Bool", "integer": "Int", "unsignedInt": "Int", "positiveInt": "Int", "decimal": "FHIRDecimal",
        "date": "FHIRDate", "dateTime": "FHIRDateTime", "instant": "FHIRInstant", "time": "FHIRTime",
        "string": "String", "markdown": "String", "code": "String", "id": "String", "uri": "String", "url": "String",
        "canonical": "String", "oid": "String", "uuid": "String", "base64Binary": "String", "xhtml": "String",
        "Age": "Quantity", "Count": "Quantity", "Distance": "Quantity", "Duration": "Quantity",
        "Resource": "AnyResource",
    ]

    private static let prefixed: Set<String> = ["Bundle", "Expression", "Range", "Task"]

    private static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "class", "continue", "default", "defer", "do", "else", "enum",
        "extension", "for", "func", "if", "import", "in", "init", "is", "operator", "private", "protocol", "public",
        "repeat", "return", "self", "static", "struct", "switch", "throw", "throws", "try", "typealias", "var",
        "where", "while",
    ]

    /// `Patient.contact` → `Patient.Contact`, `dateTime` → `FHIRDateTime`, `Task.input` → `FHIRTask.Input`.
    /// Swift allows no member named `Type`: `ElementDefinition.type` → `ElementDefinition.TypeReference`.
    static func type(_ name: String) -> String {
        if let other = typesOfOtherNames[name] { return other }
        var parts = name.split(separator: ".").map(String.init)
        if prefixed.contains(parts[0]) { parts[0] = "FHIR" + parts[0] }
        return parts.map { $0 == "type" ? "TypeReference" : capitalized($0) }.joined(separator: ".")
    }

    /// The enum of a choice element; `QuantityChoice` where the plain name would hide the type it may have.
    static func choice(_ element: String, typeNames: [String]) -> String {
        let name = capitalized(element)
        return typeNames.contains(name) ? name + "Choice" : name
    }

    /// The name as a declaration writes it.
    static func property(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    static func uncapitalized(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}
