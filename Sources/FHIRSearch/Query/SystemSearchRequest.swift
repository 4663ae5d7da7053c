package import FHIRDefinitions

/// A search over several types (R4 http.html#search, search.html#all): the same parameters asked of each, the matches
/// in one order.
package struct SystemSearchRequest: Sendable {
    package enum SortColumn: Hashable, Sendable { case id, updated }

    package struct SortKey: Hashable, Sendable {
        package var column: SortColumn
        package var isDescending: Bool
    }

    /// One for each type, with the same parameters; never empty.
    package var requests: [SearchRequest]
    /// Never empty; the newest first if nothing else was asked for.
    package var sort: [SortKey]
    /// The address relative to the base and without its query: empty, or `Patient/23/*`.
    package var path: String
    /// As in `SearchRequest`, with `_type`.
    package var understood: [(name: String, value: String)]

    /// The parameters that shape the answer, which are the same for all types.
    package var common: SearchRequest { requests[0] }

    /// The query string of what was understood; without `?`, may be empty.
    package var selfQuery: String { QueryEncoding.text(understood) }

    /// The query string that leads to the page at `cursor`.
    package func query(cursor: String) -> String {
        QueryEncoding.text(understood + [(SearchRequestParser.cursorName, cursor)])
    }

    /// As `SearchRequest.limitCount(to:)`.
    package mutating func limitCount(to limit: Int) {
        for position in requests.indices { requests[position].limitCount(to: limit) }
        for position in understood.indices where understood[position].name == "_count" {
            understood[position].value = common.count.map(String.init) ?? understood[position].value
        }
    }

    /// Reads the parameters of a search over several types. Each has to be one of every type.
    ///
    /// - Parameters:
    ///   - available: the types to search where `_type` names none; it may name these only.
    ///   - pairs: as for `SearchRequest.parse`.
    ///   - compartment: within which to search; `available` are then the types that can be in it.
    package static func parse(
        among available: [TypeID], pairs: [(String, String)], handling: SearchRequest.Handling, indexer: SearchIndexer,
        compartment: SearchRequest.Compartment? = nil, limits: SearchLimits = SearchLimits()
    ) throws(SearchError) -> SystemSearchRequest {
        let named = pairs.filter { $0.0 == "_type" && !$0.1.isEmpty }
        let types = try types(named.map(\.1), among: available, indexer.definitions)
        var rest = pairs.filter { $0.0 != "_type" }
        var warnings: [SearchRequest.Warning] = []
        var requests: [SearchRequest] = []
        while requests.count < types.count {
            let type = types[requests.count]
            let request: SearchRequest
            do throws(SearchError) {
                request = try SearchRequest.parse(
                    type: type, pairs: rest, handling: handling, indexer: indexer, compartment: compartment,
                    limits: limits)
            } catch {
                throw error.code == .unknownParameter ? notCommon(error) : error
            }
            if request.warnings.isEmpty {
                requests.append(request)
            } else {
                // What one type does not know is dropped for all, or the types would answer different questions.
                warnings += request.warnings
                rest.removeAll { pair in request.warnings.contains { $0.parameter == pair.0 } }
                requests = []
            }
        }
        requests[0].warnings = warnings
        return SystemSearchRequest(
            requests: requests, sort: try sort(requests[0].sort),
            path: compartment.map { "\(indexer.definitions.name(of: $0.focus))/\($0.id)/*" } ?? "",
            understood: named.map { ($0.0, $0.1) } + requests[0].understood)
    }

    private static func notCommon(_ error: SearchError) -> SearchError {
        SearchError(
            .unknownParameter, "\(error.message) A search over several types takes what all of them have.",
            parameter: error.parameter)
    }

    private static func types(
        _ values: [String], among available: [TypeID], _ definitions: FHIRDefinitions
    ) throws(SearchError) -> [TypeID] {
        guard let value = values.first else { return available }
        func invalid(_ message: String) -> SearchError { SearchError(.invalidValue, message, parameter: "_type") }
        guard values.count == 1 else { throw invalid("The parameter may be given once only.") }
        var types: Set<TypeID> = []
        for name in value.split(separator: ",") {
            guard let type = definitions.resourceType(named: String(name)) else {
                throw invalid("A list of resource types is expected.")
            }
            guard available.contains(type) else { throw invalid("\(name) cannot be found here.") }
            types.insert(type)
        }
        guard !types.isEmpty else { throw invalid("A list of resource types is expected.") }
        return available.filter(types.contains)
    }

    private static func sort(_ keys: [SearchRequest.SortKey]) throws(SearchError) -> [SortKey] {
        if keys.isEmpty { return [SortKey(column: .updated, isDescending: true)] }
        var sort: [SortKey] = []
        for key in keys {
            switch (key.parameter.code, key.via == nil) {
            case ("_id", true): sort.append(SortKey(column: .id, isDescending: key.isDescending))
            case ("_lastUpdated", true): sort.append(SortKey(column: .updated, isDescending: key.isDescending))
            default:
                throw SearchError(
                    .invalidValue, "Over several types the order is by _id and _lastUpdated only.", parameter: "_sort")
            }
        }
        return sort
    }
}
