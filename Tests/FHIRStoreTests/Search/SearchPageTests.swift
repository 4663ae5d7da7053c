import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Testing

@Suite struct SearchPageTests {
    private static func patient(_ number: Int) -> String {
        // Every third has no birth date, names repeat.
        let birth = number % 3 == 0 ? "" : #","birthDate":"\#(1950 + number % 7)-01-01""#
        let family = ["Ähn", "abel", "Bo", "Cy"][number % 4]
        return #"{"resourceType":"Patient","id":"p\#(number)","active":true,"name":[{"family":"\#(family)"}]\#(birth)}"#
    }

    @Test(arguments: [
        "", "_sort=birthdate", "_sort=-birthdate", "_sort=family", "_sort=-family,birthdate", "_sort=_lastUpdated",
        "_sort=-_lastUpdated", "_sort=_id", "_sort=-_id", "_sort=-family", "_sort=name", "active=true&_sort=-name",
        "name=b&_sort=name", "active=true&_sort=-birthdate", "_sort=gender,family",
        "identifier:missing=true&_sort=birthdate,_id",
    ])
    func `pages give each resource once, whatever is written meanwhile`(query: String) async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put((0..<40).map(Self.patient))
            let separator = query.isEmpty ? "" : "&"
            var request = try test.request("Patient", query + separator + "_count=7")
            var seen: [String] = []
            var pageCount = 0
            while true {
                let page = try await test.service().search(request, now: 0)
                seen += page.matches.map(\.stamp.id)
                pageCount += 1
                #expect(page.matches.count <= 7)
                _ = try await test.store.update(try test.input(Self.patient(100 + pageCount)), id: "x\(pageCount)")
                guard let next = page.next, pageCount < 50 else { break }
                request.cursor = next
            }
            let old = seen.filter { $0.hasPrefix("p") }
            #expect(old.count == (query.hasPrefix("name=b") ? 10 : 40))
            #expect(Set(old).count == old.count)
            #expect(Set(seen).count == seen.count)
        }
    }

    @Test func `order follows the keys, missing values last`() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put([
                #"{"resourceType":"Patient","id":"a","birthDate":"1980","name":[{"family":"Zorn"},{"family":"Adam"}]}"#,
                #"{"resourceType":"Patient","id":"b","birthDate":"1970","gender":"male","name":[{"family":"ähn"}]}"#,
                #"{"resourceType":"Patient","id":"c","name":[{"family":"Bär"}],"gender":"female"}"#,
            ])
            #expect(try await test.ids("Patient", "_sort=birthdate") == "b a c")
            #expect(try await test.ids("Patient", "_sort=-birthdate") == "a b c")
            #expect(try await test.ids("Patient", "_sort=family") == "a b c")
            #expect(try await test.ids("Patient", "_sort=-family") == "a c b")
            #expect(try await test.ids("Patient", "_sort=gender") == "c b a")
            #expect(try await test.ids("Patient", "_sort=-gender") == "b c a")
            #expect(try await test.ids("Patient", "_sort=-_lastUpdated") == "c b a")
            #expect(try await test.ids("Patient", "") == "c b a")
            #expect(try await test.ids("Patient", "_sort=_id&_id=c,a") == "a c")
        }
    }

    @Test func totals() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put((0..<12).map(Self.patient))
            #expect(try await test.search("Patient", "").total == 12)
            #expect(try await test.search("Patient", "_count=5").total == nil)
            #expect(try await test.search("Patient", "_count=5&_total=accurate").total == 12)
            #expect(try await test.search("Patient", "_count=5&_total=estimate").total == 12)
            #expect(try await test.search("Patient", "_total=none").total == nil)
            for query in ["_count=0", "_summary=count"] {
                let page = try await test.search("Patient", "family=abel&" + query)
                #expect(page.total == 3)
                #expect(page.matches.isEmpty)
                #expect(page.next == nil)
            }
            let service = test.service { $0.countingLimit = 3 }
            let page = try await service.search(try test.request("Patient", "_count=5&_total=estimate"), now: 0)
            #expect((page.total ?? 0) >= 4)
            #expect(page.isTotalEstimated)
        }
    }

    @Test func `a forged or foreign cursor is refused`() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put((0..<5).map(Self.patient))
            let page = try await test.search("Patient", "_sort=birthdate&_count=2")
            let next = try #require(page.next)
            for (type, query) in [
                ("Patient", "_sort=family&_count=2&_cursor=" + next), ("Patient", "_cursor=abc"),
                ("Patient", "_cursor=%"), ("Practitioner", "_cursor=" + next),
                ("Patient", "_sort=birthdate&_cursor=" + next + "A"),
            ] {
                let error = await #expect(throws: SearchError.self) { try await test.search(type, query) }
                #expect(error?.code == .invalidCursor, "\(query)")
            }
            #expect(try await test.search("Patient", "_sort=birthdate&_count=2&_cursor=" + next).matches.count == 2)
        }
    }

    @Test func includes() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put([
                #"{"resourceType":"Organization","id":"o","name":"C","partOf":{"reference":"Organization/top"}}"#,
                #"{"resourceType":"Organization","id":"top","name":"T"}"#,
                #"{"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization/o"}}"#,
                #"""
                {"resourceType":"Observation","id":"a","subject":{"reference":"Patient/p"},"performer":
                 [{"reference":"Organization/o"},{"reference":"Practitioner/gone"},
                 {"reference":"http://x.example/Patient/1"}],
                 "hasMember":[{"reference":"Observation/b"}]}
                """#,
                #"{"resourceType":"Observation","id":"b","subject":{"reference":"Patient/p"}}"#,
                #"""
                {"resourceType":"Provenance","id":"v",
                 "target":[{"reference":"Observation/a"},{"reference":"Observation/b"}]}
                """#,
            ])
            func included(_ type: String, _ query: String) async throws -> String {
                try await test.search(type, query).included
                    .map { test.definitions.name(of: $0.type) + "/" + $0.stamp.id }.sorted().joined(separator: " ")
            }
            #expect(try await included("Observation", "_include=Observation:subject") == "Patient/p")
            #expect(try await included("Observation", "_include=Observation:subject:Group") == "")
            #expect(
                try await included("Observation", "_id=a&_include=Observation:performer") == "Organization/o")
            #expect(try await included("Observation", "_include=Observation:has-member") == "")
            #expect(
                try await included("Observation", "_id=a&_include=*")
                    == "Observation/b Organization/o Patient/p")
            #expect(try await included("Observation", "_revinclude=Provenance:target") == "Provenance/v")
            #expect(try await included("Patient", "_revinclude=Observation:patient") == "Observation/a Observation/b")
            #expect(
                try await included(
                    "Observation",
                    "_id=b&_include=Observation:patient&_include:iterate=Patient:organization"
                        + "&_include:iterate=Organization:partof"
                )
                    == "Organization/o Organization/top Patient/p")
            let small = test.service { $0.maximumIncludeCount = 1 }
            let page = try await small.search(try test.request("Patient", "_revinclude=Observation:patient"), now: 0)
            #expect(page.included.count == 1)
            #expect(page.isIncludeTruncated)
        }
    }

    @Test func `SQL in values stays a value`() async throws {
        let attacks = ["' OR 1=1 --", "\"; DROP TABLE patient; --", "$1", "\\", "%", "a\u{0}b"]
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put([Self.patient(1)])
            let parameters = [
                "family", "family:exact", "family:contains", "identifier", "general-practitioner:Organization", "_id",
                "_tag",
            ]
            for attack in attacks {
                for parameter in parameters {
                    let request = try? SearchRequest.parse(
                        type: test.type("Patient"), pairs: [(parameter, attack)], handling: .strict,
                        indexer: test.indexer)
                    guard let request else { continue }
                    do {
                        #expect(try await test.service().search(request, now: 0).matches.isEmpty)
                    } catch let error as StoreError {
                        #expect(error.code == .invalidContent)
                    }
                }
            }
            #expect(try await test.ids("Patient", "") == "p1")
        }
    }

    @Test func `within a transaction its own writes are found`() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await test.put([Self.patient(1)])
            let found = try await test.database.withSession { session in
                try await test.service().ids(try test.request("Patient", "active=true"), limit: 2, in: session, now: 0)
            }
            #expect(found == ["p1"])
        }
    }
}
