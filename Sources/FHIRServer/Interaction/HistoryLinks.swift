import FHIRSearch
import FHIRStore
import JSONTape

/// The links of a history's page: absolute, with all parameters that counted.
struct HistoryLinks {
    private let address: String
    private let items: QueryItems
    private var relations: [(name: String, cursor: String?)] = []

    /// - Parameters:
    ///   - address: of the history, without a query.
    ///   - items: the parameters that counted.
    init(
        _ page: HistoryPage, address: String, items: QueryItems, cursors: HistoryCursorText
    ) async throws {
        self.address = address
        self.items = items
        if page.next != nil || page.previous != nil { relations.append(("first", nil)) }
        if let previous = page.previous { relations.append(("previous", try await cursors.text(of: previous))) }
        if let next = page.next { relations.append(("next", try await cursors.text(of: next))) }
    }

    func write(to writer: inout JSONWriter) {
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", address, query: items.text, to: &writer)
        for (name, cursor) in relations {
            var items = items.removing(["_cursor"])
            if let cursor { items.items.append(QueryItems.Item("_cursor", cursor)) }
            BundleWriter.link(name, address, query: items.text, to: &writer)
        }
        writer.endArray()
    }
}

/// Cursors of histories as they stand in links: signed, as those of searches are.
struct HistoryCursorText {
    let store: FHIRStore
    private static let purpose: StaticString = "history"

    init(store: FHIRStore) {
        self.store = store
    }

    func text(of cursor: HistoryCursor) async throws -> String {
        try await store.links.sign(Array(cursor.text.utf8), purpose: Self.purpose)
    }

    /// Throws `SearchError` for a text that is no cursor of ours.
    func cursor(_ text: String) async throws -> HistoryCursor {
        guard let payload = try await store.links.open(text, purpose: Self.purpose),
            let cursor = HistoryCursor(text: String(decoding: payload, as: UTF8.self), definitions: store.definitions)
        else {
            throw SearchError(.invalidCursor, "not a cursor of this server", parameter: "_cursor")
        }
        return cursor
    }
}
