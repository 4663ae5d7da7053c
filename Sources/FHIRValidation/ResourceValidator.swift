package import FHIRDefinitions
package import FHIRPath
package import JSONTape

/// Checks resources against what R4 says of their types: what may stand where, how often, in which format, which codes,
/// what references point at, and all invariants.
///
/// One pass over the tape with compiled rules; a resource without fault costs no allocation but the answer's. All
/// faults are gathered, up to `maximumIssueCount` errors and as many warnings.
package struct ResourceValidator: Sendable {
    /// How many errors are reported, and how many issues of other kinds; what is found after that is dropped.
    package static let maximumIssueCount = 50
    /// Steps of FHIRPath that the invariants of one resource may take together: seconds at most.
    static let maximumStepCount = 10_000_000

    package let definitions: FHIRDefinitions
    let engine: FHIRPathEngine
    let rules: RuleTable

    /// Compiles the rules of all types, which takes some milliseconds.
    package init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        self.definitions = definitions
        self.engine = engine
        rules = RuleTable(definitions: definitions, engine: engine)
    }

    /// What is wrong with the resource at `node`, in the order of the text; empty if nothing is.
    ///
    /// - Parameter type: the resource type it has to be.
    package func issues(
        in node: JSONNode, type: TypeID, options: ValidationOptions = ValidationOptions()
    ) -> [ValidationIssue] {
        var walk = StructureWalk(document: node.document, root: node.index, rootType: type, self, options)
        walk.checkRoot()
        return walk.report.issues
    }
}
