/// What a validation looks for.
package struct ValidationOptions: Sendable, Hashable {
    /// Whether warnings and information are wanted; errors alone cost less.
    package var includesWarnings: Bool
    /// How broken invariants of the standard count; those that it calls warnings are warnings anyhow.
    package var invariantSeverity: ValidationIssue.Severity
    /// Whether the few faults are warnings that resources published with the standard have (`PublishedSlip`).
    package var toleratesSlips: Bool
    /// Whether the must-support elements of profiles are named that are not there.
    package var namesMustSupport: Bool

    package init(
        includesWarnings: Bool = true, invariantSeverity: ValidationIssue.Severity = .error,
        toleratesSlips: Bool = false, namesMustSupport: Bool = false
    ) {
        self.includesWarnings = includesWarnings
        self.invariantSeverity = invariantSeverity
        self.toleratesSlips = toleratesSlips
        self.namesMustSupport = namesMustSupport
    }

    /// What speaks against storing a resource, and nothing else.
    package static var storage: ValidationOptions {
        ValidationOptions(includesWarnings: false, toleratesSlips: true)
    }

    var slipSeverity: ValidationIssue.Severity { toleratesSlips ? .warning : .error }
}
