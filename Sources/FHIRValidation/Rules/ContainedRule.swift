import JSONTape

extension StructureWalk {
    /// What a contained resource may not have, and that it belongs there (dom-3, dom-4, dom-5).
    mutating func checkContained(_ list: Document.Index, in resource: Document.Index) {
        checkReferrers(ofContained: list, in: resource)
        guard document.kind(list) == .array else { return }
        for contained in JSONNode(document, list).elements {
            guard let meta = contained["meta"] else { continue }
            for name: StaticString in ["versionId", "lastUpdated"] {
                guard let member = meta[name] else { continue }
                report(.invariant, at: member.index, "a contained resource has no version of its own", rule: "dom-4")
            }
            if let security = meta["security"] {
                report(.invariant, at: security.index, "a contained resource has no security labels", rule: "dom-5")
            }
        }
    }

    /// A contained resource is referred to from the resource around it, or refers to that itself (dom-3,
    /// R4 references.html#contained): it has no meaning of its own.
    ///
    /// References are `#id` wherever a string may be one: `Reference.reference`, canonicals, uris and urls. One pass
    /// over the resource, however many it contains.
    private mutating func checkReferrers(ofContained list: Document.Index, in resource: Document.Index) {
        guard document.kind(list) == .array else { return }
        var fragments: Set<String>?
        let end = document.next(list)
        var contained = document.firstChild(list)
        while contained < end {
            defer { contained = document.next(contained) }
            guard document.kind(contained) == .object, !refersToContainer(contained) else { continue }
            let known = fragments ?? self.fragments(in: resource)
            fragments = known
            if let id = document.member("id", of: contained), known.contains("#" + document.string(id)) { continue }
            if isShown(contained, in: resource) { continue }
            report(
                .invariant, at: contained,
                "nothing refers to the contained resource, nor does it refer to the one around it", rule: "dom-3")
        }
    }

    /// Whether a narrative of the resource shows it, as an image does (R4 narrative.html#id).
    private func isShown(_ contained: Document.Index, in resource: Document.Index) -> Bool {
        guard let id = document.member("id", of: contained) else { return false }
        let link = "\"#" + document.string(id) + "\""
        return JSONNode(document, resource).members.contains { isShown(link, in: $0.value) }
    }

    private func isShown(_ link: String, in node: JSONNode) -> Bool {
        if node.isArray { return node.elements.contains { isShown(link, in: $0) } }
        guard node.isObject else { return false }
        if let div = node["div"]?.string, div.contains(link) { return true }
        return node.members.contains { isShown(link, in: $0.value) }
    }

    /// All strings that are a fragment.
    private func fragments(in resource: Document.Index) -> Set<String> {
        var result: Set<String> = []
        forEachFragment(in: resource) { index in
            result.insert(document.string(index))
            return true
        }
        return result
    }

    /// Whether `#` alone, which is the containing resource, stands somewhere in it.
    private func refersToContainer(_ contained: Document.Index) -> Bool {
        var isFound = false
        forEachFragment(in: contained) { index in
            isFound = document.isString(index, equalTo: "#")
            return !isFound
        }
        return isFound
    }

    /// Calls `body` for strings that begin with `#`, until it answers false.
    private func forEachFragment(in object: Document.Index, _ body: (Document.Index) -> Bool) {
        let end = document.next(object)
        var index = object
        while index < end {
            switch document.kind(index) {
            case .object, .array: index = document.firstChild(index)
            case .string, .escapedString:
                if document.rawText(index).first == UInt8(ascii: "#"), !body(index) { return }
                index += 1
            default: index += 1
            }
        }
    }
}
