import FHIRSearch

/// The names and values of a query string or form, decoded, in order, repeated names kept.
package struct QueryItems: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var items: [Item]

    package init(_ items: [Item] = []) {
        self.items = items
    }

    /// Reads `a=1&b=x+y`; parts without a name are dropped.
    package init(parsing text: some StringProtocol) {
        items = QueryText.pairs(text).map { Item($0.name, $0.value) }
    }

    package var isEmpty: Bool { items.isEmpty }

    package func first(_ name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    package func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }

    /// The items as a query string, without the question mark.
    package var text: String {
        items.map { "\($0.name.queryEncoded)=\($0.value.queryEncoded)" }.joined(separator: "&")
    }

    /// Whether any part holds U+0000, which no value of FHIR may.
    package var hasNUL: Bool {
        items.contains { $0.name.utf8.contains(0) || $0.value.utf8.contains(0) }
    }

    /// Parameters that shape the answer at every route (R4 http.html#parameters).
    package static let general: Set<String> = [
        "_format", "_pretty", "_summary", "_elements", "_elements:exclude",
    ]

    /// The items without those of the given names.
    package func removing(_ names: Set<String>) -> QueryItems {
        QueryItems(items.filter { !names.contains($0.name) })
    }
}
