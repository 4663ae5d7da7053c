import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import JSONTape

/// A profile in the form that resources are checked by.
final class ProfileTable: Sendable {
    let url: String
    /// Name of the type that is constrained.
    let type: String
    let root: ProfileElement
    /// Where an extension may stand (R4 defining-extensions.html#context).
    let contexts: [Context]
    /// The value that `url` has to have, where the profile is of an extension.
    let extensionURL: String?
    /// Elements that others take their content from, by id.
    private let referenced: [String: ProfileElement]

    struct Context: Sendable {
        /// fhirpath, element or extension.
        var kind: String
        var expression: String
    }

    init(_ definition: JSONNode, tree: ElementNode, definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        url = definition["url"]?.string ?? ""
        type = definition["type"]?.string ?? tree.name
        var builder = ProfileTableBuilder(definitions: definitions, engine: engine)
        root = builder.element(tree, id: tree.name, owner: nil, type: definitions.type(named: type), isSlice: false)
        referenced = builder.byID
        contexts = (definition["context"]?.items ?? []).map {
            Context(kind: $0["type"]?.string ?? "", expression: $0["expression"]?.string ?? "")
        }
        extensionURL = root.children.first { $0.name == "url" }?.fixed?.string
    }

    /// What the profile says of an element's members.
    func children(of element: ProfileElement) -> [ProfileElement] {
        guard element.children.isEmpty, let id = element.contentReference else { return element.children }
        return referenced[id]?.children ?? []
    }
}

/// Turns the tree of a snapshot into elements to check by.
struct ProfileTableBuilder {
    let definitions: FHIRDefinitions
    let engine: FHIRPathEngine
    private(set) var byID: [String: ProfileElement] = [:]

    init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        self.definitions = definitions
        self.engine = engine
    }

    /// - Parameters:
    ///   - owner: the type that has the element; nil for the root, and where it is not known.
    ///   - type: the element's own type, if it is the only one.
    mutating func element(
        _ node: ElementNode, id: String, owner: TypeID?, type: TypeID?, isSlice: Bool
    ) -> ProfileElement {
        let name = node.name.hasSuffix("[x]") ? String(node.name.dropLast(3)) : node.name
        let base = owner.flatMap { owner in definitions.elements(of: owner).first { $0.name == name } }
        let content = type ?? contentType(of: node, base)
        var children: [ProfileElement] = []
        for child in node.children {
            children.append(element(child, id: "\(id).\(child.name)", owner: content, type: nil, isSlice: false))
        }
        let made = ProfileElement(
            name: name, sliceName: node.sliceName, members: node.element, base: base, isSlice: isSlice,
            constraints: constraints(node.element), children: children,
            slices: slices(of: node, id: id, owner: owner))
        if !isSlice { byID[id] = made }
        return made
    }

    /// The slices of an element, each with its own: `a/b` is one of `a`.
    private mutating func slices(of node: ElementNode, id: String, owner: TypeID?) -> [ProfileElement] {
        var made: [ProfileElement] = []
        for slice in node.slices where isDirect(slice.sliceName, in: node) {
            var slice = slice
            slice.slices = node.slices.filter { other in
                other.sliceName?.hasPrefix((slice.sliceName ?? "") + "/") == true
            }
            made.append(element(slice, id: id, owner: owner, type: nil, isSlice: true))
        }
        return made
    }

    /// Whether no other slice stands between.
    private func isDirect(_ name: String?, in node: ElementNode) -> Bool {
        guard let name else { return false }
        return !node.slices.contains { other in
            other.sliceName.map { $0 != name && name.hasPrefix($0 + "/") } ?? false
        }
    }

    private func contentType(of node: ElementNode, _ base: ElementDefinition?) -> TypeID? {
        let codes = (node.element["type"]?.items ?? []).compactMap { $0["code"]?.string }
        guard codes.count == 1 else { return nil }
        // The content of a backbone has a type of its own.
        if let base, base.types.count == 1 {
            let type = base.types[0].type
            if definitions[type].kind == .backbone { return type }
        }
        return definitions.type(named: codes[0])
    }

    private func constraints(_ members: ElementMembers) -> [ProfileConstraint] {
        (members["constraint"]?.items ?? []).compactMap { node -> ProfileConstraint? in
            guard let key = node["key"]?.string, let text = node["expression"]?.string,
                !ProfileTableBuilder.standardKeys.contains(key)
            else { return nil }
            var constraint = ProfileConstraint(
                key: key, isError: node["severity"]?.string != "warning", human: node["human"]?.string ?? key)
            do throws(FHIRPathError) {
                constraint.expression = try engine.expression(text)
            } catch {
                constraint.fault = error.message
            }
            return constraint
        }
    }

    /// Invariants of the standard's types, which are checked anyhow.
    private static let standardKeys = Set(FHIRDefinitions.r4.invariants.map(\.key))
}
