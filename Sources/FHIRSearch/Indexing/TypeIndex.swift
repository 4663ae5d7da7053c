package import FHIRDefinitions

/// All that indexing and searching one resource type needs, compiled from its search parameters.
package final class TypeIndex: Sendable {
    package let type: TypeID
    package let name: String
    package let slots: [IndexSlot]
    package let parameters: [String: ParameterIndex]
    /// Parameters whose expression could not be compiled, by code, with the reason.
    package let failures: [String: SearchError]
    package let plan: IndexPlan
    let trie: PathTrie
    /// `quantityRows` of the slot that has any.
    let quantityRows: Int32?

    init(
        type: TypeID, name: String, slots: [IndexSlot], parameters: [String: ParameterIndex],
        failures: [String: SearchError], plan: IndexPlan
    ) {
        self.type = type
        self.name = name
        self.slots = slots
        self.parameters = parameters
        self.failures = failures
        self.plan = plan
        trie = PathTrie(slots: slots)
        quantityRows = slots.lazy.compactMap(\.quantityRows).first
    }
}
