/// Why a patch cannot be read or applied. Nothing was changed.
package struct PatchError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// The patch itself is not what its format asks for.
        case malformed
        /// The body's kind of patch is not the one that its media type names.
        case wrongFormat
        /// The path leads to nothing, or the index lies outside of its list.
        case pathNotFound
        /// The path leads to several elements where one is meant.
        case pathAmbiguous
        /// The path is no FHIRPath expression.
        case invalidPath
        /// The path has no result for this resource, or one that is no element of it.
        case pathFailed
        /// A `test` found another value.
        case testFailed
        /// An element that can be there once is there already.
        case alreadyThere
        /// The value is of a type that the element does not take.
        case wrongType
        /// A patch changes what identifies the resource or its version.
        case protectedElement
        /// The outcome is no resource as JSON allows one.
        case invalidOutcome
        /// The patch has more operations, or makes more content, than the limits allow.
        case tooCostly
    }

    package var code: Code
    /// For the caller: which operation failed and why. Quotes paths and names of the patch, never content.
    package var message: String
    /// FHIRPath of what is at fault in the patch, where it is a resource.
    package var expression: String?

    package init(_ code: Code, _ message: String, expression: String? = nil) {
        self.code = code
        self.message = message
        self.expression = expression
    }

    /// The same error, said of one operation of the patch.
    func about(_ operation: String, expression: String? = nil) -> PatchError {
        PatchError(code, "\(operation): \(message)", expression: self.expression ?? expression)
    }
}

/// What one patch may cost.
package struct PatchLimits: Sendable {
    /// Most operations of a JSON Patch, and most members of an object in a merge patch. Default 10 000.
    package var operationCount = 10_000
    /// Most operations of a FHIRPath Patch, each of which walks through the resource. Default 1 000.
    package var pathOperationCount = 1_000
    /// Most bytes of JSON that all operations together may add. Default 100 MiB.
    package var addedByteCount = 100 << 20
    /// Greatest nesting of the resource. Default 64.
    package var depth = 64
    /// Longest path in bytes. Default 4 KiB.
    package var pathByteCount = 4 << 10
    /// Most items that the paths of a patch may look at, all together. Default 2 000 000.
    package var pathStepCount = 2_000_000
    /// Most bytes of resources written between the operations of a FHIRPath Patch: each path sees what the operations
    /// before it made. Default 512 MiB.
    package var rewrittenByteCount = 512 << 20

    package init() {}
}
