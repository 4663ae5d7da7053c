package import FHIRDefinitions
package import JSONTape
import Synchronization
package import UCUM

/// Turns resources into index entries, and knows what every search parameter means.
///
/// One for the whole process. A type's parameters are compiled at its first use.
package final class SearchIndexer: Sendable {
    package let definitions: FHIRDefinitions
    package let context: ReferenceContext
    /// The zone of dates and times that name none, stored or asked for. What is stored was indexed by the zone of then.
    package let zone: LocalZone
    /// What units mean.
    package let units = UCUM()
    private let wordTypes: WordTypes
    private let compiled: Mutex<[TypeIndex?]>

    /// - Parameters:
    ///   - baseURLs: under which this server is reached; references to them are its own.
    ///   - zone: of dates and times that name none.
    package init(definitions: FHIRDefinitions, baseURLs: [String] = [], zone: LocalZone = .utc) {
        self.zone = zone
        self.definitions = definitions
        wordTypes = WordTypes(definitions: definitions)
        context = ReferenceContext(definitions: definitions, baseURLs: baseURLs)
        compiled = Mutex(Array(repeating: nil, count: definitions.types.count))
    }

    /// What the search parameters of a resource type mean.
    package func index(of type: TypeID) -> TypeIndex {
        let position = Int(type.rawValue)
        if let known = compiled.withLock({ $0[position] }) { return known }
        let fresh = TypeIndexCompiler(definitions: definitions, type: type).compile()
        return compiled.withLock { table in
            if let known = table[position] { return known }
            table[position] = fresh
            return fresh
        }
    }

    /// The entries of the resource at `node`, which is of type `type` and has or will have this id.
    ///
    /// Elements that do not fit the type leave no entry; validation is another module's work.
    package func entries(for node: JSONNode, type: TypeID, id: String) -> IndexEntries {
        let index = index(of: type)
        let key = Self.selfKey(typeName: index.name, id: id)
        let contained = ContainedResources(in: node, typeName: index.name, key: key, definitions: definitions)
        var collector = EntryCollector(
            document: node.document, root: node.index, index: index, indexer: self, selfKey: key, contained: contained)
        var entries = collector.collect()
        entries.words = words(of: node, type: type)
        if let contained { entries.contained = self.entries(of: contained) }
        return entries
    }

    /// Folded words for full-text search.
    func words(of node: JSONNode, type: TypeID) -> [UInt8]? {
        WordCollector.collect(node.document, node.index, type: type, definitions: definitions, types: wordTypes)
    }

    /// Hash of `Type/id`.
    package static func selfKey(typeName: String, id: String) -> UInt64 { KeySeed.target(typeName + "/" + id) }
}
