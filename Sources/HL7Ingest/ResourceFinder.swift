import FHIRDefinitions
import FHIRFormats
import FHIRSearch
package import FHIRStore
import HL7Mapping

/// Finds the current resources of a type that have one of these identifiers.
package struct ResourceFinder: Sendable {
    let service: SearchService
    private let store: FHIRStore

    package init(store: FHIRStore, service: SearchService) {
        self.store = store
        self.service = service
    }

    /// At most three: two are too many already.
    func find(_ type: TypeID, _ identifiers: [FHIRIdentifier]) async throws -> [StoredVersion] {
        let values = identifiers.map(\.searchText)
        return try await find(type, [("identifier", values.joined(separator: ","))], limit: 3)
    }

    /// At most `limit` of those that a search finds.
    /// - Parameter pairs: search parameters with their values, escaped as R4 search#escaping has it.
    func find(_ type: TypeID, _ pairs: [(String, String)], limit: Int) async throws -> [StoredVersion] {
        do {
            var request = try SearchRequest.parse(
                type: type, pairs: pairs, handling: .strict, indexer: service.indexer)
            request.count = limit
            request.total = SearchRequest.Total.none
            let now = store.clock().microsecondsSince1970
            if let found = try await service.keyed(request, limit: limit, now: now) { return found }
            return try await service.search(request, now: now).matches
        } catch let error as SearchError {
            throw StoreError(.fault, "a look-up failed (\(error.code))")
        }
    }
}

extension FHIRIdentifier {
    /// As the value of a token parameter, R4 search#escaping.
    var searchText: String { ResourceFinder.escape(system) + "|" + ResourceFinder.escape(value) }

    /// The search for an order of this number: the numbers that this server gives are ids.
    var orderParameter: (String, String) {
        system == PlacerNumber.system ? ("_id", ResourceFinder.escape(value)) : ("identifier", searchText)
    }
}

extension ResourceFinder {
    /// Text as a part of a parameter's value, R4 search#escaping.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\,$|".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}
