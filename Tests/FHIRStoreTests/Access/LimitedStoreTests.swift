import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// What a caller with limits may not reach is not there, by whatever way it is asked for.
@Suite struct LimitedStoreTests {
    static let types = TestStore.commonTypes + ["CareTeam", "Consent", "Medication", "MedicationRequest"]

    /// Two patients with an encounter and an observation each; what is of B has the marker in it.
    static func fill(_ test: TestStore, _ store: FHIRStore? = nil, suffix: String = "") async throws {
        for letter in ["a", "b"] {
            let mark = letter == "a" ? "visible" : "HIDDEN"
            for json in [
                #"{"resourceType":"Patient","id":"\#(letter)","name":[{"family":"\#(mark)"}]}"#,
                #"""
                {"resourceType":"Encounter","id":"\#(letter)","status":"finished","class":{"code":"AMB"},
                 "subject":{"reference":"Patient/\#(letter)"},"identifier":[{"value":"\#(mark)"}]}
                """#,
                #"""
                {"resourceType":"Observation","id":"\#(letter)","status":"final",
                 "code":{"coding":[{"code":"\#(mark)"}]},
                 "subject":{"reference":"Patient/\#(letter)"},"encounter":{"reference":"Encounter/\#(letter)"},
                 "effectiveDateTime":"2026-05-04","valueQuantity":{"value":7}}
                """#,
            ] {
                let input = try test.input(json)
                _ = try await (store ?? test.store).update(input, id: letter + suffix)
                _ = try await (store ?? test.store).update(try test.input(json), id: letter + suffix)
            }
        }
    }

    /// Everything about patient A, and what is about nobody.
    static func ofPatient(_ id: String = "a") -> AccessLimit {
        var limit = AccessLimit(kind: "patient") { _, _ in .any([.patient, .impersonal]) }
        limit.patients = [id]
        return limit
    }

    static func search(
        _ test: TestStore, _ store: FHIRStore, _ type: String, _ query: [(String, String)]
    ) async throws -> SearchResultPage {
        let service = SearchService(SearchService(test.store), in: store)
        let request = try SearchRequest.parse(
            type: test.type(type), pairs: query, handling: .strict, indexer: service.indexer)
        return try await service.search(request, now: 0)
    }

    @Test func `reads, versions and histories know only what is there`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.fill(test)
            let store = test.store.limited(to: Self.ofPatient())
            for name in ["Patient", "Encounter", "Observation"] {
                let type = test.type(name)
                #expect(try await store.read(type, id: "a").stamp.id == "a")
                await #expect { _ = try await store.read(type, id: "b") } throws: {
                    ($0 as? StoreError)?.code == .notFound
                }
                await #expect { _ = try await store.vread(type, id: "b", version: 1) } throws: {
                    ($0 as? StoreError)?.code == .notFound
                }
                await #expect { _ = try await store.history(HistoryRequest(scope: .instance(type, id: "b"))) } throws: {
                    ($0 as? StoreError)?.code == .notFound
                }
                let history = try await store.history(HistoryRequest(scope: .type(type)))
                #expect(history.versions.allSatisfy { $0.stamp.id == "a" })
                #expect(history.total == history.versions.count && history.total ?? 0 > 0)
            }
            let system = try await store.history(HistoryRequest(scope: .system(nil)))
            #expect(system.total == 3)
        }
    }

    @Test(arguments: [
        ("Observation", [("code", "HIDDEN")], 0), ("Observation", [], 1),
        ("Observation", [("subject:Patient.family", "HIDDEN")], 0), ("Observation", [("value-quantity", "ge1")], 1),
        ("Patient", [("family", "HIDDEN")], 0), ("Patient", [("_has:Observation:patient:code", "HIDDEN")], 0),
        ("Patient", [("_id", "a,b")], 1), ("Encounter", [("identifier", "HIDDEN")], 0),
        ("Observation", [("_sort", "-date")], 1), ("Observation", [("_total", "estimate")], 1),
        ("Observation", [("encounter.identifier", "HIDDEN")], 0), ("Observation", [("patient", "b")], 0),
    ])
    func `searches find, count and follow only what is there`(
        _ type: String, _ query: [(String, String)], _ count: Int
    ) async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.fill(test)
            let store = test.store.limited(to: Self.ofPatient())
            let page = try await Self.search(test, store, type, query)
            #expect(page.matches.map(\.stamp.id) == Array(repeating: "a", count: count))
            #expect(try await Self.search(test, store, type, query + [("_summary", "count")]).total == count)
        }
    }

    @Test func `includes bring only what is there`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.fill(test)
            // A's observation refers to B, and B's to A's encounter.
            let crossing = #"""
                {"resourceType":"Observation","id":"x","status":"final","code":{"text":"x"},
                 "subject":{"reference":"Patient/a"},"encounter":{"reference":"Encounter/b"}}
                """#
            _ = try await test.store.update(try test.input(crossing), id: "x")
            let back = crossing.replacing("Patient/a", with: "Patient/b").replacing("Encounter/b", with: "Encounter/a")
                .replacing(#""id":"x""#, with: #""id":"y""#)
            _ = try await test.store.update(try test.input(back), id: "y")
            let store = test.store.limited(to: Self.ofPatient())
            let included = try await Self.search(
                test, store, "Observation", [("_id", "x"), ("_include", "Observation:encounter")])
            #expect(included.matches.count == 1 && included.included.isEmpty)
            let referring = try await Self.search(
                test, store, "Encounter", [("_revinclude", "Observation:encounter")])
            #expect(referring.included.map(\.stamp.id) == ["a"])
        }
    }

    @Test func `everything, ids and conditions see only what is there`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.fill(test)
            let store = test.store.limited(to: Self.ofPatient())
            let everything = try await store.everything(
                EverythingRequest(focus: .patients(["a", "b"]), count: 100))
            #expect(Set(everything.matches.map(\.stamp.id)) == ["a"])
            #expect(everything.included.isEmpty)
            let references = ["a", "b"].map { SearchIndexer.LocalReference(type: test.type("Patient"), id: $0) }
            #expect(try await store.current(references).map(\.stamp.id) == ["a"])
            let search = SearchService(SearchService(test.store), in: store)
            let criteria = try ConditionalCriteria(
                type: test.type("Patient"), query: "family=HIDDEN", indexer: search.indexer)
            let outcome = try await store.transaction { try await $0.match(criteria, search) }
            guard case .none = outcome else {
                Issue.record("a hidden resource met the criteria")
                return
            }
        }
    }

    @Test func `writes keep within the limits, before and after`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.fill(test)
            let store = test.store.limited(to: Self.ofPatient())
            func observation(_ patient: String) throws -> ResourceInput {
                try test.input(
                    #"""
                    {"resourceType":"Observation","status":"final","code":{"text":"x"},
                     "subject":{"reference":"Patient/\#(patient)"}}
                    """#)
            }
            func code(_ body: () async throws -> Void) async -> StoreError.Code? {
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? StoreError)?.code
                }
            }
            let type = test.type("Observation")
            #expect(await code { _ = try await store.create(try observation("a")) } == nil)
            #expect(await code { _ = try await store.create(try observation("b")) } == .forbidden)
            #expect(await code { _ = try await store.update(try observation("a"), id: "b") } == .notFound)
            #expect(await code { _ = try await store.update(try observation("b"), id: "b") } == .notFound)
            #expect(await code { _ = try await store.update(try observation("b"), id: "a") } == .forbidden)
            #expect(await code { _ = try await store.update(try observation("a"), id: "a") } == nil)
            #expect(await code { _ = try await store.update(try observation("a"), id: "new") } == nil)
            #expect(await code { _ = try await store.delete(type, id: "b") } == .notFound)
            #expect(await code { _ = try await store.delete(type, id: "never") } == .notFound)
            #expect(await code { _ = try await store.delete(type, id: "new") } == nil)
            #expect(await code { _ = try await store.delete(type, id: "new") } == nil)
            #expect(await code { _ = try await store.read(type, id: "new") } == .gone)
            #expect(
                await code {
                    try await store.transaction { transaction in
                        _ = try await transaction.create(try observation("a"))
                        _ = try await transaction.create(try observation("b"))
                    }
                } == .forbidden)
            // Somebody else's deletion is as if it had never been.
            _ = try await test.store.delete(type, id: "b")
            #expect(await code { _ = try await store.read(type, id: "b") } == .notFound)
            #expect(await code { _ = try await store.update(try observation("a"), id: "b") } == .notFound)
        }
    }

    @Test func `what a tenant creates is the tenant's, whatever its tag says`() async throws {
        try await TestStore.with(types: Self.types) { test in
            func of(_ tenant: String) -> FHIRStore {
                var limit = AccessLimit(kind: "tenant") { _, _ in .tenant }
                limit.tenant = tenant
                return test.store.limited(to: limit)
            }
            let type = test.type("Patient")
            let sent = #"{"resourceType":"Patient","meta":{"tag":[{"system":"urn:martlet:tenant","code":"b"}]}}"#
            let made = try await of("a").create(try test.input(sent))
            let shown = try test.rendered(try await of("a").read(type, id: made.stamp.id))
            #expect(shown["meta"]?["tag"]?.items.map { $0["code"]?.string } == ["a"])
            await #expect { _ = try await of("b").read(type, id: made.stamp.id) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
            await #expect { _ = try await of("b").update(try test.input(sent), id: made.stamp.id) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
            #expect(try await Self.search(test, of("b"), "Patient", []).matches.isEmpty)
            #expect(try await Self.search(test, of("a"), "Patient", []).matches.count == 1)
            // An update by the house leaves it where it belongs.
            _ = try await test.store.update(try test.input(#"{"resourceType":"Patient"}"#), id: made.stamp.id)
            #expect(try await Self.search(test, of("b"), "Patient", []).matches.isEmpty)
            _ = try await of("a").delete(type, id: made.stamp.id)
            await #expect { _ = try await of("b").read(type, id: made.stamp.id) } throws: {
                ($0 as? StoreError)?.code == .notFound
            }
            await #expect { _ = try await of("a").read(type, id: made.stamp.id) } throws: {
                ($0 as? StoreError)?.code == .gone
            }
        }
    }

    /// A result that comes by a message, a reminder that a job makes, what the head office writes.
    @Test func `what others make about a tenant's patient is the tenant's`() async throws {
        try await TestStore.with(types: Self.types) { test in
            let (a, b) = (
                test.store.limited(to: TenantRowSecurityTests.limit("a")),
                test.store.limited(to: TenantRowSecurityTests.limit("b"))
            )
            let patient = try await a.create(try test.input(#"{"resourceType":"Patient"}"#)).stamp.id
            let nobodys = try await test.store.create(try test.input(#"{"resourceType":"Patient"}"#)).stamp.id
            func observation(_ patient: String) throws -> ResourceInput {
                try test.input(
                    #"""
                    {"resourceType":"Observation","status":"final","code":{"text":"x"},
                     "subject":{"reference":"Patient/\#(patient)"}}
                    """#)
            }
            func appointment(_ patient: String) throws -> ResourceInput {
                try test.input(
                    #"""
                    {"resourceType":"Appointment","status":"proposed","participant":[
                     {"status":"accepted","actor":{"reference":"Practitioner/x"}},
                     {"status":"accepted","actor":{"reference":"Patient/\#(patient)"}}]}
                    """#)
            }
            for id in [patient, nobodys] {
                _ = try await test.store.create(try observation(id))
                _ = try await test.store.update(try observation(id), id: "by-put-\(id)")
                _ = try await test.store.create(try appointment(id))
                // Several of a type share a statement.
                var job = StoreJob()
                for number in 0..<3 {
                    job.commands.append(
                        test.store.createCommand(try observation(id), id: "one-of-\(number)-\(id)"))
                    job.commands.append(
                        test.store.createCommand(try appointment(id), id: "one-of-\(number)-\(id)"))
                }
                _ = try await test.store.run(job)
            }
            for (type, count) in [("Observation", 5), ("Appointment", 4)] {
                #expect(try await Self.search(test, a, type, []).matches.count == 2 * count)
                #expect(try await Self.search(test, b, type, []).matches.count == count)
                #expect(try await Self.search(test, b, type, [("patient", nobodys)]).matches.count == count)
            }
        }
    }
}
