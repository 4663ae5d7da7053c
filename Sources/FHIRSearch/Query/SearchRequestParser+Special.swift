import FHIRDefinitions

/// Parameters of the standard that no element of the resource stands behind (R4 search.html#all).
extension SearchRequestParser {
    static let specialNames: Set<String> = ["_list", "_filter", "_query"]

    func special(
        _ code: Substring, _ modifier: Substring?, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        guard modifier == nil else {
            throw SearchError(.unsupportedModifier, "The parameter does not take modifiers.")
        }
        switch code {
        case "_list": return try list(value, on: type)
        case "_filter": return try filter(value, on: type, depth: depth)
        default:
            // R4 search.html#query: a named query is defined by an OperationDefinition; there are none here.
            throw SearchError(.notSupported, "This server defines no named queries.")
        }
    }

    /// R4 search.html#list: the resources that a List names as its items; any of several lists.
    private func list(_ value: String, on type: TypeID) throws(SearchError) -> SearchCriterion? {
        guard let list = indexer.definitions.resourceType(named: "List"),
            let id = indexer.index(of: list).parameters["_id"]
        else { throw SearchError(.notSupported, "This server has no lists.") }
        let reader = SearchValueReader(indexer: indexer)
        var values: [SearchValue] = []
        for text in SearchValueSyntax.split(value[...], at: UInt8(ascii: ",")) where !text.isEmpty {
            if text.hasPrefix("$") {
                throw SearchError(.notSupported, "Functional lists are not supported, only ids of List resources.")
            }
            guard case .local(let types, let name) = try reader.reference(text, targets: [list]), !types.isEmpty
            else { throw SearchError(.invalidValue, "The value is the id of a List on this server.") }
            values.append(.token(SearchValue.TokenValue(system: .any, code: name)))
        }
        guard !values.isEmpty else { return nil }
        let inner = ParameterCriterion(parameter: id, modifier: .none, values: values)
        return .has(list, try parameter("item", on: list), .parameter(inner))
    }
}
