package import FHIRDefinitions
import Synchronization

/// The elements that `_elements` names (R4 search.html#elements), compiled per resource type.
///
///     status              element of whatever type is shown, except of included resources
///     Patient.name        element of one type, of included resources too
///     name.family         part of an element
///
/// Or the elements that are left out, of what would else be there: `-photo`.
///
/// Choices are known by all their names: `value`, `value[x]` and `valueQuantity` are one element. Extensions are
/// shown whole or not at all: a part of one says nothing.
package final class ElementSelection: Sendable {
    /// What is kept of an object: a tree whose nodes are types' elements, as bits by `ElementDefinition.order`.
    struct Node: Sendable {
        /// Whether the elements named are left out, and all others kept.
        var isExclusion = false
        /// Elements named with all that is in them.
        var whole: UInt64 = 0
        /// Elements of which parts are named, by the type of their value.
        var parts: [Part: Node] = [:]
    }

    struct Part: Hashable {
        /// `ElementDefinition.order`
        var order: Int
        var type: TypeID
    }

    private struct Path: Sendable {
        var owner: TypeID?
        var names: [String]
    }

    /// Greatest number of names in a path.
    private static let greatestDepth = 8

    private let definitions: FHIRDefinitions
    private let extensionType: TypeID?
    private let paths: [Path]
    /// Whether the names are of what is left out.
    private let isExclusion: Bool
    private let matches: Mutex<[TypeID: Node]> = Mutex([:])
    private let includes: Mutex<[TypeID: Node?]> = Mutex([:])

    /// Reads the names, which may be prefixed by a resource type.
    ///
    /// - Parameter isExclusion: whether they are of what is left out.
    package init(_ names: [String], isExclusion: Bool = false, definitions: FHIRDefinitions) {
        self.isExclusion = isExclusion
        self.definitions = definitions
        extensionType = definitions.type(named: "Extension")
        paths = names.map { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 1, let owner = definitions.resourceType(named: parts[0]) {
                return Path(owner: owner, names: Array(parts.dropFirst()))
            }
            return Path(owner: nil, names: parts)
        }
    }

    /// The first name that means nothing in any of these types, or in the type that it names itself; nil if all do.
    package func unknownName(in types: [TypeID]) -> String? {
        paths.first { path in
            let candidates = path.owner.map { [$0] } ?? types
            return path.names.count > Self.greatestDepth
                || !candidates.contains { isKnown(path.names[...], in: $0, isRoot: true) }
        }
        .map { path in
            ((path.owner.map { [definitions.name(of: $0)] } ?? []) + path.names).joined(separator: ".")
        }
    }

    /// What is kept of resources of a type that were asked for.
    func node(for type: TypeID) -> Node {
        if let known = matches.withLock({ $0[type] }) { return known }
        let node = compile(paths.filter { $0.owner == nil || $0.owner == type }, type)
        matches.withLock { $0[type] = node }
        return node
    }

    /// What is kept of resources of a type that were only included; nil for all of it.
    func includeNode(for type: TypeID) -> Node? {
        if let known = includes.withLock({ $0[type] }) { return known }
        let own = paths.filter { $0.owner == type }
        let node = own.isEmpty ? nil : compile(own, type)
        includes.withLock { $0[type] = .some(node) }
        return node
    }

    // MARK: - Names

    private func compile(_ paths: [Path], _ type: TypeID) -> Node {
        var node = Node(isExclusion: isExclusion)
        for path in paths where path.names.count <= Self.greatestDepth { add(path.names[...], type, to: &node) }
        return node
    }

    private func add(_ names: ArraySlice<String>, _ type: TypeID, to node: inout Node) {
        guard let name = names.first, let (order, types) = element(name, of: type) else { return }
        let rest = names.dropFirst()
        if rest.isEmpty {
            node.whole |= 1 << UInt64(order)
            return
        }
        for inner in types where inner != extensionType && isKnown(rest, in: inner, isRoot: false) {
            add(rest, inner, to: &node.parts[Part(order: order, type: inner), default: Node(isExclusion: isExclusion)])
        }
    }

    private func isKnown(_ names: ArraySlice<String>, in type: TypeID, isRoot: Bool) -> Bool {
        guard let name = names.first else { return true }
        if isRoot, name == "resourceType", names.count == 1 { return true }
        guard let (_, types) = element(name, of: type) else { return false }
        let rest = names.dropFirst()
        return rest.isEmpty || types.contains { $0 != extensionType && isKnown(rest, in: $0, isRoot: false) }
    }

    /// The place of an element among those of its type, and the types that its values may have.
    private func element(_ name: String, of type: TypeID) -> (order: Int, types: [TypeID])? {
        if let property = definitions.property(named: name, of: type), !property.isCompanion {
            let element = definitions[property.element]
            return (element.order, element.isChoice ? [property.type] : element.types.map(\.type))
        }
        let bare = name.hasSuffix("[x]") ? String(name.dropLast(3)) : name
        guard let element = definitions.elements(of: type).first(where: { $0.isChoice && $0.name == bare }) else {
            return nil
        }
        return (element.order, element.types.map(\.type))
    }
}
