import FHIRDefinitions

/// Parameters of the standard that no element of the resource stands behind (R4 search.html#all).
extension SearchRequestParser {
    static let specialNames: Set<String> = ["_list", "_filter", "_query", "_contained", "_containedType"]

    func special(
        _ code: Substring, _ modifier: Substring?, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        guard modifier == nil else {
            throw SearchError(.unsupportedModifier, "The parameter does not take modifiers.")
        }
        switch code {
        case "_list": return try list(value, on: type)
        case "_filter": return try filter(value, on: type, depth: depth)
        case "_contained", "_containedType":
            throw SearchError(.invalidChain, "The parameter is about the whole search and stands in no chain.")
        default:
            // R4 search.html#query: a named query is defined by an OperationDefinition; there are none here.
            throw SearchError(.notSupported, "This server defines no named queries.")
        }
    }

    /// R4 search.html#list: the resources that a List names as its items; any of several lists.
    private func list(_ value: String, on type: TypeID) throws(SearchError) -> SearchCriterion? {
        guard let list = indexer.definitions.resourceType(named: "List") else { return nil }
        let reader = SearchValueReader(indexer: indexer)
        var ids: [String] = []
        for text in SearchValueSyntax.split(value[...], at: UInt8(ascii: ",")) where !text.isEmpty {
            if text.hasPrefix("$") {
                throw SearchError(.notSupported, "Functional lists are not supported, only ids of List resources.")
            }
            guard case .local(let types, let id) = try reader.reference(text, targets: [list]), !types.isEmpty
            else { throw SearchError(.invalidValue, "The value is the id of a List on this server.") }
            ids.append(id)
        }
        return ids.isEmpty ? nil : .list(ids)
    }
}
