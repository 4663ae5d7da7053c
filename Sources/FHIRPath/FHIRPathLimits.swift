/// What expressions and their evaluation may use.
package struct FHIRPathLimits: Sendable, Hashable {
    /// Length of an expression's text, in bytes of UTF-8.
    package var maximumExpressionByteCount = 64 * 1024
    /// Parentheses, arguments and right operands within each other.
    package var maximumNesting = 100
    /// Steps below each other in an expression, such as the names of a path.
    package var maximumDepth = 300
    /// Items that may be looked at in one evaluation; a million take well under a second.
    package var maximumStepCount = 2_000_000
    /// Items of a collection.
    package var maximumItemCount = 100_000
    /// Length of a string that an expression makes, in bytes of UTF-8.
    package var maximumStringByteCount = 4 << 20

    package init() {}
}
