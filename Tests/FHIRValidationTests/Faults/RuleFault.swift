import Testing

/// One change that makes a sound resource break one rule.
struct RuleFault: Sendable, CustomTestStringConvertible {
    var type: String
    var key: String
    /// Nil where the member is left out.
    var value: String?
    /// Key of the invariant, or one of the kinds of `said`.
    var rule: String
    var expression: String

    init(_ type: String, _ key: String, _ value: String?, _ rule: String, _ expression: String) {
        self.type = type
        self.key = key
        self.value = value
        self.rule = rule
        self.expression = expression
    }

    var text: String { SoundResource.text(type, key, value) }
    var testDescription: String { "\(type) \(rule) \(key) \(value ?? "left out")" }

    /// What the message says, by the kind of rule.
    static let said: [String: String] = [
        "missing": "is missing", "unknown": "not known", "single": "does not repeat", "many": "repeats",
        "object": "JSON object", "string": "JSON string", "number": "JSON number", "boolean": "true or false",
        "format": "has to be", "choice": "several types", "value set": "value set", "MIME": "MIME type",
        "language": "language tag", "currency": "currency", "target": "may point at", "literal": "not a reference",
        "no type": "no resource type", "resource type": "not a resource type", "empty array": "may not be empty",
        "empty object": "may not be empty", "null": "null", "companion": "companion", "no resourceType": "resourceType",
        "other type": "another type", "extensions": "extension",
    ]
}
