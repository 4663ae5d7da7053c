import FHIRServerTesting
import JSONTape
import Testing

/// Searches in compartments (R4 compartmentdefinition.html, http.html#search).
@Suite struct CompartmentChecks {
    private static let types = [
        "Appointment", "Condition", "Device", "Encounter", "Medication", "Observation", "Organization", "Patient",
        "Practitioner", "RelatedPerson",
    ]

    private static func observation(_ id: String, _ rest: String) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final","code":{"coding":[{"code":"c"}]},\#(rest)}"#
    }

    private static let resources = [
        Patients.named("A", id: "p1"), Patients.named("B", id: "p2"),
        #"{"resourceType":"Patient","id":"p3","link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]}"#,
        #"{"resourceType":"Practitioner","id":"d1"}"#, #"{"resourceType":"Device","id":"dev"}"#,
        #"{"resourceType":"RelatedPerson","id":"r1","patient":{"reference":"Patient/p1"}}"#,
        #"{"resourceType":"Medication","id":"m"}"#,
        #"""
        {"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},
         "subject":{"reference":"Patient/p1"},"participant":[{"individual":{"reference":"Practitioner/d1"}}]}
        """#,
        observation("subject1", #""subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"}"#),
        observation("performer1", #""subject":{"reference":"Patient/p2"},"performer":[{"reference":"Patient/p1"}]"#),
        observation("subject2", #""subject":{"reference":"Patient/p2"},"device":{"reference":"Device/dev"}"#),
        observation("doctor1", #""performer":[{"reference":"Practitioner/d1"}]"#),
        observation("nobody", #""valueString":"x""#),
        #"""
        {"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},
         "asserter":{"reference":"RelatedPerson/r1"}}
        """#,
        #"""
        {"resourceType":"Appointment","id":"a1","status":"proposed","participant":[
         {"status":"accepted","actor":{"reference":"Patient/p1"}},
         {"status":"accepted","actor":{"reference":"Practitioner/d1"}}]}
        """#,
    ]

    private func withCompartments(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            try await server.client.putAll(Self.resources)
            try await body(server.client)
        }
    }

    private static let cases: [(path: String, found: String)] = [
        ("Patient/p1/Observation", "Observation/performer1 Observation/subject1"),
        ("Patient/p1/Condition", "Condition/c1"), ("Patient/p1/Appointment", "Appointment/a1"),
        ("Patient/p1/Patient", "Patient/p1 Patient/p3"),
        ("Patient/p1/Observation?code=c&_sort=-_id", "Observation/performer1 Observation/subject1"),
        ("Patient/p1/Observation?code=other", ""),
        ("Patient/p1/Observation?_id=nobody,subject1", "Observation/subject1"),
        (
            "Patient/p1/*",
            "Appointment/a1 Condition/c1 Encounter/e1 Observation/performer1 Observation/subject1 Patient/p1"
                + " Patient/p3 RelatedPerson/r1"
        ),
        ("Patient/p1/*?_type=Condition,Encounter", "Condition/c1 Encounter/e1"),
        ("Patient/p1/*?_id=e1", "Encounter/e1"),
        ("Practitioner/d1/Observation", "Observation/doctor1"), ("Practitioner/d1/Encounter", "Encounter/e1"),
        ("Practitioner/d1/*", "Appointment/a1 Encounter/e1 Observation/doctor1 Practitioner/d1"),
        ("Encounter/e1/Observation", "Observation/subject1"), ("Encounter/e1/*", "Encounter/e1 Observation/subject1"),
        ("RelatedPerson/r1/Condition", "Condition/c1"), ("Device/dev/Observation", "Observation/subject2"),
        // A compartment without its resource is empty.
        ("Patient/none/Observation", ""), ("Patient/none/*", ""),
    ]

    @Test("C65: the five compartments, by path", .check("C65"))
    func compartments() async throws {
        try await withCompartments { client in
            for (path, found) in Self.cases {
                let answer = try await client.search(path)
                #expect(answer.addresses("match").joined(separator: " ") == found, "\(path)")
                #expect(answer.link("self") == "\(client.base)/\(path)", "links keep the path")
                #expect(answer.total == answer.ids.count, "\(path)")
                let counted = try await client.search(path + (path.contains("?") ? "&" : "?") + "_summary=count")
                #expect(counted.total == answer.total, "\(path)")
                let pages = try await client.walk(path + (path.contains("?") ? "&" : "?") + "_count=1")
                #expect(pages.flatMap(\.ids).sorted() == answer.ids.sorted(), "\(path)")
                #expect(pages.allSatisfy { $0.link("self")?.hasPrefix("\(client.base)/\(path)") == true })
            }
        }
    }

    @Test("C77: compartments are searched by POST as well", .check("C77"))
    func posted() async throws {
        try await withCompartments { client in
            for path in ["Patient/p1/Observation/_search", "Patient/p1/*/_search", "Patient/p1/_search"] {
                let answer = try await client.form(path, "_id=subject1,subject2")
                #expect(answer.status == 200, "\(path)")
                let found = SearchSet(json: try answer.json)
                #expect(found.ids == ["subject1"], "\(path)")
                let target = path.contains("Observation") ? "Observation" : "*"
                #expect(found.link("self") == "\(client.base)/Patient/p1/\(target)?_id=subject1,subject2")
            }
            #expect(try await client.post("Patient/p1/Observation/_search", "{}").status == 415)
            #expect(try await client.get("Patient/p1/Observation/_search").status == 405)
        }
    }

    @Test("C65: a type outside of a compartment is never answered with everything", .check("C65"))
    func outside() async throws {
        try await withCompartments { client in
            for path in [
                "Patient/p1/Practitioner", "Patient/p1/Medication", "Encounter/e1/Patient", "Organization/o/Patient",
                "Observation/subject1/Condition", "Patient/p1/Nonsense", "Patient/p%25/Observation",
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == 404 && answer.isOutcome, "\(path)")
            }
            for path in ["Patient/p1/*?_type=Medication", "Patient/p1/*?code=c", "Patient/p1/Observation?nonsense=1"] {
                #expect(try await client.get(path).status == 400, "\(path)")
            }
            #expect(try await client.put("Patient/p1/Observation", "{}").status == 405)
        }
    }
}
