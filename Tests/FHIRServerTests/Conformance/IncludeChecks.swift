import FHIRServerTesting
import PostgreSQL
import FHIRStoreTesting
import JSONTape
import Testing

/// R4 search.html#include.
@Suite struct IncludeChecks {
    private static let types = [
        "CarePlan", "Device", "Group", "Observation", "Organization", "Patient", "PlanDefinition", "Practitioner",
        "Provenance",
    ]

    private static let resources = [
        #"{"resourceType":"Organization","id":"o","name":"C","partOf":{"reference":"Organization/top"}}"#,
        #"{"resourceType":"Organization","id":"top","name":"T","partOf":{"reference":"Organization/o"}}"#,
        #"{"resourceType":"Practitioner","id":"gone","active":true}"#,
        #"{"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization/o"}}"#,
        #"""
        {"resourceType":"Observation","id":"a","status":"final","code":{"text":"a"},
         "contained":[{"resourceType":"Device","id":"d","distinctIdentifier":"x"}],"device":{"reference":"#d"},
         "subject":{"reference":"Patient/p/_history/1"},"hasMember":[{"reference":"Observation/b"}],
         "performer":[{"reference":"Organization/o"},{"reference":"Practitioner/gone"},
          {"reference":"http://elsewhere.example/fhir/Patient/p"},{"display":"nobody"}]}
        """#,
        #"""
        {"resourceType":"Observation","id":"b","status":"final","code":{"text":"b"},
         "subject":{"reference":"Patient/p"}}
        """#,
        #"""
        {"resourceType":"Provenance","id":"v","recorded":"2020-01-01T00:00:00Z",
         "agent":[{"who":{"reference":"Practitioner/gone"}}],
         "target":[{"reference":"Observation/a"},{"reference":"Observation/b"}]}
        """#,
        #"{"resourceType":"PlanDefinition","id":"p1","status":"active","url":"http://x.example/plan","version":"1"}"#,
        #"{"resourceType":"PlanDefinition","id":"p2","status":"active","url":"http://x.example/plan","version":"2"}"#,
        #"""
        {"resourceType":"CarePlan","id":"any","status":"active","intent":"plan","subject":{"reference":"Patient/p"},
         "instantiatesCanonical":["http://x.example/plan"]}
        """#,
        #"""
        {"resourceType":"CarePlan","id":"one","status":"active","intent":"plan","subject":{"reference":"Patient/p"},
         "instantiatesCanonical":["http://x.example/plan|2#part","http://nobody.example/plan"]}
        """#,
    ]

    private static let cases: [(query: String, included: String)] = [
        ("Observation?_include=Observation:subject", "Patient/p"),
        ("Observation?_include=Observation:subject:Patient", "Patient/p"),
        ("Observation?_include=Observation:subject:Group", ""),
        ("Observation?_id=a&_include=Observation:performer", "Organization/o"),
        ("Observation?_id=a&_include=Observation:device", ""),
        // Found already, so not included again.
        ("Observation?_include=Observation:has-member", ""),
        ("Observation?_id=a&_include=Observation:has-member", "Observation/b"),
        ("Observation?_id=a&_include=Observation:patient&_include=Observation:subject", "Patient/p"),
        ("Observation?_id=a&_include=*", "Observation/b Organization/o Patient/p"),
        ("Observation?_id=a&_include=Observation:*", "Observation/b Organization/o Patient/p"),
        ("Observation?_id=a&_include=Observation:*:Organization", "Organization/o"),
        ("Observation?_id=a&_include=Patient:organization", ""),
        ("Observation?_revinclude=Provenance:target", "Provenance/v"),
        ("Observation?_revinclude=Provenance:*", "Provenance/v"),
        ("Patient?_revinclude=Observation:subject", "Observation/a Observation/b"),
        ("Patient?_revinclude=*", "CarePlan/any CarePlan/one Observation/a Observation/b"),
        ("Patient?_revinclude=Observation:performer", ""),
        // A circle ends.
        ("Organization?_id=o&_include:iterate=Organization:partof", "Organization/top"),
        ("Observation?_id=b&_include=Observation:patient&_include=Patient:organization", "Patient/p"),
        (
            "Observation?_id=b&_include=Observation:patient&_include:iterate=Patient:organization",
            "Organization/o Patient/p"
        ),
        (
            "Observation?_id=b&_include:recurse=*",
            "Organization/o Organization/top Patient/p"
        ),
        (
            "Patient?_revinclude=Observation:subject&_revinclude:iterate=Provenance:target",
            "Observation/a Observation/b Provenance/v"
        ),
        ("CarePlan?_id=any&_include=CarePlan:instantiates-canonical", "PlanDefinition/p1 PlanDefinition/p2"),
        ("CarePlan?_id=one&_include=CarePlan:instantiates-canonical", "PlanDefinition/p2"),
        ("CarePlan?_id=one&_include=CarePlan:instantiates-canonical:PlanDefinition", "PlanDefinition/p2"),
        ("CarePlan?_id=one&_include=*", "Patient/p PlanDefinition/p2"),
    ]

    @Test("C74: forwards, backwards, iterated, wildcards; what is gone or elsewhere is left out", .check("C71", "C74"))
    func includes() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            try await server.client.putAll(Self.resources)
            _ = try await server.client.delete("Practitioner/gone")
            for (query, included) in Self.cases {
                let found = try await server.client.search(query)
                #expect(found.addresses("include").joined(separator: " ") == included, "\(query)")
                let all = found.entries.map { "\($0.type)/\($0.id)" }
                #expect(Set(all).count == all.count, "\(query): each once")
                #expect(found.total == found.ids.count, "\(query): includes are not counted")
                for entry in found.entries {
                    #expect(entry.fullURL == "\(server.client.base)/\(entry.type)/\(entry.id)")
                }
            }
        }
    }

    @Test("C74: an include is what is there now", .check("C67", "C74"))
    func freshIncludes() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/p", Patients.named("Old", id: "p"))
            _ = try await client.put(
                "Observation/a",
                #"""
                {"resourceType":"Observation","id":"a","status":"final","code":{"text":"a"},
                 "subject":{"reference":"Patient/p/_history/1"}}
                """#)
            for name in ["New", "Newer"] {
                _ = try await client.put("Patient/p", Patients.named(name, id: "p"))
                let answer = try await client.get("Observation?_include=Observation:patient")
                #expect(answer.text.contains("\"family\":\"\(name)\""))
            }
            _ = try await client.delete("Patient/p")
            #expect(try await client.search("Observation?_include=Observation:patient").entries.count == 1)
        }
    }

    @Test("C74: what cannot be included is refused, with a hint", .check("C74"))
    func refusals() async throws {
        try await TestServer.with { server in
            for value in [
                "Observation", "Observation:", "Nonsense:subject", "Observation:nonsense", "Observation:code",
                "Observation:subject:Nonsense", "Observation:subject:Organization", "Observation:subject:Patient:x",
                "Observation:subject,Observation:performer", "subject", "*:subject", "**",
            ] {
                for name in ["_include", "_revinclude", "_include:iterate"] {
                    let answer = try await server.client.get("Observation?\(name)=\(FHIRQuery.encode(value))")
                    #expect(answer.status == 400, "\(name)=\(value)")
                    if value.contains(",") { #expect(answer.text.contains("repeat the parameter")) }
                }
            }
            #expect(try await server.client.get("Observation?_include:nonsense=Observation:subject").status == 400)
        }
    }

    @Test("C74, C76: includes past the limit are told by a warning", .check("C74", "C76"))
    func truncation() async throws {
        try await TestServer.with { server in
            try await server.client.putAll([Patients.named("P", id: "p")])
            try await server.client.putAll([
                #"""
                {"resourceType":"Observation","id":"a","status":"final","code":{"text":"a"},
                 "subject":{"reference":"Patient/p"}}
                """#
            ])
            try await server.test.database.script(
                """
                INSERT INTO observation (id, version, method, updated, self, subj, keys, content)
                SELECT id || '-' || n, 1, method, updated, n, subj, keys, content
                FROM observation, generate_series(1, 2100) n
                """)
            let found = try await server.client.search("Patient?_revinclude=Observation:subject")
            #expect(found.addresses("include").count == 2000)
            #expect(found.total == 1)
            let outcome = try #require(found.json["entry"]?.items.last)
            #expect(outcome["search"]?["mode"]?.string == "outcome")
            #expect(outcome["resource"]?["issue"]?.items.map { $0["severity"]?.string } == ["warning"])
        }
    }
}
