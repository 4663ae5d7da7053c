/// Why there is no snapshot.
package struct SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The resource is no StructureDefinition that a snapshot can be made of.
        case invalidDefinition
        /// The definition it builds on is not known.
        case unknownBase
        /// The definition builds on itself, by whatever way round.
        case cyclic
        /// More elements, or deeper, than the limits allow.
        case tooLarge
    }

    package var code: Code
    /// For people; quotes canonical URLs and element ids at most.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// What is wrong with a differential that could still be worked into a snapshot, the stricter of two rules winning.
package struct SnapshotIssue: Sendable, Hashable {
    package enum Severity: String, Sendable {
        /// The differential breaks a rule, such as loosening what its base demands.
        case error
        /// Something could not be found or checked.
        case warning
    }

    package var severity: Severity
    /// For people; quotes element ids, codes and canonical URLs at most.
    package var message: String
    /// Id of the element in the snapshot.
    package var element: String

    package init(_ severity: Severity, _ message: String, element: String) {
        self.severity = severity
        self.message = message
        self.element = element
    }
}

/// What one snapshot may cost.
package struct SnapshotLimits: Sendable {
    /// Greatest number of elements in a differential.
    package var differentialCount = 5_000
    /// Greatest number of elements in a snapshot.
    package var elementCount = 20_000
    /// Greatest number of parts in an element's path.
    package var depth = 40
    /// Greatest number of definitions that build on, or walk into, one another.
    package var definitionDepth = 24

    package init() {}
}
