/// Why a text is no GraphQL document (GraphQL October 2021 §2). Says where, and what was expected.
package struct GraphQLSyntaxError: Error, Sendable, Hashable {
    package let message: String
    package let location: GraphQLLocation

    package init(_ message: String, at location: GraphQLLocation) {
        self.message = message
        self.location = location
    }
}

extension GraphQLSyntaxError: CustomStringConvertible {
    package var description: String { "line \(location.line), column \(location.column): \(message)" }
}

/// A place in a GraphQL document; both numbers begin at 1.
package struct GraphQLLocation: Sendable, Hashable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// What a document may cost before anything is run.
package struct GraphQLLimits: Sendable {
    /// Greatest size of a document in bytes.
    package var byteCount = 100_000
    /// Greatest number of tokens.
    package var tokenCount = 20_000
    /// Greatest nesting of selections and values.
    package var depth = 32

    package init() {}
}
