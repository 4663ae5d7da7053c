import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Testing

/// Custom search parameters in the database: nothing missed, nothing doubled, whoever writes and whoever stops.
@Suite struct ReindexTests {
    private static let types = TestStore.commonTypes + ["SearchParameter"]

    private static func parameter(_ code: String, type: String, _ expression: String) -> String {
        """
        {"resourceType":"SearchParameter","url":"http://x.example/\(code)","name":"n","status":"active",\
        "description":"d","code":"\(code)","base":["Patient"],"type":"\(type)","expression":"\(expression)"}
        """
    }

    private static func patient(_ number: Int) -> String {
        #"{"resourceType":"Patient","id":"p\#(number)","name":[{"text":"Nick \#(number)"}],"#
            + #""multipleBirthInteger":\#(number)}"#
    }

    private static func codes(
        _ test: TestStore, _ query: (String, String), _ indexer: SearchIndexer
    ) async throws -> Int {
        let request = try SearchRequest.parse(
            type: test.type("Patient"), pairs: [query, ("_summary", "count")], handling: .strict, indexer: indexer)
        let search = SearchService(database: test.database, tables: test.store.tables, indexer: indexer)
        return try await search.search(request, now: 0).total ?? -1
    }

    private static func finish(_ store: FHIRStore) async throws {
        while try await store.reindexStep(limit: 7) != .idle {}
    }

    @Test func aJobGoesOnWhereAnotherProcessStopped() async throws {
        try await TestStore.with(types: Self.types) { test in
            for number in 0..<40 {
                _ = try await test.store.update(try test.input(Self.patient(number)), id: "p\(number)")
            }
            _ = try await test.store.create(try test.input(Self.parameter("nick", type: "string", "Patient.name.text")))
            #expect(try await test.store.refreshSearchParameters())
            for _ in 0..<4 { _ = try await test.store.reindexStep(limit: 7) }
            let status = try await test.store.reindexStatus()
            #expect(status.map(\.typeName) == ["Patient"])
            #expect(status.first?.done == 14)
            #expect(status.first?.parameters == ["nick"])

            // A second process, which was just started.
            let other = FHIRStore(
                database: test.database, definitions: test.definitions,
                indexer: SearchIndexer(sharing: test.store.indexer), types: test.store.tables.types)
            try await other.refreshSearchParameters()
            let refusal = await #expect(throws: SearchError.self) {
                try await Self.codes(test, ("nick", "Nick"), other.indexer)
            }
            #expect(refusal?.code == .indexing)
            try await Self.finish(other)
            #expect(try await other.reindexStatus().first?.done == 40)
            #expect(try await Self.codes(test, ("nick", "Nick"), other.indexer) == 40)
            #expect(try await Self.codes(test, ("nick:missing", "true"), other.indexer) == 0)
            // Neither versions nor times changed.
            let version = try await other.read(test.type("Patient"), id: "p3")
            #expect(version.stamp.version == 1)
        }
    }

    @Test func aWriterThatHasNotHeardOfAParameterIndexesItAllTheSame() async throws {
        try await TestStore.with(types: Self.types) { test in
            let stale = FHIRStore(
                database: test.database, definitions: test.definitions,
                indexer: SearchIndexer(sharing: test.store.indexer), types: test.store.tables.types)
            _ = try await test.store.create(
                try test.input(Self.parameter("birth-number", type: "number", "Patient.multipleBirth as integer")))
            try await test.store.refreshSearchParameters()
            try await Self.finish(test.store)
            #expect(stale.indexer.customGeneration == 0)
            _ = try await stale.update(try test.input(Self.patient(5)), id: "p5")
            _ = try await stale.create(try test.input(Self.patient(6)))
            #expect(stale.indexer.customGeneration == 1)
            #expect(try await Self.codes(test, ("birth-number", "5"), test.store.indexer) == 1)
            #expect(try await Self.codes(test, ("birth-number", "6"), test.store.indexer) == 1)
        }
    }

    @Test func aJobWaitsForTransactionsThatBeganBefore() async throws {
        try await TestStore.with(types: Self.types) { test in
            let (started, start) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            async let old: Void = test.store.transaction { transaction in
                _ = try await transaction.create(try test.input(Self.patient(1)))
                start.yield()
                for await _ in released { break }
            }
            for await _ in started { break }
            _ = try await test.store.create(try test.input(Self.parameter("nick", type: "string", "Patient.name.text")))
            try await test.store.refreshSearchParameters()
            #expect(try await test.store.reindexStep() == .worked(test.type("Patient")))
            #expect(try await test.store.reindexStep() == .blocked)
            release.yield()
            try await old
            try await Self.finish(test.store)
            #expect(try await Self.codes(test, ("nick", "nick 1"), test.store.indexer) == 1)
        }
    }

    @Test func writesDuringTheJobAreNeitherMissedNorDoubled() async throws {
        try await TestStore.with(types: Self.types) { test in
            for number in 0..<60 {
                _ = try await test.store.update(try test.input(Self.patient(number)), id: "p\(number)")
            }
            _ = try await test.store.create(try test.input(Self.parameter("nick", type: "string", "Patient.name.text")))
            try await test.store.refreshSearchParameters()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.finish(test.store) }
                group.addTask {
                    for number in stride(from: 0, to: 80, by: 2) {
                        let changed = Self.patient(number).replacing("Nick", with: "Nock")
                        _ = try await test.store.update(try test.input(changed), id: "p\(number)")
                    }
                }
                group.addTask {
                    for number in stride(from: 1, to: 60, by: 10) {
                        _ = try await test.store.delete(test.type("Patient"), id: "p\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.codes(test, ("nick", "Nock"), test.store.indexer) == 40)
            #expect(try await Self.codes(test, ("nick", "Nick"), test.store.indexer) == 24)
            let rows = try await test.database.read(
                SQLStatement("SELECT count(*) - count(DISTINCT (rid, param, norm)) FROM patient_str"))
            #expect(rows.int64(0, 0) == 0)
        }
    }

    @Test func anotherDefinitionBeginsAnew() async throws {
        try await TestStore.with(types: Self.types) { test in
            _ = try await test.store.update(try test.input(Self.patient(1)), id: "p1")
            let type = test.type("SearchParameter")
            _ = try await test.store.update(
                try test.input(Self.parameter("nick", type: "string", "Patient.name.text")), id: "nick")
            try await test.store.refreshSearchParameters()
            try await Self.finish(test.store)
            _ = try await test.store.update(
                try test.input(Self.parameter("nick", type: "string", "Patient.name.family")), id: "nick")
            try await test.store.refreshSearchParameters()
            let refusal = await #expect(throws: SearchError.self) {
                try await Self.codes(test, ("nick", "Nick"), test.store.indexer)
            }
            #expect(refusal?.code == .indexing)
            try await Self.finish(test.store)
            #expect(try await Self.codes(test, ("nick", "Nick"), test.store.indexer) == 0)
            _ = try await test.store.delete(type, id: "nick")
            try await test.store.refreshSearchParameters()
            let unknown = await #expect(throws: SearchError.self) {
                try await Self.codes(test, ("nick", "Nick"), test.store.indexer)
            }
            #expect(unknown?.code == .unknownParameter)
        }
    }

    @Test func criteriaReadByAnEarlierSetAreRefused() async throws {
        try await TestStore.with(types: Self.types) { test in
            _ = try await test.store.update(try test.input(Self.patient(1)), id: "p1")
            let parameter = Self.parameter("nick", type: "string", "Patient.name.text")
            _ = try await test.store.update(try test.input(parameter), id: "nick")
            try await test.store.refreshSearchParameters()
            try await Self.finish(test.store)
            let indexer = test.store.indexer
            let search = SearchService(test.store)
            let criteria = try ConditionalCriteria(type: test.type("Patient"), query: "nick=nick 1", indexer: indexer)
            let request = try SearchRequest.parse(
                type: test.type("Patient"), pairs: [("nick", "nick 1")], handling: .strict, indexer: indexer)
            #expect(try await search.ids(request, limit: 2, now: 0) == ["p1"])

            // Another process begins anew, of which this one has not heard.
            let other = FHIRStore(
                database: test.database, definitions: test.definitions, indexer: SearchIndexer(sharing: indexer),
                types: test.store.tables.types)
            let changed = Self.parameter("nick", type: "string", "Patient.name.family")
            _ = try await other.update(try test.input(changed), id: "nick")
            try await other.refreshSearchParameters()
            let asked = await #expect(throws: SearchError.self) { try await search.ids(request, limit: 2, now: 0) }
            #expect(asked?.code == .parametersChanged)
            let refused = await #expect(throws: SearchError.self) {
                try await test.store.create(try test.input(Self.patient(2)), unless: criteria, search)
            }
            #expect(refused?.code == .parametersChanged)
            let deleted = await #expect(throws: SearchError.self) {
                try await test.store.delete(matching: criteria, limit: 1, .none, search)
            }
            #expect(deleted?.code == .parametersChanged)
            let count = try await test.database.read(SQLStatement("SELECT count(*) FROM patient"))
            #expect(count.int64(0, 0) == 1)
        }
    }

    @Test func whatIsStoredBeforeTheFeatureTakesEffectWithTheFirstStart() async throws {
        try await TestStore.with(types: Self.types) { test in
            // The state that the migration leaves behind.
            _ = try await test.store.create(try test.input(Self.parameter("nick", type: "string", "Patient.name.text")))
            try await test.database.script("UPDATE search_index SET written = 1, applied = 0")
            #expect(try await test.store.refreshSearchParameters())
            #expect(try await test.store.reindexStatus().first?.parameters == ["nick"])
        }
    }

    @Test func contentAndTimesAreLeftAlone() async throws {
        try await TestStore.with(types: Self.types) { test in
            let json = Self.patient(1).replacing(#""multipleBirthInteger":1"#, with: #""active":true"#)
            _ = try await test.store.update(try test.input(json), id: "p1")
            let before = try await test.database.read(Self.row)
            try await test.database.script("UPDATE patient SET keys = '{}', words = NULL; DELETE FROM patient_str")
            try await test.store.requestReindex([test.type("Patient")])
            try await Self.finish(test.store)
            let after = try await test.database.read(Self.row)
            #expect(before.string(0, 0) == after.string(0, 0))
        }
    }

    /// Chains ask contained resources too, so these are part of what a parameter has to know.
    @Test func containedResourcesAreIndexedWithThoseAroundThem() async throws {
        try await TestStore.with(types: Self.types) { test in
            let observation = """
                {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},\
                "contained":[{"resourceType":"Patient","id":"p","name":[{"text":"Nick"}]},\
                {"resourceType":"Patient","id":"q","name":[{"text":"Other"}]}],"subject":{"reference":"#p"}}
                """
            for id in ["o1", "o2"] { _ = try await test.store.update(try test.input(observation), id: id) }
            _ = try await test.store.create(try test.input(Self.parameter("nick", type: "string", "Patient.name.text")))
            try await test.store.refreshSearchParameters()
            while try await test.store.reindexStep(limit: 1) != .idle {}
            let search = SearchService(test.store)
            for (query, count) in [("subject:Patient.nick", 2), ("subject.nick", 2)] {
                let request = try SearchRequest.parse(
                    type: test.type("Observation"), pairs: [(query, "nick")], handling: .strict,
                    indexer: test.store.indexer)
                #expect(try await search.search(request, now: 0).matches.count == count, "\(query)")
            }
            let rows = try await test.database.read(SQLStatement("SELECT count(*) FROM contained_resource"))
            #expect(rows.int64(0, 0) == 4)
            // And again, with nothing doubled.
            try await test.store.requestReindex([test.type("Observation")])
            try await Self.finish(test.store)
            let again = try await test.database.read(
                SQLStatement("SELECT count(*), count(DISTINCT (owner, id)) FROM contained_resource"))
            #expect(again.int64(0, 0) == 4 && again.int64(0, 1) == 4)
        }
    }

    private static let row = SQLStatement(
        "SELECT p::text || (SELECT array_agg(s ORDER BY s)::text FROM patient_str s) FROM patient p")
}
