import FHIRDefinitions

/// Expressions of `_filter` (R4 search_filter.html), with blanks encoded; every so often cut short.
struct FilterMaker {
    private static let operators: [SearchParameterDefinition.Kind: [String]] = [
        .number: ["eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr"],
        .date: ["eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po"],
        .quantity: ["eq", "ne", "gt", "lt", "ge", "le", "ap", "pr"], .string: ["eq", "ne", "co", "sw", "ew", "pr"],
        .token: ["eq", "ne", "ss", "sb", "in", "ni", "pr", "co"], .reference: ["eq", "ne", "re", "pr"],
        .uri: ["eq", "ne", "sb", "ss", "pr"],
    ]
    private static let all = [
        "eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in", "ni",
        "re", "xx",
    ]

    let definitions: FHIRDefinitions
    var values: ValueMaker

    mutating func filter(_ type: TypeID) -> String {
        let text = expression(type, depth: 0)
        return values.isStrange() ? String(text.prefix(values.random.below(text.count + 1))) : text
    }

    private mutating func expression(_ type: TypeID, depth: Int) -> String {
        switch values.random.below(depth > 4 ? 5 : 10) {
        case 0..<5: return comparison(type)
        case 5: return "(" + expression(type, depth: depth + 1) + ")"
        case 6: return "not%20(" + expression(type, depth: depth + 1) + ")"
        default:
            let word = values.isStrange() ? "xor" : values.random.pick(["and", "or"])
            return expression(type, depth: depth + 1) + "%20\(word)%20" + expression(type, depth: depth + 1)
        }
    }

    private mutating func comparison(_ type: TypeID) -> String {
        if values.isStrange() { return values.strange() }
        let parameter = values.random.pick(definitions.searchParameters(of: type))
        let operation = values.random.pick(values.isStrange() ? Self.all : Self.operators[parameter.type] ?? Self.all)
        let path = values.random.chance(10) ? chained(type) : parameter.code
        var value = values.value(parameter)
        if operation == "pr" { value = values.random.pick(["true", "false"]) }
        if operation == "in" || operation == "ni" { value = "http://hl7.org/fhir/ValueSet/administrative-gender" }
        if parameter.type == .string || values.random.chance(20) { value = "%22\(value)%22" }
        return "\(path)%20\(operation)%20\(value)"
    }

    private mutating func chained(_ type: TypeID) -> String {
        let references = definitions.searchParameters(of: type).filter { $0.type == .reference && !$0.targets.isEmpty }
        guard let reference = references.randomElement(using: &values.random) else { return "_id" }
        let target = values.random.pick(reference.targets)
        let inner = values.random.pick(definitions.searchParameters(of: target)).code
        // R4 search_filter.html: subject[type eq Patient].name, and has-like forms with a filter inside.
        return values.random.chance(50) ? "\(reference.code).\(inner)" : "\(reference.code)%5B\(inner)%20eq%20a%5D._id"
    }
}
