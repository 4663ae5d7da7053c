import FHIRDefinitions
import FHIRProfiles
import JSONTape

/// Discriminators of a profile lead to elements that there are (R4 profiling.html#discriminator).
extension StructureWalk {
    /// - Parameter snapshot: the definition with its snapshot.
    mutating func checkDiscriminators(of definition: JSONNode, snapshot: JSONNode) {
        let sliced = (definition["differential"]?["element"]?.items ?? []).filter { $0["slicing"] != nil }
        guard !sliced.isEmpty else { return }
        var elements: [String: JSONNode] = [:]
        var paths: Set<String> = []
        for element in snapshot["snapshot"]?["element"]?.items ?? [] {
            if let id = element["id"]?.string { elements[id] = element }
            if let path = element["path"]?.string { paths.insert(path) }
        }
        for element in sliced {
            let known = element["id"]?.string.flatMap { elements[$0] } ?? element
            for discriminator in element["slicing"]?["discriminator"]?.items ?? [] {
                guard let path = discriminator["path"], let text = path.string else { continue }
                guard let steps = DiscriminatorStep.steps(text) else {
                    report(
                        .invalid, at: path.index, "a discriminator's path has names, extension(), resolve(), ofType()")
                    continue
                }
                guard case .name(let name)? = steps.first, hasChild(name, known, paths) == false else { continue }
                report(.invalid, at: path.index, "what is sliced has no element of the name \(name)")
            }
        }
    }

    /// Whether an element has children of a name; nil where its types do not tell.
    private func hasChild(_ name: String, _ element: JSONNode, _ paths: Set<String>) -> Bool? {
        guard let path = element["path"]?.string else { return nil }
        if paths.contains("\(path).\(name)") || paths.contains("\(path).\(name)[x]") { return true }
        let types = (element["type"]?.items ?? []).compactMap { $0["code"]?.string }
        guard !types.isEmpty else { return nil }
        for code in types {
            guard let type = definitions.type(named: code) else { return nil }
            // What is below these is said by the profile, or by the resource that is there.
            if ["BackboneElement", "Element", "Resource", "DomainResource"].contains(code) { return nil }
            if definitions.elements(of: type).contains(where: { $0.name == name || "\($0.name)[x]" == name }) {
                return true
            }
            if definitions[type].kind == .primitive, ["value", "id", "extension"].contains(name) { return true }
        }
        return false
    }
}
