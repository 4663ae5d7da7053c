import FHIRSearch
import FHIRStore
import JSONTape

/// The links of a search's page (R4 search.html#Paging, http.html#paging): absolute, each to be used as it is, with
/// exactly the parameters that were understood.
struct SearchLinks {
    private let address: String
    private let own: String
    private let isFirst: Bool
    private let first: String
    private let next: String?
    private let previous: String?

    /// - Parameter kept: what stands in page links for the query, which `self` shows nonetheless; nil for the query.
    init(_ query: SearchRequest, _ page: SearchResultPage, kept: String?, base: String) {
        self.init(
            path: query.path, query: query.selfQuery, kept: kept, page, cursor: query.isCountOnly ? nil : query.cursor,
            base: base
        ) { query.query(cursor: $0) }
    }

    init(_ query: SystemSearchRequest, _ page: SearchResultPage, kept: String?, base: String) {
        let cursor = query.common.isCountOnly ? nil : query.common.cursor
        self.init(path: query.path, query: query.selfQuery, kept: kept, page, cursor: cursor, base: base) {
            query.query(cursor: $0)
        }
    }

    private init(
        path: String, query: String, kept: String?, _ page: SearchResultPage, cursor: String?, base: String,
        whole: (String) -> String
    ) {
        func link(_ cursor: String) -> String { kept.map { "\($0)&_cursor=\(cursor)" } ?? whole(cursor) }
        address = path.isEmpty ? base : "\(base)/\(path)"
        own = cursor.map(whole) ?? query
        isFirst = cursor == nil
        first = kept ?? query
        next = page.next.map(link)
        previous = page.previous.map(link)
    }

    func write(to writer: inout JSONWriter) {
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", address, query: own, to: &writer)
        if next != nil || !isFirst { BundleWriter.link("first", address, query: first, to: &writer) }
        if let previous { BundleWriter.link("previous", address, query: previous, to: &writer) }
        if let next { BundleWriter.link("next", address, query: next, to: &writer) }
        writer.endArray()
    }
}
