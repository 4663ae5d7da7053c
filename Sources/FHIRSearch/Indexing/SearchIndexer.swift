package import FHIRDefinitions
package import JSONTape

/// Turns resources into index entries, and knows what every search parameter means.
///
/// One for the whole process. A type's parameters are compiled at its first use, and again when a custom parameter
/// comes or goes (see `adopt`).
package final class SearchIndexer: Sendable {
    package let definitions: FHIRDefinitions
    package let context: ReferenceContext
    private let standard: StandardIndexes
    let custom: CustomParameterState

    /// - Parameter baseURLs: under which this server is reached; references to them are its own.
    package init(definitions: FHIRDefinitions, baseURLs: [String] = []) {
        self.definitions = definitions
        context = ReferenceContext(definitions: definitions, baseURLs: baseURLs)
        standard = StandardIndexes(definitions: definitions)
        custom = CustomParameterState(definitions: definitions)
    }

    /// One that shares what is compiled of the standard, but has custom parameters of its own: for another database.
    package init(sharing other: SearchIndexer) {
        definitions = other.definitions
        context = other.context
        standard = other.standard
        custom = CustomParameterState(definitions: other.definitions)
    }

    /// What the search parameters of a resource type mean.
    package func index(of type: TypeID) -> TypeIndex { current(type).index }

    /// What the parameters of a type mean, and which generation of custom parameters they belong to.
    func current(_ type: TypeID) -> (index: TypeIndex, generation: Int64) {
        custom.index(of: type, standard: standard)
    }

    /// What the standard's parameters of a type mean.
    func standardIndex(of type: TypeID) -> TypeIndex { standard.index(of: type) }

    /// The entries of the resource at `node`, which is of type `type` and has or will have this id.
    ///
    /// Elements that do not fit the type leave no entry; validation is another module's work.
    package func entries(for node: JSONNode, type: TypeID, id: String) -> IndexEntries {
        let (index, generation) = current(type)
        var entries = collect(node, index, id: id)
        entries.generation = generation
        return entries
    }

    func collect(_ node: JSONNode, _ index: TypeIndex, id: String) -> IndexEntries {
        var collector = EntryCollector(
            document: node.document, root: node.index, index: index, context: context,
            selfKey: Self.selfKey(typeName: index.name, id: id))
        return collector.collect()
    }

    /// Hash of `Type/id`.
    package static func selfKey(typeName: String, id: String) -> UInt64 { KeySeed.target(typeName + "/" + id) }
}

/// What `_include` follows.
extension SearchIndexer {
    /// A reference to a resource of this server.
    package struct LocalReference: Hashable, Sendable {
        package var type: TypeID
        package var id: String
    }

    /// The resources of this server that a resource refers to by a parameter, or by any of its reference parameters
    /// if nil; each once, in the order found.
    package func references(
        in node: JSONNode, type: TypeID, parameter: ParameterIndex?
    ) -> [LocalReference] {
        let index = index(of: type)
        let parameters = parameter.map { [$0] } ?? index.parameters.values.filter { $0.kind == .reference }
        var result: [LocalReference] = []
        var seen: Set<LocalReference> = []
        for parameter in parameters {
            for path in parameter.slots.flatMap({ index.slots[$0].paths }) {
                for value in values(at: path.steps[...], of: node) {
                    guard let text = (value["reference"] ?? value).string, let found = localReference(text) else {
                        continue
                    }
                    if let only = parameter.refersTo, only != found.type { continue }
                    if seen.insert(found).inserted { result.append(found) }
                }
            }
        }
        return result
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

    private func localReference(_ text: String) -> LocalReference? {
        var text = text
        return text.withUTF8 { bytes in
            guard case .local(let type, let target) = context.target(bytes),
                let slash = target.firstIndex(of: UInt8(ascii: "/"))
            else { return nil }
            return LocalReference(type: type, id: String(decoding: target[(slash + 1)...], as: UTF8.self))
        }
    }
}
