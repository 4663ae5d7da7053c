package import FHIRDefinitions
package import JSONTape

/// Checks a resource against the structure that R4 gives its type: what may stand where, how often, in which format.
///
/// One pass over the tape with compiled rules; a resource without fault costs no allocation but the answer's. All
/// faults are gathered, up to `maximumIssueCount`. Bindings, invariants and profiles are not part of it.
package struct StructureValidator: Sendable {
    /// How many issues are reported; what is found after that is dropped.
    package static let maximumIssueCount = 50

    private let definitions: FHIRDefinitions
    private let rules: RuleTable

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        rules = RuleTable(definitions: definitions)
    }

    /// What is wrong with the resource at `node`, in the order of the text; empty if nothing is.
    ///
    /// - Parameter type: the resource type it has to be.
    package func issues(in node: JSONNode, type: TypeID) -> [ValidationIssue] {
        var walk = StructureWalk(document: node.document, root: node.index, rootType: type, definitions, rules)
        walk.checkRoot()
        return walk.issues
    }
}
