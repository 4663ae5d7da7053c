import FHIRDefinitions

/// Types whose resources are parts of one another, as locations are (R4 search.html#reference, `:above`, `:below`).
enum ResourceHierarchy {
    /// The slot by which a resource of the type refers to the one it is a part of; nil for other types.
    static func parent(of type: TypeID, _ indexer: SearchIndexer) -> IndexSlot? {
        let index = indexer.index(of: type)
        for code in ["partof", "part-of"] {
            guard let parameter = index.parameters[code], parameter.kind == .reference, parameter.slots.count == 1,
                parameter.targets.contains(type)
            else { continue }
            let slot = index.slots[parameter.slots[0]]
            return slot.storage == .keys && slot.paths.count == 1 ? slot : nil
        }
        return nil
    }
}
