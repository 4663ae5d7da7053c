import FHIRServerTesting
import FHIRServer
import JSONTape
import Testing

/// The Bundle that a search answers with (R4 search.html#return, http.html#search).
@Suite struct SearchBundleChecks {
    private func withPatients(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { server in
            try await server.client.putAll(
                [("a", "Adams"), ("b", "Brown"), ("c", "Clark"), ("d", "Brown, Jr.")].map { Patients.named($1, id: $0) }
            )
            try await body(server.client)
        }
    }

    @Test("C68: every answer is a searchset", .check("C68", "C70"))
    func searchsets() async throws {
        try await withPatients { client in
            for query in ["Patient", "Patient?name=adams", "Patient?name=nobody", "Patient?_id=none", "?_type=Patient"]
            {
                let found = try await client.search(query)
                #expect(found.json["resourceType"]?.string == "Bundle" && found.json["type"]?.string == "searchset")
                #expect(found.total == found.ids.count)
                #expect(
                    found.entries.allSatisfy { $0.mode == "match" && $0.fullURL == "\(client.base)/Patient/\($0.id)" })
                // An empty array would be no JSON of FHIR.
                if found.ids.isEmpty { #expect(found.json["entry"] == nil) }
            }
        }
    }

    @Test("C68: counts have a total and nothing else", .check("C68"))
    func counts() async throws {
        try await withPatients { client in
            for query in [
                "Patient?_summary=count", "Patient?_count=0",
                "Patient?_count=0&_sort=family&_include=Patient:organization",
                "?_type=Patient,Observation&_count=0", "?_type=Patient&_summary=count", "Patient?_count=0&_total=none",
            ] {
                let found = try await client.search(query)
                #expect(found.json["type"]?.string == "searchset")
                #expect(found.total == 4, "\(query)")
                #expect(found.json["entry"] == nil && found.relations == ["self"], "\(query)")
            }
            // A count in the middle of a walk, too.
            let next = try #require(try await client.search("Patient?_count=2").link("next"))
            let counted = try await client.search(next.replacing("_count=2", with: "_count=0"))
            #expect(counted.total == 4 && counted.json["entry"] == nil && counted.relations == ["self"])
        }
    }

    static let selfLinks: [(query: String, shown: String)] = [
        ("Patient", "Patient"), ("Patient?name=adams", "Patient?name=adams"),
        ("Patient?name=&gender=male", "Patient?gender=male"),
        ("Patient?name=br&name:exact=Brown&_sort=-family", "Patient?name=br&name:exact=Brown&_sort=-family"),
        ("Patient?name=%C3%A4hn%20x", "Patient?name=%C3%A4hn%20x"), ("Patient?name=a+b", "Patient?name=a%20b"),
        ("Patient?identifier=urn:a%7C1%5C,2", "Patient?identifier=urn:a%7C1%5C,2"),
        ("?_type=Patient&_id=a", "?_type=Patient&_id=a"), ("Patient?_count=5000", "Patient?_count=1000"),
    ]

    @Test("C69: self shows the parameters that were used", .check("C69"))
    func selfShowsWhatWasUsed() async throws {
        try await withPatients { client in
            for (query, shown) in Self.selfLinks {
                let base = shown.first == "?" ? client.base : client.base + "/"
                let found = try await client.search(query)
                #expect(found.link("self") == base + shown, "\(query)")
                // Usable as it is.
                let again = try await client.search(try #require(found.link("self")))
                #expect(again.ids == found.ids && again.link("self") == found.link("self"), "\(query)")
            }
            let lenient = try await client.get(
                "Patient?nonsense=1&name=adams&other=2", headers: [("Prefer", "handling=lenient")])
            let found = SearchSet(json: try lenient.json)
            #expect(found.link("self") == "\(client.base)/Patient?name=adams")
        }
    }

    @Test("C69: links have the address by which the server was reached", .check("C69"))
    func linksHaveTheClientsBase() async throws {
        try await withPatients { client in
            let answer = try await client.send(
                "GET", "Patient?_count=1&_sort=family", headers: [("X-Forwarded-Host", "evil.example")])
            let found = SearchSet(json: try answer.json)
            for relation in ["self", "first", "next"] {
                #expect(found.link(relation)?.hasPrefix(client.base + "/Patient?") == true)
            }
        }
        try await TestServer.with {
            $0.configuration.baseURL = "https://fhir.example/tenant"
        } _: { server in
            try await server.client.putAll(["a", "b"].map { Patients.named("X", id: $0) })
            let found = try await server.client.search("Patient?_count=1")
            #expect(found.link("next")?.hasPrefix("https://fhir.example/tenant/Patient?_count=1&_cursor=") == true)
            #expect(found.entries.first?.fullURL.hasPrefix("https://fhir.example/tenant/Patient/") == true)
        }
    }

    @Test("C69, C77: a posted search has links to GET", .check("C69", "C77"))
    func postedSearches() async throws {
        try await withPatients { client in
            let type = ("Content-Type", "application/x-www-form-urlencoded")
            let posted = SearchSet(
                json: try await client.send(
                    "POST", "Patient/_search?_count=1&name=br", body: Array("_sort=family&name=brown".utf8),
                    headers: [type]
                ).json)
            // Repeated names are kept, from both places.
            #expect(posted.link("self") == "\(client.base)/Patient?_count=1&name=br&_sort=family&name=brown")
            #expect(posted.ids == ["b"])
            let next = try await client.search(try #require(posted.link("next")))
            #expect(next.ids == ["d"] && next.link("next") == nil)
            let got = try await client.search("Patient?_count=1&name=br&_sort=family&name=brown")
            #expect(got.ids == posted.ids && got.link("self") == posted.link("self"))
            // Values with commas arrive as they were sent.
            let form = try await client.form("Patient/_search", "name:exact=Brown%5C%2C+Jr.")
            #expect(SearchSet(json: try form.json).ids == ["d"])
            #expect(try await client.form("Patient/_search", "nonsense=1").status == 400)
            #expect(try await client.form("Patient", "name=x").status == 415)
            #expect(try await client.post("Patient/_search", "{}").status == 415)
            #expect(try await client.send("POST", "Patient/_search").status == 200)
        }
    }

    @Test("C76: outcomes inside are warnings, failures are no Bundles", .check("C76"))
    func outcomes() async throws {
        try await withPatients { client in
            for query in ["Patient?nonsense=1&name=adams", "?_type=Patient&nonsense=1&_id=a"] {
                let answer = try await client.get(query, headers: [("Prefer", "handling=lenient")])
                let found = SearchSet(json: try answer.json)
                #expect(answer.status == 200)
                #expect(found.entries.map(\.mode) == ["match", "outcome"] && found.total == 1)
                let outcome = found.json["entry"]?.items.last?["resource"]
                #expect(outcome?["resourceType"]?.string == "OperationOutcome")
                #expect(outcome?["issue"]?.items.map { $0["severity"]?.string } == ["warning"])
                #expect(outcome?["issue"]?.items.first?["expression"]?.items.first?.string == "http.nonsense")
            }
            for query in [
                "Patient?nonsense=1", "Patient?birthdate=abc", "?_type=Patient&birthdate=abc", "Patient?_sort=x",
            ] {
                let answer = try await client.get(query)
                #expect(answer.status == 400 && answer.isOutcome, "\(query)")
            }
        }
    }

    @Test("C67: a write is found by the very next search, page and total", .check("C67"))
    func freshness() async throws {
        try await TestServer.with { server in
            let client = server.client
            for number in 0..<10 {
                _ = try await client.put("Patient/n\(number)", Patients.named("Fresh\(number)x", id: "n\(number)"))
                for query in ["Patient?family=fresh\(number)x", "?_type=Patient&_id=n\(number)"] {
                    #expect(try await client.search(query).ids == ["n\(number)"])
                }
                #expect(try await client.search("Patient?_summary=count").total == number + 1)
            }
            _ = try await client.delete("Patient/n3")
            #expect(try await client.search("Patient?family=fresh3x").ids.isEmpty)
            #expect(try await client.search("Patient?_total=accurate&_count=1").total == 9)
            _ = try await client.put("Patient/n4", Patients.named("Other", id: "n4"))
            #expect(try await client.search("Patient?family=fresh4x").total == 0)
            #expect(try await client.search("Patient?family=other").ids == ["n4"])
        }
    }
}
