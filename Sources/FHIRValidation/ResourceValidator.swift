package import FHIRDefinitions
package import FHIRPath
import FHIRProfiles
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
    let tables: ProfileTables

    /// Compiles the rules of all types, which takes some milliseconds.
    package init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        self.definitions = definitions
        self.engine = engine
        rules = RuleTable(definitions: definitions, engine: engine)
        tables = ProfileTables(definitions: definitions, engine: engine)
    }

    /// What is wrong with the resource at `node`, in the order of the text; empty if nothing is.
    ///
    /// - Parameters:
    ///   - type: the resource type it has to be.
    ///   - profiles: what it is checked by besides.
    package func issues(
        in node: JSONNode, type: TypeID, options: ValidationOptions = ValidationOptions(),
        profiles: ProfileDemand = ProfileDemand()
    ) -> [ValidationIssue] {
        examine(node, type: type, options: options, profiles: profiles).issues
    }

    /// The same, with what would have to be known to say more.
    package func examine(
        _ node: JSONNode, type: TypeID, options: ValidationOptions = ValidationOptions(),
        profiles: ProfileDemand = ProfileDemand()
    ) -> Examination {
        var walk = StructureWalk(document: node.document, root: node.index, rootType: type, self, options, profiles)
        walk.checkRoot()
        var questions = walk.progress.questions
        if let knowledge = walk.progress.knowledge { questions.formUnion(knowledge.questions) }
        return Examination(issues: walk.report.issues, questions: questions)
    }

    /// What an expression learns that asks about value sets and profiles, and afterwards what it could not learn.
    package func knowledge(
        _ profiles: ProfileDemand
    ) -> (knowledge: any Knowledge, questions: () -> Set<OutsideQuestion>) {
        let knowledge = ValidationKnowledge(self, profiles)
        return (knowledge, { knowledge.questions })
    }

    /// Whether a canonical names a profile that resources of a type can be checked by.
    package func isKnown(profile canonical: String, of type: TypeID, in profiles: ProfileDemand) -> Bool {
        guard case .success(let table)? = tables.table(CanonicalURL(canonical), in: profiles.source),
            let constrained = definitions.type(named: table.type)
        else { return false }
        return definitions.isKind(type, of: constrained)
    }

    /// Whether a canonical names a profile that can be checked by.
    package func isKnown(profile canonical: String, in profiles: ProfileDemand) -> Bool {
        if case .success? = tables.table(CanonicalURL(canonical), in: profiles.source) { return true }
        return false
    }
}
