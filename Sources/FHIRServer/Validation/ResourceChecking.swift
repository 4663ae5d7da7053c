package import FHIRPath
package import FHIRStore

/// Checks resources: before they are written, and where clients ask what is wrong with them.
///
/// By the standard, and by the profiles, value sets and questionnaires that a store has.
package protocol ResourceChecking: Sendable {
    /// What is wrong with the resource by the rules of its type alone; severities below error let it pass.
    func ownIssues(of resource: ResourceInput) -> [OutcomeIssue]

    /// What speaks against storing the resource; severities below error let it pass.
    func issues(of resource: ResourceInput, in store: FHIRStore) async throws -> [OutcomeIssue]

    /// All there is to say about the resource, warnings and information included.
    ///
    /// - Parameter profiles: canonical URLs of profiles besides those that the resource itself names. Throws
    ///   `OperationInputError` where one of them is not known.
    func report(on resource: ResourceInput, profiles: [String], in store: FHIRStore) async throws -> [OutcomeIssue]

    /// Runs what needs to know of value sets and profiles, such as expressions: again, if it asked for something that
    /// had to be read first. Returns, or throws, what the last run did.
    func knowing<Result>(
        from store: FHIRStore, _ body: ((any Knowledge)?) throws -> Result
    ) async throws -> Result
}

/// Lets everything pass.
package struct NoChecking: ResourceChecking {
    package init() {}

    package func ownIssues(of resource: ResourceInput) -> [OutcomeIssue] { [] }
    package func issues(of resource: ResourceInput, in store: FHIRStore) -> [OutcomeIssue] { [] }
    package func report(on resource: ResourceInput, profiles: [String], in store: FHIRStore) -> [OutcomeIssue] { [] }
    package func knowing<Result>(
        from store: FHIRStore, _ body: ((any Knowledge)?) throws -> Result
    ) async throws -> Result { try body(nil) }
}
