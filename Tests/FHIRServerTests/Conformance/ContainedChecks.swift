import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// Searches that find contained resources (R4 search.html#contained).
@Suite struct ContainedChecks {
    private static let types = ["Medication", "MedicationRequest", "Observation", "Organization", "Patient", "List"]

    /// Requests `a` to `d` with contained medications, and medications of their own.
    private static func request(_ id: String, _ medications: String, _ rest: String = "") -> String {
        """
        {"resourceType":"MedicationRequest","id":"\(id)","contained":[\(medications)],"status":"active",\
        "intent":"order","medicationReference":{"reference":"#m"},"subject":{"reference":"Patient/p"}\(rest)}
        """
    }

    private static func medication(_ id: String, _ code: String, _ rest: String = "") -> String {
        """
        {"resourceType":"Medication","id":"\(id)","code":{"coding":[{"system":"urn:s","code":"\(code)"}],\
        "text":"Salve \(code)"}\(rest)}
        """
    }

    private static func with(_ body: @Sendable (TestClient) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = types
        } _: { server in
            let client = server.client
            _ = try await client.put(
                "Organization/maker", #"{"resourceType":"Organization","id":"maker","name":"Maker"}"#)
            _ = try await client.put("Patient/p", #"{"resourceType":"Patient","id":"p"}"#)
            let amount = #","amount":{"numerator":{"value":1.50,"unit":"mg"},"denominator":{"value":1}}"#
            for (id, contained) in [
                ("a", medication("m", "x", amount)),
                ("b", medication("m", "y")),
                ("c", medication("n", "x") + "," + medication("m", "x")),
                (
                    "d",
                    medication("m", "z", ##","manufacturer":{"reference":"#o"}"##)
                        + ##",{"resourceType":"Organization","id":"o","name":"Inner Works"}"##
                ),
            ] {
                let more = id == "c" ? ##","supportingInformation":[{"reference":"#n"}]"## : ""
                let stored = try await client.put("MedicationRequest/\(id)", request(id, contained, more))
                #expect(stored.status == 201, "\(stored.text)")
            }
            for (id, code) in [("m", "q"), ("own", "x")] {
                _ = try await client.put(
                    "Medication/\(id)",
                    medication(id, code, #","manufacturer":{"reference":"Organization/maker"}"#))
            }
            try await body(client)
        }
    }

    private static func urls(_ json: JSONNode) -> [String] {
        (json["entry"]?.items ?? []).filter { $0["search"]?["mode"]?.string == "match" }.map { entry in
            let url = entry["fullUrl"]?.string ?? ""
            return url.split(separator: "/fhir/").last.map(String.init) ?? url
        }
    }

    private static func found(_ query: String, _ client: TestClient) async throws -> Set<String> {
        let answer = try await client.get(query)
        #expect(answer.status == 200, "\(query): \(answer.text)")
        let json = try answer.json
        let urls = urls(json)
        #expect(json["total"]?.integer == urls.count && Set(urls).count == urls.count, "\(query): \(answer.text)")
        return Set(urls)
    }

    static let containers: [(String, Set<String>)] = [
        ("Medication?code=urn:s%7Cx", ["Medication/own"]),
        ("Medication?code=urn:s%7Cx&_contained=false", ["Medication/own"]),
        ("Medication?code=urn:s%7Cx&_contained=true", ["MedicationRequest/a", "MedicationRequest/c"]),
        (
            "Medication?code=urn:s%7Cx&_contained=both",
            ["Medication/own", "MedicationRequest/a", "MedicationRequest/c"]
        ),
        (
            "Medication?code=urn:s%7Cx&_contained=true&_containedType=contained",
            ["MedicationRequest/a#m", "MedicationRequest/c#n", "MedicationRequest/c#m"]
        ),
        (
            "Medication?_containedType=contained&_contained=both&code=x,q",
            [
                "Medication/own", "Medication/m", "MedicationRequest/a#m", "MedicationRequest/c#n",
                "MedicationRequest/c#m",
            ]
        ),
        ("Medication?_contained=true&code:not=x", ["MedicationRequest/b", "MedicationRequest/d"]),
        (
            "Medication?_contained=true&code:text=salve",
            ["a", "b", "c", "d"].reduce(into: []) { $0.insert("MedicationRequest/\($1)") }
        ),
        ("Medication?_contained=true&_id=n", ["MedicationRequest/c"]),
        ("Medication?_contained=true&_content=salve%20z", ["MedicationRequest/d"]),
        ("Medication?_contained=true&manufacturer:missing=false", ["MedicationRequest/d"]),
        ("Medication?_contained=true&manufacturer.name=inner", ["MedicationRequest/d"]),
        ("Medication?_contained=true&manufacturer=Organization/maker", []),
        ("Medication?_contained=both&manufacturer=Organization/maker", ["Medication/own", "Medication/m"]),
        ("Organization?_contained=both&name=inner,maker", ["Organization/maker", "MedicationRequest/d"]),
        ("Organization?_contained=true&name:contains=works", ["MedicationRequest/d"]),
        ("Organization?_contained=true&_has:Medication:manufacturer:code=z", []),
        ("MedicationRequest?_contained=true", []),
        // In chains always, and by what is contained where it is referred to.
        ("MedicationRequest?medication.code=x", ["MedicationRequest/a", "MedicationRequest/c"]),
        ("MedicationRequest?medication:Medication.code=z", ["MedicationRequest/d"]),
        ("MedicationRequest?medication.manufacturer.name=inner", ["MedicationRequest/d"]),
        ("MedicationRequest?medication.manufacturer:Organization.name=maker", []),
        ("MedicationRequest?medication=Medication/m", []),
        ("MedicationRequest?medication:missing=true", []),
        ("Organization?name=inner", []),
    ]

    @Test("C29: contained resources are found where they are asked for, and in chains", .check("C29"))
    func containedResourcesAreFound() async throws {
        try await Self.with { client in
            for (query, expected) in Self.containers {
                #expect(try await Self.found(query, client) == expected, "\(query)")
            }
            for query in [
                "?_contained=true&_type=Medication", "Medication?_contained=maybe", "Medication?_containedType=x",
                "Medication?_contained=true&_contained=both", "Medication?_contained:not=true",
                "MedicationRequest?medication._contained=true",
            ] {
                let answer = try await client.get(query)
                #expect(answer.status == 400 && answer.isOutcome, "\(query)")
            }
            #expect(try await client.delete("Medication?_contained=true&code=x").status == 400)
        }
    }

    @Test("C29: contained resources are answered as they stand, or with what contains them", .check("C29"))
    func answers() async throws {
        try await Self.with { client in
            let query = "Medication?code=x&_contained=true&_sort=_id"
            let containers = try await client.get(query).json["entry"]?.items ?? []
            let whole = try await client.get("MedicationRequest/a").json
            #expect(
                containers.first.map { String(decoding: $0["resource"]!.source, as: UTF8.self) }
                    == String(decoding: whole.source, as: UTF8.self))
            let inner = try await client.get("\(query)&_containedType=contained").json["entry"]?.items ?? []
            #expect(inner.count == 3)
            let resource = inner.first { $0["fullUrl"]?.string?.hasSuffix("MedicationRequest/a#m") == true }?[
                "resource"]
            #expect(resource?["resourceType"]?.string == "Medication" && resource?["id"]?.string == "m")
            #expect(resource?["meta"] == nil)
            #expect(resource?["amount"]?["numerator"]?["value"]?.numberText == "1.50")
            let shaped = try await client.get("\(query)&_containedType=contained&_elements=code").json["entry"]?.items
            #expect(shaped?.first?["resource"]?["amount"] == nil)
            #expect(shaped?.first?["resource"]?["meta"]?["tag"]?.items.first?["code"]?.string == "SUBSETTED")
            let included = try await client.get("\(query)&_include=MedicationRequest:subject").json["entry"]?.items
            #expect(included?.last?["resource"]?["resourceType"]?.string == "Patient")
            // The id of a contained resource is no other's.
            let others = try await client.get(
                "Medication?code=z&_contained=true&_containedType=contained&_revinclude=MedicationRequest:medication"
            ).json["entry"]?.items
            #expect(others?.count == 1)
            #expect(try await client.get("Medication?_contained=true&_summary=count").json["total"]?.integer == 4)
            let xml = try await client.get("\(query)&_containedType=contained&_format=xml")
            #expect(xml.status == 200 && xml.text.contains("MedicationRequest/a#m"))
        }
    }

    @Test("C29: contained resources come and go with what contains them", .check("C29"))
    func lifeCycle() async throws {
        try await Self.with { client in
            let query = "Medication?_contained=true&code=x"
            _ = try await client.put("MedicationRequest/a", Self.request("a", Self.medication("m", "w")))
            #expect(try await Self.found(query, client) == ["MedicationRequest/c"])
            #expect(try await Self.found("Medication?_contained=true&code=w", client) == ["MedicationRequest/a"])
            // Written again, and once as it was.
            for _ in 0..<2 {
                _ = try await client.put("MedicationRequest/b", Self.request("b", Self.medication("m", "x")))
            }
            #expect(try await Self.found(query, client) == ["MedicationRequest/b", "MedicationRequest/c"])
            _ = try await client.put(
                "MedicationRequest/c",
                """
                {"resourceType":"MedicationRequest","id":"c","status":"active","intent":"order",\
                "medicationReference":{"reference":"Medication/own"},"subject":{"reference":"Patient/p"}}
                """)
            #expect(try await Self.found(query, client) == ["MedicationRequest/b"])
            #expect(
                try await Self.found("MedicationRequest?medication.code=x", client)
                    == ["MedicationRequest/b", "MedicationRequest/c"])
            #expect(try await client.delete("MedicationRequest/b").status < 300)
            #expect(try await Self.found(query, client) == [])
            // Within a transaction, by the ids of the others in it.
            let medication = Self.medication(
                "m", "t", #","manufacturer":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}"#)
            let bundle = """
                {"resourceType":"Bundle","type":"transaction","entry":[\
                {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Organization",\
                "name":"Fresh"},"request":{"method":"POST","url":"Organization"}},\
                {"resource":\(Self.request("t", medication)),"request":{"method":"PUT","url":"MedicationRequest/t"}}]}
                """
            #expect(try await client.post("", bundle).status == 200)
            #expect(
                try await Self.found("Medication?_contained=true&manufacturer.name=fresh", client)
                    == ["MedicationRequest/t"])
        }
    }

    @Test(
        "C29: pages of contained resources go both ways in any order", .check("C29"),
        arguments: [
            "_sort=_id", "_sort=-_id", "", "_sort=code,-_lastUpdated", "_sort=-manufacturer",
        ])
    func pages(_ sort: String) async throws {
        try await Self.with { client in
            for contained in [
                "_contained=both", "_contained=true", "_contained=both&_containedType=contained",
                "_contained=true&_containedType=contained",
            ] {
                let query = "Medication?\(contained)&\(sort)".trimmingSuffix("&")
                let all = try await Self.urls(client.get("\(query)&_count=100").json)
                #expect(all.count >= 4)
                var pages: [[String]] = []
                var next: String? = "\(query)&_count=2&_total=accurate"
                var last: JSONNode?
                while let address = next {
                    let json = try await client.get(address).json
                    #expect(json["total"]?.integer == all.count, "\(query)")
                    pages.append(Self.urls(json))
                    last = json
                    next = Self.link("next", json)
                    if pages.count > 10 { break }
                }
                #expect(pages.flatMap { $0 } == all, "\(query)")
                var back: [[String]] = []
                var previous = last.flatMap { Self.link("previous", $0) }
                while let address = previous {
                    let json = try await client.get(address).json
                    back.insert(Self.urls(json), at: 0)
                    previous = Self.link("previous", json)
                    if back.count > 10 { break }
                }
                #expect(back.flatMap { $0 } == Array(all.prefix(pages.dropLast().count * 2)), "\(query)")
            }
        }
    }

    private static func link(_ relation: String, _ json: JSONNode) -> String? {
        json["link"]?.items.first { $0["relation"]?.string == relation }?["url"]?.string
            .flatMap { $0.split(separator: "/fhir/").last.map(String.init) }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
