package import FHIRDefinitions
package import JSONTape
package import UCUM

/// Turns resources into index entries, and knows what every search parameter means.
///
/// One for the whole process. A type's parameters are compiled at its first use, and again when a custom parameter
/// comes or goes (see `adopt`).
package final class SearchIndexer: Sendable {
    package let definitions: FHIRDefinitions
    package let context: ReferenceContext
    /// The zone of dates and times that name none, stored or asked for. What is stored was indexed by the zone of then.
    package let zone: LocalZone
    /// What units mean.
    package let units: UCUM
    private let wordTypes: WordTypes
    private let standard: StandardIndexes
    let custom: CustomParameterState

    /// - Parameters:
    ///   - baseURLs: under which this server is reached; references to them are its own.
    ///   - zone: of dates and times that name none.
    package init(definitions: FHIRDefinitions, baseURLs: [String] = [], zone: LocalZone = .utc) {
        self.zone = zone
        self.definitions = definitions
        wordTypes = WordTypes(definitions: definitions)
        context = ReferenceContext(definitions: definitions, baseURLs: baseURLs)
        units = UCUM()
        standard = StandardIndexes(definitions: definitions)
        custom = CustomParameterState(definitions: definitions)
    }

    /// One that shares what is compiled of the standard, but has custom parameters of its own: for another database.
    package init(sharing other: SearchIndexer) {
        definitions = other.definitions
        context = other.context
        zone = other.zone
        units = other.units
        wordTypes = other.wordTypes
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
        var entries = collect(node, index, id: id, isStandard: false)
        entries.generation = generation
        return entries
    }

    /// - Parameter isStandard: whether contained resources are indexed by the standard's parameters alone.
    func collect(_ node: JSONNode, _ index: TypeIndex, id: String, isStandard: Bool) -> IndexEntries {
        let key = Self.selfKey(typeName: index.name, id: id)
        let contained = ContainedResources(in: node, typeName: index.name, key: key, definitions: definitions)
        var collector = EntryCollector(
            document: node.document, root: node.index, index: index, indexer: self, selfKey: key, contained: contained)
        var entries = collector.collect()
        entries.words = words(of: node, type: index.type)
        if let contained { entries.contained = self.entries(of: contained, isStandard: isStandard) }
        return entries
    }

    /// Folded words for full-text search.
    func words(of node: JSONNode, type: TypeID) -> [UInt8]? {
        WordCollector.collect(node.document, node.index, type: type, definitions: definitions, types: wordTypes)
    }

    /// Hash of `Type/id`.
    package static func selfKey(typeName: String, id: String) -> UInt64 { KeySeed.target(typeName + "/" + id) }
}
