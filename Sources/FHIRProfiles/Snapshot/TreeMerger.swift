import FHIRDefinitions
import JSONTape

/// Lays a differential's tree over its base's (R4 profiling.html#snapshot).
struct TreeMerger {
    let run: SnapshotRun
    /// The base as it was: what content references mean.
    let base: ElementNode
    /// Canonical URL of the definition being made.
    let url: String
    /// A profile; otherwise a type of its own, which may add elements.
    let isConstraint: Bool
    /// Issues in definitions that this one only builds on are theirs.
    let reportsIssues: Bool

    func merge(_ differential: ElementNode) throws(SnapshotError) -> ElementNode {
        var root = base
        if !isConstraint { ElementMerger.makeOwn(&root, path: base.name) }
        return try merge(root, differential, id: base.name, isNewSlice: false)
    }

    // MARK: - Elements

    /// - Parameter id: of the element in the snapshot.
    private func merge(
        _ base: ElementNode, _ diff: ElementNode, id: String, isNewSlice: Bool
    ) throws(SnapshotError) -> ElementNode {
        var node = base
        var merger = ElementMerger(
            element: base.element, url: url, id: id, isConstraint: isConstraint, isNewSlice: isNewSlice)
        merger.merge(diff.element)
        node.element = merger.element
        for issue in merger.issues { report(issue.severity, issue.message, id) }
        try takeProfile(of: diff, into: &node)
        guard !diff.children.isEmpty else { return node }
        // The root of a type that builds on nothing has no type itself.
        let isTyped = node.element["type"] != nil || node.element.contentReference != nil
        if node.children.isEmpty, isTyped || isConstraint { try expand(&node, id: id) }
        try mergeChildren(of: &node, diff, id: id)
        return node
    }

    /// What a type's only profile says of the element as a whole: its words, whether it modifies, and its constraints.
    private func takeProfile(of diff: ElementNode, into node: inout ElementNode) throws(SnapshotError) {
        guard isConstraint, diff.element["type"] != nil, let profile = node.element.onlyProfile,
            let tree = try knownTree(CanonicalURL(profile), for: node.name)
        else { return }
        ElementMerger.takeProfile(tree.element, into: &node.element, unless: diff.element)
    }

    private func mergeChildren(
        of node: inout ElementNode, _ diff: ElementNode, id: String
    ) throws(SnapshotError) {
        var groups: [ElementNode] = []
        for child in diff.children { Self.add(resolved(child, in: node), to: &groups) }
        for group in groups {
            let childID = "\(id).\(group.name)"
            if let index = node.childIndex(named: group.name) {
                node.children[index] = try mergeGroup(node.children[index], group, id: childID)
            } else if isConstraint {
                report(.error, "\(childID) is no element of what it constrains", childID)
            } else {
                try run.count(1)
                var child = ElementNode(name: group.name)
                child.element["constraint"] = TypeConstraints.of(group.element)
                child = try merge(child, group, id: childID, isNewSlice: false)
                ElementMerger.makeOwn(&child, path: childID)
                node.children.append(child)
            }
        }
    }

    /// Puts elements of one name together: `valueQuantity` and `value[x]` are both about `value[x]`.
    private static func add(_ child: ElementNode, to groups: inout [ElementNode]) {
        guard let index = groups.firstIndex(where: { $0.name == child.name }) else {
            groups.append(child)
            return
        }
        if groups[index].element.members.isEmpty { groups[index].element = child.element }
        groups[index].children += child.children
        for slice in child.slices where groups[index].sliceIndex(named: slice.sliceName ?? "") == nil {
            groups[index].slices.append(slice)
        }
    }

    // MARK: - Slices

    /// An element and its slices (R4 profiling.html#slicing).
    private func mergeGroup(
        _ base: ElementNode, _ diff: ElementNode, id: String
    ) throws(SnapshotError) -> ElementNode {
        var merged = try merge(base, diff, id: id, isNewSlice: false)
        guard !diff.slices.isEmpty else { return merged }
        if diff.slices.count == 1, isOnlyNamed(merged, diff.slices[0]) {
            merged = try merge(merged, diff.slices[0], id: "\(id):\(diff.slices[0].sliceName ?? "")", isNewSlice: false)
            merged.sliceName = diff.slices[0].sliceName
            return merged
        }
        if merged.element.slicing == nil { merged.element["slicing"] = implicitSlicing(merged, id: id) }
        let isClosed = base.element.slicing?["rules"]?.string == "closed"
        for slice in diff.slices {
            let name = slice.sliceName ?? ""
            let sliceID = "\(id):\(name)"
            if let index = merged.sliceIndex(named: name) {
                merged.slices[index] = try merge(merged.slices[index], slice, id: sliceID, isNewSlice: false)
                continue
            }
            if isClosed, name.parentSlice == nil {
                report(.error, "\(sliceID) is added to a slicing that its base has closed", sliceID)
            }
            let start = try newSlice(of: merged, named: name, slice)
            merged.insert(slice: try merge(start, slice, id: sliceID, isNewSlice: true))
        }
        return merged
    }

    /// Whether a slice only gives a name to what is said of the element itself: nothing tells slices apart.
    private func isOnlyNamed(_ element: ElementNode, _ slice: ElementNode) -> Bool {
        guard element.element.slicing == nil, element.slices.isEmpty, !element.isExtension else { return false }
        return !element.isChoice || Self.type(of: slice.sliceName ?? "", choice: element) == nil
    }

    /// A slice before anything is said of it: the element it is a slice of, with what that has below it.
    private func newSlice(
        of unsliced: ElementNode, named name: String, _ diff: ElementNode
    ) throws(SnapshotError) -> ElementNode {
        let parent = name.parentSlice.flatMap { unsliced.sliceIndex(named: $0) }
        var slice = parent.map { unsliced.slices[$0] } ?? unsliced
        slice.slices = []
        slice.sliceName = name
        slice.element["slicing"] = nil
        try run.count(slice.count)
        if diff.element["type"] == nil, slice.isChoice, slice.element.types.count > 1,
            let type = Self.type(of: name, choice: unsliced)
        {
            slice.element["type"] = JSONNode.array(of: [type])
        }
        return slice
    }

    /// The type that a slice's name tells: `valueQuantity` of `value[x]`.
    private static func type(of name: String, choice: ElementNode) -> JSONNode? {
        let stem = choice.name.dropLast(3)
        guard name.hasPrefix(stem) else { return nil }
        let ending = String(name.dropFirst(stem.count))
        return choice.element.types.first { $0["code"]?.string?.capitalizedType == ending }
    }

    /// What tells slices apart where the differential need not say: extensions by their url, choices by their type.
    private func implicitSlicing(_ node: ElementNode, id: String) -> JSONNode? {
        if !node.isExtension, !node.isChoice {
            report(.error, "\(id) has slices, but nothing says how they are told apart", id)
            return nil
        }
        return JSONNode.made { writer in
            writer.beginObject()
            writer.key("discriminator")
            writer.beginArray()
            writer.beginObject()
            writer.member("type", node.isExtension ? "value" : "type")
            writer.member("path", node.isExtension ? "url" : "$this")
            writer.endObject()
            writer.endArray()
            writer.key("ordered")
            writer.bool(false)
            writer.member("rules", "open")
            writer.endObject()
        }
    }

    /// A child under the name that the base has for it: a shortcut becomes the slice it stands for.
    private func resolved(_ child: ElementNode, in parent: ElementNode) -> ElementNode {
        guard parent.childIndex(named: child.name) == nil else { return child }
        for choice in parent.children where choice.isChoice {
            let stem = choice.name.dropLast(3)
            let ending = String(child.name.dropFirst(stem.count))
            guard child.name.hasPrefix(stem), ending.first?.isUppercase == true,
                choice.element.types.contains(where: { $0["code"]?.string?.capitalizedType == ending })
            else { continue }
            var group = ElementNode(name: choice.name)
            var slice = child
            slice.name = choice.name
            slice.slices = []
            slice.sliceName = child.sliceName ?? child.name
            group.slices =
                [slice]
                + child.slices.map { inner in
                    var inner = inner
                    inner.name = choice.name
                    return inner
                }
            if slice.element.members.isEmpty, slice.children.isEmpty { group.slices.removeFirst() }
            return group
        }
        return child
    }

    // MARK: - Walking into types

    /// Gives an element the children of its type, profile or content reference.
    private func expand(_ node: inout ElementNode, id: String) throws(SnapshotError) {
        if let reference = node.element.contentReference {
            guard let target = target(of: reference) else {
                throw SnapshotError(.invalidDefinition, "\(id) refers to \(reference), which is not there")
            }
            node.children = target.children
            node.element["contentReference"] = nil
            node.element["type"] = target.element["type"]
        } else {
            node.children = try typeTree(of: node, id: id)?.children ?? []
        }
        try run.count(node.children.reduce(0) { $0 + $1.count })
    }

    private func target(of reference: String) -> ElementNode? {
        guard let mark = reference.lastIndex(of: "#") else { return nil }
        let steps = ElementStep.steps(ofID: String(reference[reference.index(after: mark)...]))
        return base.node(at: steps.dropFirst())
    }

    private func typeTree(of node: ElementNode, id: String) throws(SnapshotError) -> ElementNode? {
        if let profile = node.element.onlyProfile {
            if let tree = try knownTree(CanonicalURL(profile), for: id) { return tree }
        }
        let codes = Set(node.element.typeCodes)
        guard let first = codes.first else {
            report(.error, "\(id) has no type that has elements", id)
            return nil
        }
        // What several types have in common is what every element has.
        let code = codes.count == 1 ? first : "Element"
        let url = code.contains(":") ? code : StandardStructures.url(ofType: code)
        guard let tree = try run.treeIfKnown(CanonicalURL(url)) else {
            report(.error, "\(id) has the type \(code), whose elements are not known", id)
            return nil
        }
        return tree
    }

    /// The tree of a profile; nil with a warning if it is not known.
    private func knownTree(_ canonical: CanonicalURL, for id: String) throws(SnapshotError) -> ElementNode? {
        let tree = try run.treeIfKnown(canonical)
        if tree == nil { report(.warning, "the profile \(canonical) is not known", id) }
        return tree
    }

    private func report(_ severity: SnapshotIssue.Severity, _ message: String, _ id: String) {
        if reportsIssues { run.report(SnapshotIssue(severity, message, element: id)) }
    }
}

extension ElementMembers {
    /// The profile of the only type, where that has one.
    var onlyProfile: String? {
        let types = self.types
        guard types.count == 1, let profiles = types[0]["profile"]?.items, profiles.count == 1 else { return nil }
        return profiles[0].string
    }
}

extension String {
    /// As the name of a choice spells a type: `Quantity`, `DateTime`.
    var capitalizedType: String { prefix(1).uppercased() + dropFirst() }
}
