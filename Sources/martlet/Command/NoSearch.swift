import FHIRSearch
import FHIRServer

/// Stands in until the search engine is merged.
struct NoSearch: SearchAnswering {
    func page(for question: SearchQuestion) async throws -> SearchPage {
        throw SearchError(.notSupported, "searches are not supported yet")
    }
}
