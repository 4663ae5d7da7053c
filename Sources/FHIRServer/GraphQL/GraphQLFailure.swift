import GraphQLSyntax

/// Why a GraphQL query cannot be answered; the outcome map makes an OperationOutcome of it.
struct GraphQLFailure: Error, CustomStringConvertible {
    enum Code {
        /// The document breaks the grammar, or asks for what R4 does not define.
        case invalid
        /// Part of GraphQL or of R4 graphql.html that this server does not offer.
        case notSupported
        /// A resource that has to be there is not.
        case notFound
        /// More work than one query may make.
        case tooCostly
    }

    let code: Code
    let message: String
    /// Line and column in the query, where known.
    let location: GraphQLLocation?

    init(_ code: Code, _ message: String, at location: GraphQLLocation? = nil) {
        self.code = code
        self.message = message
        self.location = location
    }

    var description: String {
        location.map { "\(message), line \($0.line), column \($0.column) of the query" } ?? message
    }
}
