import GraphQLSyntax
import JSONTape

/// The values of a query's variables (GraphQL §6.1.2).
struct GraphQLVariables {
    private var values: [String: GraphQLValue] = [:]

    /// - Parameter given: the object `variables` of the request, if there is one.
    init(_ operation: GraphQLOperation, given: JSONNode?) throws(GraphQLFailure) {
        for variable in operation.variables {
            if let node = given?[named: variable.name] {
                values[variable.name] = Self.value(node)
            } else if let value = variable.defaultValue {
                values[variable.name] = value
            } else if variable.isRequired {
                throw GraphQLFailure(.invalid, "the variable $\(variable.name) has no value")
            } else {
                values[variable.name] = .null
            }
            if values[variable.name] == .null, variable.type.hasSuffix("!") {
                throw GraphQLFailure(.invalid, "the variable $\(variable.name) must not be null")
            }
        }
    }

    private static func value(_ node: JSONNode) -> GraphQLValue {
        if let text = node.string { return .string(text) }
        if let text = node.numberText { return .number(text) }
        if let bool = node.bool { return .bool(bool) }
        if node.isArray { return .list(node.elements.map { value($0) }) }
        if node.isObject {
            return .object(Dictionary(node.members.map { ($0.key, value($0.value)) }) { first, _ in first })
        }
        return .null
    }

    /// The value itself, or that of the variable that it names.
    func resolve(_ value: GraphQLValue, at location: GraphQLLocation) throws(GraphQLFailure) -> GraphQLValue {
        switch value {
        case .variable(let name):
            guard let value = values[name] else {
                throw GraphQLFailure(.invalid, "the variable $\(name) is not declared", at: location)
            }
            return value
        case .list(let items):
            var resolved: [GraphQLValue] = []
            for item in items { resolved.append(try resolve(item, at: location)) }
            return .list(resolved)
        default: return value
        }
    }

    /// The texts that a value stands for in a search or a filter: one, or several of a list; none for null.
    func texts(_ value: GraphQLValue, at location: GraphQLLocation) throws(GraphQLFailure) -> [String] {
        switch try resolve(value, at: location) {
        case .null: return []
        case .bool(let bool): return [bool ? "true" : "false"]
        case .number(let text), .string(let text), .enumeration(let text): return [text]
        case .list(let items):
            var texts: [String] = []
            for item in items { texts += try self.texts(item, at: location) }
            return texts
        case .object, .variable: throw GraphQLFailure(.invalid, "an object cannot stand here", at: location)
        }
    }

    /// A value that has to be true or false.
    func bool(_ value: GraphQLValue, at location: GraphQLLocation) throws(GraphQLFailure) -> Bool {
        guard case .bool(let bool) = try resolve(value, at: location) else {
            throw GraphQLFailure(.invalid, "true or false is expected", at: location)
        }
        return bool
    }
}
