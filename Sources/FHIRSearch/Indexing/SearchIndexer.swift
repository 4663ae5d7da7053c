package import FHIRDefinitions
package import JSONTape
import Synchronization

/// Turns resources into index entries, and knows what every search parameter means.
///
/// One for the whole process. A type's parameters are compiled at its first use.
package final class SearchIndexer: Sendable {
    package let definitions: FHIRDefinitions
    package let context: ReferenceContext
    private let compiled: Mutex<[TypeIndex?]>

    /// - Parameter baseURLs: under which this server is reached; references to them are its own.
    package init(definitions: FHIRDefinitions, baseURLs: [String] = []) {
        self.definitions = definitions
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
        var collector = EntryCollector(
            document: node.document, root: node.index, index: index, context: context,
            selfKey: Self.selfKey(typeName: index.name, id: id))
        return collector.collect()
    }

    /// Hash of `Type/id`.
    package static func selfKey(typeName: String, id: String) -> UInt64 { KeySeed.target(typeName + "/" + id) }
}
