import FHIRDefinitions
import JSONTape

/// What a call of `$fhirpath` asks for.
struct FHIRPathRequest {
    /// An element of the request with its type.
    struct Value {
        var node: JSONNode
        var type: TypeID
    }

    var expression = ""
    /// FHIRPath of the parameter that holds the expression.
    var origin = "Parameters.parameter"
    var resource: JSONNode?
    var context: String?
    var variables: [(name: String, value: Value)] = []
    var isStrict = true

    init(_ parameters: JSONNode, definitions: FHIRDefinitions) throws {
        guard parameters["resourceType"]?.string == "Parameters" else {
            throw RequestError(
                .wrongResource, "the operation takes a Parameters resource", expression: "Resource.resourceType")
        }
        var seen: Set<String> = []
        for (position, parameter) in (parameters["parameter"]?.items ?? []).enumerated() {
            let place = "Parameters.parameter[\(position)]"
            guard let name = parameter["name"]?.string else {
                throw OperationInputError(.invalidParameter, "a parameter has no name", expression: place + ".name")
            }
            guard seen.insert(name).inserted else {
                throw OperationInputError(
                    .invalidParameter, "the parameter \(name) may be given once", expression: place)
            }
            try read(parameter, named: name, at: place, definitions)
        }
        guard seen.contains("expression") else {
            throw OperationInputError(.invalidParameter, "the parameter expression is missing")
        }
    }

    private mutating func read(
        _ parameter: JSONNode, named name: String, at place: String, _ definitions: FHIRDefinitions
    ) throws {
        switch name {
        case "expression":
            expression = try Self.text(parameter, name, place)
            origin = place + ".value"
        case "context": context = try Self.text(parameter, name, place)
        case "strict":
            // Of a GET's query all values are strings.
            guard let flag = parameter["valueBoolean"]?.bool ?? parameter["valueString"]?.string.flatMap({ Bool($0) })
            else {
                throw OperationInputError(
                    .invalidParameter, "the parameter strict is true or false", expression: place + ".value")
            }
            isStrict = flag
        case "resource":
            guard let node = parameter["resource"], node.isObject,
                node["resourceType"]?.string.flatMap({ definitions.resourceType(named: $0) }) != nil
            else {
                throw OperationInputError(
                    .invalidParameter, "the parameter resource is a resource of FHIR R4",
                    expression: place + ".resource")
            }
            resource = node
        case "variables":
            for (position, part) in (parameter["part"]?.items ?? []).enumerated() {
                try readVariable(part, at: "\(place).part[\(position)]", definitions)
            }
        default:
            throw OperationInputError(
                .unknownParameter, "the operation $fhirpath takes no such parameter", expression: place + ".name")
        }
    }

    private mutating func readVariable(_ part: JSONNode, at place: String, _ definitions: FHIRDefinitions) throws {
        guard let name = part["name"]?.string, let owner = definitions.type(named: "Parameters.parameter") else {
            throw OperationInputError(.invalidParameter, "a variable has no name", expression: place + ".name")
        }
        for (key, node) in part.members where key == "resource" || key.hasPrefix("value") {
            guard let property = definitions.property(named: key, of: owner) else { continue }
            var type = property.type
            if let resource = node["resourceType"]?.string.flatMap({ definitions.resourceType(named: $0) }) {
                type = resource
            }
            variables.append((name, Value(node: node, type: type)))
            return
        }
        throw OperationInputError(.invalidParameter, "the variable has no value", expression: place)
    }

    private static func text(_ parameter: JSONNode, _ name: String, _ place: String) throws -> String {
        for (key, value) in parameter.members where ["valueString", "valueCode", "valueMarkdown"].contains(key) {
            if let text = value.string { return text }
        }
        throw OperationInputError(
            .invalidParameter, "the parameter \(name) is a string", expression: place + ".value")
    }
}
