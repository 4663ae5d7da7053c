import FHIRDefinitions
import FHIRFormats
import FHIRSearch

extension AuditTrail {
    /// AuditEvents about a patient, the newest first.
    ///
    /// - Parameters:
    ///   - patient: `Patient/1`.
    ///   - dates: values of the search parameter `date`, all of which have to hold.
    package func events(about patient: String, dates: [String], count: Int) async throws -> SearchResultPage {
        let store = chain.store
        guard let type = store.definitions.resourceType(named: "AuditEvent"), store.tables.contains(type) else {
            return SearchResultPage()
        }
        var pairs = [("patient", patient), ("_sort", "-date"), ("_count", String(count)), ("_total", "accurate")]
        pairs += dates.map { ("date", $0) }
        let search = SearchService(store)
        let request = try SearchRequest.parse(
            type: type, pairs: pairs, handling: .strict, indexer: search.indexer, compartment: nil)
        return try await search.search(request, in: nil, now: now.microsecondsSince1970)
    }
}
