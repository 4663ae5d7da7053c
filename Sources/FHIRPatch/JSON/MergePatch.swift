import JSONTape

/// JSON Merge Patch (RFC 7386): members given replace, `null` takes away, lists are replaced as a whole.
struct MergePatch: Sendable {
    private let patch: JSONNode
    private let limits: PatchLimits

    /// Throws `.malformed` for what could only replace the whole resource by something else.
    init(_ node: JSONNode, limits: PatchLimits) throws(PatchError) {
        guard node.isObject else { throw PatchError(.malformed, "a merge patch is an object") }
        patch = node
        self.limits = limits
    }

    func apply(to root: inout EditableJSON) throws(PatchError) {
        try merge(patch, into: &root)
    }

    /// The algorithm of RFC 7386 §2.
    private func merge(_ patch: JSONNode, into target: inout EditableJSON) throws(PatchError) {
        guard patch.isObject else {
            target = EditableJSON(patch)
            return
        }
        // Every member is looked for among those that are there.
        guard patch.count <= limits.operationCount else {
            throw PatchError(.tooCostly, "an object of a patch has at most \(limits.operationCount) members")
        }
        target.expand()
        var members: [EditableJSON.Member] = []
        if case .object(let known) = target { members = known }
        target = .null
        for (name, value) in patch.members {
            let position = members.firstIndex { $0.name == name }
            if value.isNull {
                if let position { members.remove(at: position) }
            } else if let position {
                try merge(value, into: &members[position].value)
            } else {
                var made = EditableJSON.null
                try merge(value, into: &made)
                members.append(EditableJSON.Member(name: name, value: made))
            }
        }
        target = .object(members)
    }
}
