import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import Testing

extension TestStore {
    /// What the questions of these suites are about, one list so that they share a template.
    static let searchTypes = [
        "CodeSystem", "Device", "DocumentReference", "Encounter", "Goal", "Group", "Invoice", "List", "Location",
        "Observation", "Organization",
        "Patient", "Practitioner", "Provenance", "QuestionnaireResponse", "RiskAssessment", "ValueSet",
    ]

    var indexer: SearchIndexer { SearchIndexer(definitions: definitions, baseURLs: ["http://own.example/fhir"]) }

    func service(_ configure: (inout SearchConfiguration) -> Void = { _ in }) -> SearchService {
        var configuration = SearchConfiguration()
        configure(&configuration)
        return SearchService(
            database: database, tables: store.tables, indexer: indexer, configuration: configuration)
    }

    /// Stores resources under the ids they bring.
    func put(_ resources: [String]) async throws {
        let store = FHIRStore(
            database: database, definitions: definitions, indexer: indexer, types: store.tables.types)
        for resource in resources {
            let input = try input(resource)
            guard let start = resource.firstRange(of: #""id":""#) else { preconditionFailure("no id") }
            let id = resource[start.upperBound...].prefix { $0 != "\"" }
            _ = try await store.update(input, id: String(id))
        }
    }

    func request(
        _ type: String, _ query: String, _ handling: SearchRequest.Handling = .strict
    ) throws(SearchError) -> SearchRequest {
        let pairs = query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(sides[0]), sides.count == 2 ? String(sides[1]) : "")
        }
        return try SearchRequest.parse(type: self.type(type), pairs: pairs, handling: handling, indexer: indexer)
    }

    func search(_ type: String, _ query: String) async throws -> SearchResultPage {
        try await service().search(try request(type, query), now: Instant.now.microsecondsSince1970)
    }

    /// Ids of the matches in order, joined by blanks.
    func ids(_ type: String, _ query: String) async throws -> String {
        try await search(type, query).matches.map(\.stamp.id).joined(separator: " ")
    }

    /// Ids of the matches, sorted, joined by blanks.
    func sortedIDs(_ type: String, _ query: String) async throws -> String {
        try await search(type, query).matches.map(\.stamp.id).sorted().joined(separator: " ")
    }

    /// Stores resources in a new store and expects of each query the sorted ids that it finds, joined by blanks.
    static func check(
        _ resources: [String], _ questions: [(type: String, query: String, expected: String)]
    ) async throws {
        try await with(types: searchTypes) { test in
            try await test.put(resources)
            for question in questions {
                do {
                    let found = try await test.sortedIDs(question.type, question.query)
                    #expect(found == question.expected, "\(question.type)?\(question.query)")
                } catch {
                    Issue.record("\(question.type)?\(question.query): \(error)")
                }
            }
        }
    }
}
