import FHIRSearch
import FHIRStore
import JSONTape

/// The links of a search's page (R4 search.html#Paging, http.html#paging): absolute, each to be used as it is, with
/// exactly the parameters that were understood.
struct SearchLinks {
    private let address: String
    private let own: String
    private let first: String
    private let next: String?
    private let previous: String?

    init(_ query: SearchRequest, _ page: SearchResultPage, base: String) {
        address = "\(base)/\(query.path)"
        first = query.selfQuery
        own = query.isCountOnly ? first : query.cursor.map { query.query(cursor: $0) } ?? first
        next = page.next.map { query.query(cursor: $0) }
        previous = page.previous.map { query.query(cursor: $0) }
    }

    init(_ query: SystemSearchRequest, _ page: SearchResultPage, base: String) {
        address = query.path.isEmpty ? base : "\(base)/\(query.path)"
        first = query.selfQuery
        own = query.common.isCountOnly ? first : query.common.cursor.map { query.query(cursor: $0) } ?? first
        next = page.next.map { query.query(cursor: $0) }
        previous = page.previous.map { query.query(cursor: $0) }
    }

    func write(to writer: inout JSONWriter) {
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", address, query: own, to: &writer)
        if next != nil || own != first { BundleWriter.link("first", address, query: first, to: &writer) }
        if let previous { BundleWriter.link("previous", address, query: previous, to: &writer) }
        if let next { BundleWriter.link("next", address, query: next, to: &writer) }
        writer.endArray()
    }
}
