import FHIRDefinitions
import JSONTape

/// The resources within a resource, and what `#id` means in each of them (R4 references.html#contained).
///
/// A contained resource has no address of its own. Its hash is made from that of the resource around it, so that a
/// reference to it is found like any other, and never taken for one to `Type/id`.
struct ContainedResources {
    struct Item {
        let node: JSONNode
        let type: TypeID
        let typeName: String
        let id: String
        /// Position in `contained`.
        let place: Int
        /// Hash of the resource.
        let key: UInt64
    }

    /// Hash of the resource around them.
    let containerKey: UInt64
    let containerTypeName: String
    let items: [Item]

    /// Nil for a resource that contains none, which costs a look at its properties.
    init?(in node: JSONNode, typeName: String, key: UInt64, definitions: FHIRDefinitions) {
        guard let contained = node.document.member("contained", of: node.index) else { return nil }
        containerKey = key
        containerTypeName = typeName
        items = JSONNode(node.document, contained).items.enumerated().compactMap { place, item in
            guard let name = item["resourceType"]?.string, let type = definitions.resourceType(named: name),
                let id = item["id"]?.string
            else { return nil }
            return Item(node: item, type: type, typeName: name, id: id, place: place, key: Self.key(id, in: key))
        }
        if items.isEmpty { return nil }
    }

    /// Hash of the resource with this id within the one of this hash.
    static func key(_ id: String, in containerKey: UInt64) -> UInt64 { XXHash64.hash(id, seed: containerKey) }

    /// Hash and type of what `#id` points at, or `#` alone, which is the resource around; nil for any other text
    /// (R4 references.html#contained).
    func target(_ reference: UnsafeBufferPointer<UInt8>) -> (key: UInt64, typeName: String)? {
        guard reference.first == UInt8(ascii: "#") else { return nil }
        if reference.count == 1 { return (containerKey, containerTypeName) }
        let id = UnsafeBufferPointer(rebasing: reference.dropFirst())
        return items.first { id.elementsEqual($0.id.utf8) }.map { ($0.key, $0.typeName) }
    }
}

extension SearchIndexer {
    /// The entries of contained resources.
    ///
    /// - Parameter isStandard: by the standard's parameters alone.
    func entries(of contained: ContainedResources, isStandard: Bool) -> [ContainedEntries] {
        contained.items.map { item in
            var collector = EntryCollector(
                document: item.node.document, root: item.node.index,
                index: isStandard ? standardIndex(of: item.type) : index(of: item.type), indexer: self,
                selfKey: item.key, contained: contained)
            var entries = collector.collect()
            entries.words = words(of: item.node, type: item.type)
            return ContainedEntries(
                typeName: item.typeName, id: item.id, place: item.place, content: Array(item.node.source),
                entries: entries)
        }
    }
}
