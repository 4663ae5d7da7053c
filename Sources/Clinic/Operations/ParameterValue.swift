import FHIRDefinitions
import FHIRStore
import JSONTape

/// Whether the value of a parameter has the type that is declared.
enum ParameterValue {
    /// Type and value of `value[x]`.
    static func value(of node: JSONNode) -> (type: String, node: JSONNode)? {
        for (key, value) in node.members where key.hasPrefix("value") && key.utf8.count > 5 {
            return (String(key.dropFirst(5)), value)
        }
        return nil
    }

    static func check(
        _ item: OperationParameters.Item, _ parameter: OperationParameterDeclaration, _ definitions: FHIRDefinitions
    ) throws {
        // Element stands for a value of any type.
        guard let type = parameter.type, type != "Element" else { return }
        if type == "Resource" || definitions.resourceType(named: type) != nil {
            guard let resource = item.node["resource"], resource.isObject,
                type == "Resource" || resource["resourceType"]?.string == type
            else {
                throw OperationParameters.invalid(
                    "the parameter \(parameter.name) is a resource of type \(type)", at: item.place + ".resource")
            }
            return
        }
        guard let (found, value) = value(of: item.node), takes(found, for: type), hasForm(value, of: type) else {
            throw OperationParameters.invalid(
                "the parameter \(parameter.name) is of type \(type)", at: item.place + ".value")
        }
    }

    /// Types that are written alike may stand for each other, and texts for what they name.
    private static func takes(_ found: String, for type: String) -> Bool {
        let declared = type.prefix(1).uppercased() + type.dropFirst()
        if found == declared { return true }
        switch type {
        case "CodeableConcept", "Coding": return ["String", "Code", "Coding", "CodeableConcept"].contains(found)
        case "Reference": return ["String", "Uri", "Url", "Id", "Canonical"].contains(found)
        case "decimal": return ["Integer", "PositiveInt", "UnsignedInt"].contains(found)
        default: return alike.contains { $0.contains(declared) && $0.contains(found) }
        }
    }

    private static let alike: [Set<String>] = [
        ["String", "Code", "Id", "Markdown", "Uri", "Url", "Canonical"],
        ["Integer", "PositiveInt", "UnsignedInt"],
        ["Date", "DateTime", "Instant"],
        ["Quantity", "SimpleQuantity", "Duration", "Age", "Count"],
    ]

    /// The kind of JSON value; what is in it, the body's own check has seen.
    private static func hasForm(_ value: JSONNode, of type: String) -> Bool {
        switch type {
        case "boolean": value.bool != nil
        case "integer", "positiveInt", "unsignedInt": value.integer != nil
        case "decimal": value.isNumber
        case "CodeableConcept", "Coding", "Reference": value.isObject || value.isString
        default: type.utf8.first.map { $0 >= 0x61 } == true ? value.isString : value.isObject
        }
    }
}
