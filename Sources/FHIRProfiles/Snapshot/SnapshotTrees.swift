package import JSONTape

/// Snapshots as trees, for those who check resources by them.
package struct SnapshotTrees: Sendable {
    private let source: any StructureDefinitionSource

    /// - Parameter source: of definitions besides those of the standard, which come first and need no source.
    package init(source: any StructureDefinitionSource) {
        self.source = source
    }

    /// The tree of the snapshot that a definition came with, else of one made from its differential.
    package func tree(of definition: JSONNode, _ canonical: CanonicalURL) throws(SnapshotError) -> ElementNode {
        let run = SnapshotRun(source: source, limits: SnapshotLimits())
        guard let tree = try run.treeIfKnown(canonical) else { return try run.generate(definition) }
        return tree
    }
}
