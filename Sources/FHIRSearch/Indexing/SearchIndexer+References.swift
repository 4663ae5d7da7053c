package import FHIRDefinitions
package import JSONTape

/// What `_include` follows.
extension SearchIndexer {
    /// A reference to a resource of this server.
    package struct LocalReference: Hashable, Sendable {
        package var type: TypeID
        package var id: String

        package init(type: TypeID, id: String) {
            self.type = type
            self.id = id
        }
    }

    /// What a reference or canonical leads to.
    package enum Target: Hashable, Sendable {
        case local(LocalReference)
        /// By url and, where the reference names one, business version; may be of any of these types.
        case canonical(url: String, version: String?, types: [TypeID])
    }

    /// What a resource refers to by a parameter, or by any of its reference parameters if nil; each once, in the order
    /// found. References to versions stand for the resource; those to contained resources and to other servers lead
    /// nowhere.
    package func targets(in node: JSONNode, type: TypeID, parameter: ParameterIndex?) -> [Target] {
        let index = index(of: type)
        let parameters =
            parameter.map { [$0] }
            ?? index.parameters.values.filter { $0.kind == .reference }.sorted { $0.code < $1.code }
        var result: [Target] = []
        var seen: Set<Target> = []
        for parameter in parameters {
            for path in parameter.slots.flatMap({ index.slots[$0].paths }) {
                for value in values(at: path.steps[...], of: node) {
                    guard let found = target(value, path, parameter) else { continue }
                    if case .local(let local) = found, let only = parameter.refersTo, only != local.type { continue }
                    if seen.insert(found).inserted { result.append(found) }
                }
            }
        }
        return result
    }

    private func target(_ value: JSONNode, _ path: BoundPath, _ parameter: ParameterIndex) -> Target? {
        guard let text = (value["reference"] ?? value).string else { return nil }
        if let local = localReference(text) { return .local(local) }
        guard path.leafName != "Reference", text.first != "#" else { return nil }
        let parts = text.prefix { $0 != "#" }.split(separator: "|", maxSplits: 1)
        guard let url = parts.first else { return nil }
        let types = path.targets.isEmpty ? parameter.targets : path.targets
        return .canonical(url: String(url), version: parts.count == 2 ? String(parts[1]) : nil, types: types)
    }

    private func values(at steps: ArraySlice<BoundPath.Step>, of node: JSONNode) -> [JSONNode] {
        guard let step = steps.first else { return [node] }
        guard let member = node[named: step.property] else { return [] }
        var items = member.items
        if let position = step.position { items = position < items.count ? [items[position]] : [] }
        if case .memberEquals(let name, let wanted)? = step.filter {
            items = items.filter { $0[named: name]?.string == wanted }
        }
        return items.flatMap { values(at: steps.dropFirst(), of: $0) }
    }
}
