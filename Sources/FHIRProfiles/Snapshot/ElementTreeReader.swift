import JSONTape

/// Reads the element list of a differential or snapshot into a tree.
///
/// An element's id says where it belongs; where it has none, or one that does not fit its path, its path and the
/// elements
/// before it do (R4 elementdefinition.html#id, profiling.html#snapshot).
struct ElementTreeReader {
    /// A tree as it is built: by reference, because later elements reach back into it.
    private final class Draft {
        let step: ElementStep
        let isSnapshot: Bool
        var element: JSONNode?
        var children: [Draft] = []
        var slices: [Draft] = []

        init(_ step: ElementStep, isSnapshot: Bool) {
            self.step = step
            self.isSnapshot = isSnapshot
        }

        func child(_ step: ElementStep) -> Draft {
            let unsliced = find(step.name, nil, in: &children)
            guard let sliceName = step.sliceName else { return unsliced }
            return find(step.name, sliceName, in: &unsliced.slices)
        }

        private func find(_ name: String, _ sliceName: String?, in drafts: inout [Draft]) -> Draft {
            if let known = drafts.first(where: { $0.step.name == name && $0.step.sliceName == sliceName }) {
                return known
            }
            let draft = Draft(ElementStep(name: name, sliceName: sliceName), isSnapshot: isSnapshot)
            drafts.append(draft)
            return draft
        }

        var node: ElementNode {
            // A named element that is not sliced stands in snapshots for itself.
            if element == nil, children.isEmpty, slices.count == 1, isSnapshot { return slices[0].node }
            var node = ElementNode(name: step.name, sliceName: step.sliceName)
            if let element { node.element = ElementMembers(element) }
            node.children = children.map(\.node)
            node.slices = slices.map(\.node)
            return node
        }
    }

    let limits: SnapshotLimits
    /// Whether the list says all of every element, and not only what differs.
    var isSnapshot = false

    /// The tree of `elements`, whose root is named `root`.
    ///
    /// Throws `SnapshotError` where an element's path is missing, foreign, too deep or there twice.
    func read(_ elements: [JSONNode], root rootName: String) throws(SnapshotError) -> ElementNode {
        let root = Draft(ElementStep(name: rootName), isSnapshot: isSnapshot)
        // Steps of the last element seen at each depth: what paths without ids continue.
        var trail: [ElementStep] = []
        for (position, element) in elements.enumerated() {
            guard let path = element["path"]?.string, !path.isEmpty else {
                throw SnapshotError(.invalidDefinition, "element \(position) has no path")
            }
            let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard names.count <= limits.depth else { throw SnapshotError(.tooLarge, "an element's path is too deep") }
            guard names[0] == rootName else {
                throw SnapshotError(.invalidDefinition, "the element \(path) does not belong to \(rootName)")
            }
            let steps = Self.steps(element, names, trail: trail)
            trail = steps
            var draft = root
            for step in steps.dropFirst() { draft = draft.child(step) }
            guard draft.element == nil else {
                let slice = steps.last?.sliceName.map { ":\($0)" } ?? ""
                throw SnapshotError(.invalidDefinition, "the element \(path)\(slice) is there twice")
            }
            draft.element = element
        }
        return root.node
    }

    private static func steps(_ element: JSONNode, _ names: [String], trail: [ElementStep]) -> [ElementStep] {
        let sliceName = element["sliceName"]?.string
        if let id = element["id"]?.string {
            let steps = ElementStep.steps(ofID: id)
            let fits =
                steps.count == names.count && zip(steps, names).allSatisfy { $0.name == $1 || $0.isShortcut($1) }
            if fits, steps.last?.sliceName == sliceName || sliceName == nil { return steps }
        }
        var steps: [ElementStep] = []
        for (depth, name) in names.enumerated() {
            let isLast = depth == names.count - 1
            // The path continues the last element as long as it names the same; the last part is the element's own.
            let known = !isLast && depth < trail.count && trail[depth].name == name ? trail[depth] : nil
            let isOnTrail = steps.elementsEqual(trail.prefix(depth))
            let step = (isOnTrail ? known : nil) ?? ElementStep(name: name)
            steps.append(isLast ? ElementStep(name: name, sliceName: sliceName) : step)
        }
        return steps
    }
}

extension ElementStep {
    /// Whether a path may call this `name`: `valueQuantity` for `value[x]:valueQuantity`.
    fileprivate func isShortcut(_ name: String) -> Bool {
        self.name.hasSuffix("[x]") && name.hasPrefix(self.name.dropLast(3)) && sliceName != nil
    }
}
