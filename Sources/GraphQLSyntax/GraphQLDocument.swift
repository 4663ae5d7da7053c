/// An executable GraphQL document: operations and the fragments they use (GraphQL October 2021 §2.2).
package struct GraphQLDocument: Sendable {
    package var operations: [GraphQLOperation] = []
    /// By name.
    package var fragments: [String: GraphQLFragment] = [:]

    package init() {}

    /// The operation to run.
    ///
    /// - Parameter name: may be left out where there is only one (§6.1, GetOperation).
    package func operation(named name: String?) -> GraphQLOperation? {
        guard let name else { return operations.count == 1 ? operations[0] : nil }
        return operations.first { $0.name == name }
    }
}

/// `query name($variable: Type = default) { … }`
package struct GraphQLOperation: Sendable {
    package enum Kind: String, Sendable { case query, mutation, subscription }

    package var kind: Kind
    package var name: String?
    package var variables: [GraphQLVariable]
    package var selections: [GraphQLSelection]
    package var location: GraphQLLocation
}

/// A variable with its type as written, such as `[String!]`.
package struct GraphQLVariable: Sendable {
    package var name: String
    package var type: String
    package var defaultValue: GraphQLValue?

    /// Whether a value has to be given.
    package var isRequired: Bool { type.hasSuffix("!") && defaultValue == nil }
}

/// `fragment name on Type { … }`
package struct GraphQLFragment: Sendable {
    package var name: String
    package var type: String
    package var selections: [GraphQLSelection]
}

/// One part of a selection set.
package enum GraphQLSelection: Sendable {
    case field(GraphQLField)
    /// `...name`
    case spread(name: String, directives: [GraphQLDirective], location: GraphQLLocation)
    /// `... on Type { … }`; the type may be missing.
    case inline(type: String?, directives: [GraphQLDirective], selections: [GraphQLSelection])
}

/// `alias: name(argument: value) @directive { … }`
package struct GraphQLField: Sendable {
    package var alias: String?
    package var name: String
    package var arguments: [GraphQLArgument]
    package var directives: [GraphQLDirective]
    package var selections: [GraphQLSelection]
    package var location: GraphQLLocation

    /// The name under which the answer holds it.
    package var key: String { alias ?? name }
}

package struct GraphQLArgument: Sendable {
    package var name: String
    package var value: GraphQLValue
}

/// `@name(argument: value)`
package struct GraphQLDirective: Sendable {
    package var name: String
    package var arguments: [GraphQLArgument]
    package var location: GraphQLLocation

    package func argument(_ name: String) -> GraphQLValue? { arguments.first { $0.name == name }?.value }
}

/// A literal or a variable (§2.9).
package indirect enum GraphQLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number as written.
    case number(String)
    case string(String)
    case enumeration(String)
    case variable(String)
    case list([GraphQLValue])
    case object([String: GraphQLValue])
}
