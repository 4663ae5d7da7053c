package import FHIRStore

/// Checks resources: before they are written, and where clients ask what is wrong with them.
package protocol ResourceChecking: Sendable {
    /// What is wrong with the resource by the rules of its type alone; severities below error let it pass.
    func ownIssues(of resource: ResourceInput) -> [OutcomeIssue]

    /// What speaks against storing the resource; severities below error let it pass.
    func issues(of resource: ResourceInput) async throws -> [OutcomeIssue]

    /// All there is to say about the resource, warnings and information included.
    ///
    /// - Parameter profiles: canonical URLs of profiles besides those that the resource itself names. Throws
    ///   `OperationInputError` where one of them is not known.
    func report(on resource: ResourceInput, profiles: [String]) async throws -> [OutcomeIssue]
}

/// Lets everything pass.
package struct NoChecking: ResourceChecking {
    package init() {}

    package func ownIssues(of resource: ResourceInput) -> [OutcomeIssue] { [] }
    package func issues(of resource: ResourceInput) -> [OutcomeIssue] { [] }
    package func report(on resource: ResourceInput, profiles: [String]) -> [OutcomeIssue] { [] }
}
