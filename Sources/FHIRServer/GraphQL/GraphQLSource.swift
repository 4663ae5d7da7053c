import FHIRDefinitions
import JSONTape

/// What a query has read so far, and what it turned out to need besides.
///
/// Evaluation is synchronous and runs over what is here; whatever is missing is noted, fetched for all places at
/// once, and the query evaluated anew. So a query costs as many rounds as its references are nested, however many
/// resources each round brings.
struct GraphQLSource {
    struct ResourceKey: Hashable {
        var type: TypeID
        var id: String
    }

    struct SearchKey: Hashable {
        var type: TypeID
        /// Names and values in order, decoded.
        var pairs: [Pair]

        struct Pair: Hashable {
            var name: String
            var value: String
        }
    }

    /// One page of a search.
    struct Page {
        var resources: [JSONNode]
        var total: Int?
        var next: String?
        /// Values of `_count` and of the cursor asked for.
        var count: Int?
        var cursor: String?
        /// Of the resources, in bytes.
        var byteCount: Int
    }

    /// The root of a resource; nil where there is none.
    var resources: [ResourceKey: JSONNode?] = [:]
    var pages: [SearchKey: Page] = [:]
    var missingResources: Set<ResourceKey> = []
    var missingSearches: Set<SearchKey> = []
    /// Of all that was read, in bytes.
    var byteCount = 0

    var isComplete: Bool { missingResources.isEmpty && missingSearches.isEmpty }

    /// `Patient/1` of all resources that were read, for the record.
    var addresses: [String] {
        let nodes = resources.values.compactMap(\.self) + pages.values.flatMap(\.resources)
        let addresses = nodes.compactMap { node -> String? in
            guard let type = node["resourceType"]?.string, let id = node["id"]?.string else { return nil }
            return "\(type)/\(id)"
        }
        return Set(addresses).sorted()
    }
}
