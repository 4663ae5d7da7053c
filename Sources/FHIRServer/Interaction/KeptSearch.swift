import FHIRSearch
import FHIRStore

/// Page links of searches that are too long for an address: `Patient?_kept=<name>&_cursor=<place>`.
extension Interactions {
    private static let keptName = "_kept"
    /// Not kept, because the form of an answer is settled before the search is looked at.
    private static let formats: Set<String> = ["_format", "_pretty"]
    /// Longest query of a search that page links hold themselves, in bytes.
    private static let greatestLinkByteCount = 4096

    /// What stands in page links instead of the query; nil where they hold the query itself.
    ///
    /// - Parameters:
    ///   - path: of the search, relative to the base.
    ///   - query: what was understood of it.
    func keep(_ path: String, _ query: @autoclosure () -> String, _ page: SearchResultPage) async -> String? {
        guard page.next != nil || page.previous != nil else { return nil }
        let query = query()
        guard query.utf8.count > Self.greatestLinkByteCount else { return nil }
        let items = QueryItems(parsing: query)
        // A link that is too long for some is better than no answer.
        guard let name = try? await store.keep(search: "\(path)?\(items.removing(Self.formats).text)") else {
            return nil
        }
        let formats = items.items.filter { Self.formats.contains($0.name) }
        return QueryItems([QueryItems.Item(Self.keptName, name)] + formats).text
    }

    /// The request with the parameters that the server keeps for it.
    func withKeptSearch(_ request: InteractionRequest, _ path: String) async throws -> InteractionRequest {
        guard let kept = request.query.first(Self.keptName) else { return request }
        guard let search = try await store.keptSearch(kept), search.hasPrefix(path + "?") else {
            throw SearchError(
                .invalidCursor, "The page link does not belong to this search, or is too old.",
                parameter: Self.keptName)
        }
        var request = request
        let query = QueryItems(parsing: search.dropFirst(path.utf8.count + 1))
        request.query.items = query.items + request.query.items.filter { $0.name != Self.keptName }
        return request
    }
}
