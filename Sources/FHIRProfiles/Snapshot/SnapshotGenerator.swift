import FHIRDefinitions
package import JSONTape

/// Works out snapshots: what a StructureDefinition says of every element, its own and those of what it builds on
/// (R4 profiling.html#snapshot).
package struct SnapshotGenerator: Sendable {
    private let source: any StructureDefinitionSource
    private let limits: SnapshotLimits

    /// - Parameter source: of definitions besides those of the standard, which come first and need no source.
    package init(source: any StructureDefinitionSource, limits: SnapshotLimits = SnapshotLimits()) {
        self.source = source
        self.limits = limits
    }

    /// A definition with its snapshot.
    package struct Result: Sendable {
        /// The StructureDefinition; its own snapshot, if it came with one, is replaced.
        package var definition: JSONNode
        /// Errors and warnings about the differential, in the order of its elements.
        package var issues: [SnapshotIssue]

        package init(definition: JSONNode, issues: [SnapshotIssue]) {
            self.definition = definition
            self.issues = issues
        }
    }

    /// Makes the snapshot of a StructureDefinition from its differential.
    ///
    /// Definitions that it builds on are taken with the snapshot that they came with, or with one made the same way.
    /// Throws where no snapshot can be made at all.
    package func generate(_ definition: JSONNode) throws(SnapshotError) -> Result {
        let run = SnapshotRun(source: source, limits: limits)
        let tree = try run.generate(definition)
        return Result(definition: SnapshotWriter.definition(definition, tree: tree), issues: run.issues)
    }

    /// Canonicals that the snapshot of a definition may need: its base, and the profiles that its elements name as
    /// types. Those of the standard itself are left out.
    package static func dependencies(of definition: JSONNode) -> [CanonicalURL] {
        var found: [CanonicalURL] = []
        func add(_ text: String?) {
            guard let text else { return }
            let canonical = CanonicalURL(text)
            guard !StandardStructures.r4.contains(canonical), !found.contains(canonical) else {
                return
            }
            found.append(canonical)
        }
        add(definition["baseDefinition"]?.string)
        for list in [definition["differential"], definition["snapshot"]] {
            for element in list?["element"]?.items ?? [] {
                for type in element["type"]?.items ?? [] {
                    for profile in type["profile"]?.items ?? [] { add(profile.string) }
                }
            }
        }
        return found
    }
}
