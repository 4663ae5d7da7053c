import FHIRServerTesting
import JSONTape
import Testing

/// Searches over several types (R4 http.html#search, search.html#all).
@Suite struct SystemSearchChecks {
    private static func tagged(_ type: String, _ id: String, _ rest: String) -> String {
        #"""
        {"resourceType":"\#(type)","id":"\#(id)","meta":{"tag":[{"system":"urn:t","code":"x"}],"source":"urn:s",
         "profile":["http://x.example/p"],"security":[{"code":"R"}]},\#(rest)}
        """#
    }

    private static let resources = [
        tagged("Patient", "p1", #""name":[{"family":"A"}],"managingOrganization":{"reference":"Organization/o1"}"#),
        Patients.named("B", id: "p2"),
        #"{"resourceType":"Organization","id":"o1","name":"O"}"#,
        tagged("Observation", "b1", #""status":"final","code":{"text":"c"},"subject":{"reference":"Patient/p1"}"#),
        #"""
        {"resourceType":"Observation","id":"b2","status":"amended","code":{"text":"c"},
         "subject":{"reference":"Patient/p2"}}
        """#,
        #"""
        {"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},
         "subject":{"reference":"Patient/p1"}}
        """#,
    ]

    private func withResources(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { server in
            for text in Self.resources { try await server.client.putAll([text]) }
            try await body(server.client)
        }
    }

    private static let cases: [(query: String, found: String)] = [
        ("?_type=Patient,Observation", "Observation/b1 Observation/b2 Patient/p1 Patient/p2"),
        ("?_type=Patient", "Patient/p1 Patient/p2"), ("?_id=p1,b2", "Observation/b2 Patient/p1"),
        ("?_tag=urn:t%7Cx", "Observation/b1 Patient/p1"), ("?_source=urn:s", "Observation/b1 Patient/p1"),
        ("?_profile=http://x.example/p", "Observation/b1 Patient/p1"), ("?_security=R", "Observation/b1 Patient/p1"),
        ("?_lastUpdated=ge2020&_tag=x&_type=Patient,Encounter", "Patient/p1"), ("?_lastUpdated=lt2020", ""),
        // Common to the types named.
        ("?_type=Observation,Encounter&patient=p1", "Encounter/e1 Observation/b1"),
        ("?_type=Observation,Encounter&status=finished,amended", "Encounter/e1 Observation/b2"),
        ("?_type=Observation,Encounter&subject:Patient.family=b", "Observation/b2"),
        ("?_type=Patient&_has:Observation:patient:status=amended", "Patient/p2"),
        ("?_type=Patient,Encounter&_tag:missing=true", "Encounter/e1 Patient/p2"),
    ]

    @Test("C65: common parameters at the root, with and without types", .check("C65", "C70"))
    func matches() async throws {
        try await withResources { client in
            for (query, found) in Self.cases {
                let answer = try await client.search(query)
                #expect(answer.addresses("match").joined(separator: " ") == found, "\(query)")
                #expect(answer.total == answer.ids.count, "\(query)")
                for order in ["_sort=_id", "_sort=-_id", "_sort=_lastUpdated", "_sort=-_lastUpdated,_id"] {
                    let ids = try await client.search("\(query)&\(order)").ids
                    let pages = try await client.walk("\(query)&\(order)&_count=1&_total=accurate")
                    #expect(pages.flatMap(\.ids) == ids, "\(query)&\(order)")
                    #expect(pages.allSatisfy { $0.total == ids.count })
                    if let last = pages.last, pages.count > 2 {
                        let back = try await client.search(try #require(last.link("previous")))
                        #expect(back.ids == pages[pages.count - 2].ids, "\(query)&\(order)")
                    }
                }
                let posted = try await client.form("_search", String(query.dropFirst()))
                #expect(SearchSet(json: try posted.json).ids == answer.ids, "\(query)")
            }
        }
    }

    @Test("C70: totals counted up to a limit, of one type and of several", .check("C70"))
    func estimates() async throws {
        try await withResources { client in
            for (types, total) in [("Patient", 2), ("Patient,Observation", 4), ("Patient,Encounter,Observation", 5)] {
                for wanted in ["estimate", "accurate"] {
                    let pages = try await client.walk("?_type=\(types)&_total=\(wanted)&_count=1")
                    #expect(pages.map(\.total) == Array(repeating: total, count: total), "\(types) \(wanted)")
                }
            }
        }
    }

    @Test("C65, C73: one order over all types, the newest first", .check("C65", "C73"))
    func order() async throws {
        try await withResources { client in
            #expect(try await client.search("").ids == ["e1", "b2", "b1", "o1", "p2", "p1"])
            #expect(try await client.search("?_sort=_lastUpdated").ids == ["p1", "p2", "o1", "b1", "b2", "e1"])
            #expect(try await client.search("?_sort=_id").ids == ["b1", "b2", "e1", "o1", "p1", "p2"])
            #expect(try await client.search("?_sort=-_id").ids == ["p2", "p1", "o1", "e1", "b2", "b1"])
            // The same id in two types: both, each once.
            _ = try await client.put("Organization/p1", #"{"resourceType":"Organization","id":"p1","name":"P"}"#)
            let pages = try await client.walk("?_sort=_id&_count=1&_id=p1,p2")
            let seen = pages.flatMap(\.entries).map { "\($0.type)/\($0.id)" }
            #expect(seen == ["Organization/p1", "Patient/p1", "Patient/p2"])
        }
    }

    @Test("C72: a walk over types under writes", .check("C72"))
    func walk() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll(
                (0..<30).map { number in
                    number % 2 == 0
                        ? Patients.named("P", id: "p\(number)")
                        : #"{"resourceType":"Organization","id":"o\#(number)","name":"O"}"#
                })
            for order in ["", "&_sort=_lastUpdated", "&_sort=_id", "&_sort=-_id"] {
                var seen: [String] = []
                var next: String? = "?_type=Patient,Organization\(order)&_count=4"
                var round = 0
                while let address = next, round < 50 {
                    let page = try await client.search(address)
                    seen += page.ids
                    round += 1
                    let id = "x\(order.count)-\(round)"
                    _ = try await client.put("Patient/\(id)", Patients.named("X", id: id))
                    _ = try await client.put("Patient/p2", Patients.named("Y\(order.count)\(round)", id: "p2"))
                    _ = try await client.delete("Organization/o1")
                    next = page.link("next")
                }
                for number in 3..<30 {
                    let id = number % 2 == 0 ? "p\(number)" : "o\(number)"
                    #expect(seen.filter { $0 == id }.count == 1, "\(order): \(id)")
                }
            }
        }
    }

    @Test("C71, C74: includes over types", .check("C71", "C74"))
    func includes() async throws {
        try await withResources { client in
            let found = try await client.search(
                "?_type=Observation,Encounter&_tag=x&_include=Observation:patient&_include:iterate=Patient:organization"
            )
            #expect(found.addresses("match") == ["Observation/b1"])
            #expect(found.addresses("include") == ["Organization/o1", "Patient/p1"])
            #expect(found.total == 1)
            let all = try await client.search("?_type=Patient,Observation&_include=*&_count=2&_sort=_id")
            #expect(all.addresses("match") == ["Observation/b1", "Observation/b2"])
            #expect(all.addresses("include") == ["Patient/p1", "Patient/p2"])
        }
    }

    @Test("C65: what not all types have is refused", .check("C65"))
    func refusals() async throws {
        try await withResources { client in
            for query in [
                "?name=x", "?_type=Patient,Observation&name=x", "?_type=Nonsense", "?_type=Patient,Nonsense",
                "?_type=,",
                "?_type=Patient&_type=Observation", "?_type=Patient&_sort=family", "?_sort=patient._id",
                "?_type=Patient,Observation&_has:Observation:patient:status=final", "?_id:exact=a", "?_total=x",
                "Patient?_type=Patient", "?_type:not=Patient",
            ] {
                let answer = try await client.get(query)
                #expect(answer.status == 400 && answer.isOutcome, "\(query)")
            }
            // Dropped for all types or for none.
            let answer = try await client.get(
                "?_type=Patient,Observation&name=nobody&_id=b1,p1", headers: [("Prefer", "handling=lenient")])
            let found = SearchSet(json: try answer.json)
            #expect(found.addresses("match") == ["Observation/b1", "Patient/p1"])
            #expect(found.link("self") == "\(client.base)?_type=Patient,Observation&_id=b1,p1")
            #expect(found.addresses("outcome").count == 1)
        }
    }

    @Test("C69: the capabilities tell what can be searched and included", .check("C69"))
    func capabilities() async throws {
        try await withResources { client in
            let rest = try #require(try await client.get("metadata").json["rest"]?.items.first)
            #expect(rest["interaction"]?.items.contains { $0["code"]?.string == "search-system" } == true)
            #expect(
                rest["compartment"]?.items.compactMap(\.string).map { $0.split(separator: "/").last ?? "" }
                    == ["device", "encounter", "patient", "practitioner", "relatedPerson"])
            for parameter in rest["searchParam"]?.items ?? [] {
                let name = parameter["name"]?.string ?? ""
                let value = name == "_lastUpdated" ? "2020" : "x"
                #expect(try await client.get("?\(name)=\(value)").status == 200, "\(name)")
            }
            let patient = try #require(rest["resource"]?.items.first { $0["type"]?.string == "Patient" })
            for (list, name) in [("searchInclude", "_include"), ("searchRevInclude", "_revinclude")] {
                let values = patient[named: list]?.items.compactMap(\.string) ?? []
                #expect(values.count > 3)
                for value in values where value != "*" && !value.hasPrefix("Patient:") == (name == "_revinclude") {
                    // Types without tables in this test have nothing to include.
                    let source = value.prefix { $0 != ":" }
                    guard ["Patient", "Observation", "Encounter", "Appointment"].contains(source) else { continue }
                    #expect(try await client.get("Patient?\(name)=\(value)").status == 200, "\(name)=\(value)")
                }
            }
        }
    }
}
