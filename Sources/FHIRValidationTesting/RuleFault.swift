/// One change that makes a sound resource break one rule; or one that only looks like it.
package struct RuleFault: Sendable, CustomStringConvertible {
    /// Of the resource.
    package var type: String
    /// The member that is put in place, or left out.
    package var key: String
    /// JSON; nil where the member is left out.
    package var value: String?
    /// Key of the invariant, or one of the kinds of `said`.
    package var rule: String
    /// FHIRPath of the place where the fault is reported; empty where there is none.
    package var expression: String

    init(_ type: String, _ key: String, _ value: String?, _ rule: String, _ expression: String) {
        self.type = type
        self.key = key
        self.value = value
        self.rule = rule
        self.expression = expression
    }

    /// The resource with the change.
    package var text: String { SoundResource.text(type, key, value) }
    package var description: String { "\(type) \(rule) \(key) \(value ?? "left out")" }

    /// All that have a fault.
    package static let all = structure + values + general + resources

    /// What the message says, by the kind of rule.
    package static let said: [String: String] = [
        "missing": "is missing", "unknown": "not known", "single": "does not repeat", "many": "repeats",
        "object": "JSON object", "string": "JSON string", "number": "JSON number", "boolean": "true or false",
        "format": "has to be", "choice": "several types", "value set": "value set", "MIME": "MIME type",
        "language": "language tag", "currency": "currency", "target": "may point at", "literal": "not a reference",
        "no type": "no resource type", "resource type": "not a resource type", "empty array": "may not be empty",
        "empty object": "may not be empty", "null": "null", "companion": "companion", "no resourceType": "resourceType",
        "other type": "another type", "extensions": "extension",
    ]
}
