import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import Testing

@Suite struct ConditionalMatchingTests {
    private static let types = ["Observation", "Patient"]

    private static func indexer(_ test: TestStore) -> SearchIndexer { SearchIndexer(definitions: test.definitions) }

    private static func service(_ test: TestStore) -> SearchService {
        SearchService(database: test.database, tables: test.store.tables, indexer: indexer(test))
    }

    private static func patient(_ value: String) -> String {
        #"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"\#(value)"}]}"#
    }

    /// C17
    @Test(arguments: [
        "", "?", "Patient?", "_count=1", "identifier=1&_sort=name", "identifier=1&_include=Patient:organization",
        "identifier=1&_format=json", "nonsense=1", "identifier:nonsense=1", "identifier=", "identifier=,",
        "name=a&identifier=", "birthdate=abc", "Observation?code=1", "_id:missing=false", "identifier=1&_cursor=x",
        "identifier=a%00b", "_total=none", "_elements=id", "_summary=true", "_contained=true",
    ])
    func `criteria that are not wholly understood are refused`(_ query: String) async throws {
        let definitions = FHIRDefinitions.r4
        let indexer = SearchIndexer(definitions: definitions)
        let patient = try #require(definitions.resourceType(named: "Patient"))
        #expect(throws: (any Error).self) {
            try ConditionalCriteria(type: patient, query: query, indexer: indexer)
        }
    }

    @Test func `equal criteria have equal keys`() throws {
        let definitions = FHIRDefinitions.r4
        let indexer = SearchIndexer(definitions: definitions)
        let patient = try #require(definitions.resourceType(named: "Patient"))
        let forms = [
            "name=a&identifier=urn:x%7C1,urn:x%7C2", "?identifier=urn:x|2,urn:x|1&name=a",
            "Patient?identifier=urn:x|2,urn:x|1,urn:x|2&name=a&name=a",
        ].map { try? ConditionalCriteria(type: patient, query: $0, indexer: indexer).lockKey }
        #expect(forms[0] != nil && Set(forms).count == 1)
        let other = try ConditionalCriteria(type: patient, query: "identifier=urn:x?y=1|1&name=a", indexer: indexer)
        #expect(other.lockKey != forms[0])
        #expect(other.request.criteria.count == 2)
    }

    @Test func `none, one and several are told apart, many at once`() async throws {
        try await TestStore.with(types: Self.types) { test in
            for value in ["a", "b", "b"] { _ = try await test.store.create(test.input(Self.patient(value))) }
            let service = Self.service(test)
            let found = try await test.store.transaction { transaction in
                let criteria = try (0..<700).map { number in
                    let value = number < 600 ? "\(number)" : number < 650 ? "a" : "b"
                    return try ConditionalCriteria(
                        type: test.type("Patient"), query: "identifier=urn:x|\(value)", indexer: service.indexer)
                }
                return try await service.matches(criteria, in: transaction.session, now: 0)
            }
            #expect(found.count == 700)
            for (number, match) in found.enumerated() {
                switch match {
                case .none: #expect(number < 600)
                case .one(let version):
                    #expect((600..<650).contains(number))
                    #expect(version.stamp.version == 1 && version.content != nil)
                case .several: #expect(number >= 650)
                }
            }
        }
    }

    /// C14: one of many creates, whether the criteria are locked one by one or with their type.
    @Test(arguments: [1, 200]) func `of many writers with equal criteria one creates`(_ count: Int) async throws {
        try await TestStore.with(types: Self.types) { test in
            let service = Self.service(test)
            let created = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    // Half of them always lock only the one.
                    group.addTask { try await Self.createOnce(test, service, count: number % 2 == 0 ? count : 1) }
                }
                return try await group.reduce(0, +)
            }
            #expect(created == 1)
            let request = try SearchRequest.parse(
                type: test.type("Patient"), pairs: [("identifier", "urn:x|0")], handling: .strict,
                indexer: service.indexer)
            #expect(try await service.ids(request, limit: 10, now: 0).count == 1)
        }
    }

    /// Creates what is missing of the first; says how many that were.
    private static func createOnce(_ test: TestStore, _ service: SearchService, count: Int) async throws -> Int {
        try await test.store.transaction { transaction in
            let criteria = try (0..<count).map { number in
                try ConditionalCriteria(
                    type: test.type("Patient"), query: "identifier=urn:x|\(number)", indexer: service.indexer)
            }
            guard case .none = try await service.matches(criteria, in: transaction.session, now: 0)[0] else { return 0 }
            _ = try await transaction.create(test.input(patient("0")))
            return 1
        }
    }
}
