import JSONTape

/// The making of one snapshot, with those that it needs on the way.
final class SnapshotRun {
    let source: any StructureDefinitionSource
    let limits: SnapshotLimits
    private(set) var issues: [SnapshotIssue] = []
    /// Definitions whose snapshots are being made, outermost first.
    private var open: [String] = []
    private var trees: [String: ElementNode] = [:]
    /// Elements made so far, in all snapshots of this run.
    private var elementCount = 0

    init(source: any StructureDefinitionSource, limits: SnapshotLimits) {
        self.source = source
        self.limits = limits
    }

    /// The tree of a definition's snapshot, from its differential.
    func generate(_ definition: JSONNode) throws(SnapshotError) -> ElementNode {
        guard definition["resourceType"]?.string == "StructureDefinition",
            let url = definition["url"]?.string, let type = definition["type"]?.string
        else {
            throw SnapshotError(.invalidDefinition, "a StructureDefinition needs resourceType, url and type")
        }
        guard !open.contains(url) else {
            throw SnapshotError(.cyclic, "\(url) builds on itself, by way of \(open.joined(separator: ", "))")
        }
        guard open.count < limits.definitionDepth else {
            throw SnapshotError(.tooLarge, "too many definitions build on one another")
        }
        open.append(url)
        defer { open.removeLast() }
        let elements = definition["differential"]?["element"]?.items ?? []
        guard elements.count <= limits.differentialCount else {
            throw SnapshotError(.tooLarge, "\(url) has more than \(limits.differentialCount) differential elements")
        }
        // Types of logical models may be URLs; their elements begin with the last part.
        let root = type.split(separator: "/").last.map(String.init) ?? type
        let differential = try ElementTreeReader(limits: limits).read(elements, root: root)
        let isConstraint = definition["derivation"]?.string == "constraint"
        var base = ElementNode(name: root)
        if let baseURL = definition["baseDefinition"]?.string {
            base = try tree(CanonicalURL(baseURL), for: url)
            if isConstraint, base.name != root {
                throw SnapshotError(.invalidDefinition, "\(url) is of type \(type), its base of type \(base.name)")
            }
            base.name = root
        } else if isConstraint {
            throw SnapshotError(.invalidDefinition, "\(url) has no baseDefinition")
        }
        try count(base.count)
        let merger = TreeMerger(
            run: self, base: base, url: url, isConstraint: isConstraint, reportsIssues: open.count == 1)
        return try merger.merge(differential)
    }

    /// The tree of the snapshot that a canonical names: as published, or made now.
    func tree(_ canonical: CanonicalURL, for user: String) throws(SnapshotError) -> ElementNode {
        guard let tree = try treeIfKnown(canonical) else {
            throw SnapshotError(.unknownBase, "\(user) needs \(canonical), which is not known")
        }
        return tree
    }

    /// The same; nil where nothing is known by this name.
    func treeIfKnown(_ canonical: CanonicalURL) throws(SnapshotError) -> ElementNode? {
        let key = canonical.description
        if let known = trees[key] { return known }
        if let definition = StandardStructures.r4.structureDefinition(canonical) {
            if let kept = StandardStructures.r4.tree(canonical.url) { return kept }
            // Within its own limits: whether it was kept already must make no difference to this run.
            let tree = try SnapshotRun(source: StandardStructures.r4, limits: SnapshotLimits()).generate(definition)
            StandardStructures.r4.keep(tree, for: canonical.url)
            return tree
        }
        guard let definition = source.structureDefinition(canonical) else { return nil }
        let tree: ElementNode
        if let elements = definition["snapshot"]?["element"]?.items, !elements.isEmpty,
            let root = elements[0]["path"]?.string
        {
            guard elements.count <= limits.elementCount else {
                throw SnapshotError(.tooLarge, "the snapshot of \(canonical) has too many elements")
            }
            tree = try ElementTreeReader(limits: limits, isSnapshot: true).read(elements, root: root)
        } else {
            tree = try generate(definition)
        }
        trees[key] = tree
        return tree
    }

    /// Counts elements that are about to be made; throws beyond the limit.
    func count(_ more: Int) throws(SnapshotError) {
        elementCount += more
        guard elementCount <= limits.elementCount else {
            throw SnapshotError(.tooLarge, "a snapshot may have \(limits.elementCount) elements at most")
        }
    }

    func report(_ issue: SnapshotIssue) {
        // One fault may show in every slice; the first hundred tell enough.
        if issues.count < 100 { issues.append(issue) }
    }
}
