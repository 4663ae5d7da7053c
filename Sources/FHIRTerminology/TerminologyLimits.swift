/// How much work one question may cause.
package struct TerminologyLimits: Sendable {
    /// Greatest depth of value sets within value sets.
    package var valueSetDepth = 10
    /// Value sets that one question may touch.
    package var valueSetCount = 200
    /// Concepts that are put together to answer one question.
    package var conceptCount = 100_000
    /// Concepts in one answer; whoever wants more asks for pages.
    package var pageCount = 10_000

    package init() {}
}
