import FHIRServerTesting
import JSONTape
import Testing

/// `:in` and `:not-in` wherever criteria are read, not only in searches of one type (R4 search.html#token).
@Suite struct ValueSetSearchChecks {
    private static let resources = [
        #"""
        {"resourceType":"ValueSet","id":"v","url":"http://v.example/dogs","status":"active",
         "compose":{"include":[{"system":"urn:c","concept":[{"code":"dog"}]}]}}
        """#,
        #"{"resourceType":"Patient","id":"he","gender":"male"}"#, #"{"resourceType":"Patient","id":"nobody"}"#,
        observation("dog", "dog"), observation("cat", "cat"),
    ]

    private static func observation(_ id: String, _ code: String) -> String {
        #"""
        {"resourceType":"Observation","id":"\#(id)","status":"final","subject":{"reference":"Patient/he"},
         "code":{"coding":[{"system":"urn:c","code":"\#(code)"}]}}
        """#
    }

    private static let genders = "http://hl7.org/fhir/ValueSet/administrative-gender"
    private static let dogs = "http://v.example/dogs"

    private static let cases: [(query: String, found: [String])] = [
        ("?_type=Observation&code:in=\(dogs)", ["Observation/dog"]),
        ("?_type=Observation&code:not-in=\(dogs)", ["Observation/cat"]),
        ("?_type=Observation&code:in=ValueSet/v", ["Observation/dog"]),
        ("?_type=Patient&gender:in=\(genders)", ["Patient/he"]),
        ("?_type=Patient&gender:not-in=\(genders)", ["Patient/nobody"]),
        ("?_type=Observation&patient.gender:not-in=\(genders)", []),
        ("?_type=Observation&patient.gender:in=\(genders)&code:not-in=\(dogs)", ["Observation/cat"]),
        ("?_type=Patient&_has:Observation:patient:code:in=\(dogs)", ["Patient/he"]),
        ("?_type=Patient,Observation&_tag:not-in=\(genders)&_id=he,dog", ["Observation/dog", "Patient/he"]),
        ("?_type=Patient,Observation&_tag:in=\(genders)", []),
        ("Patient/he/Observation?code:in=\(dogs)", ["Observation/dog"]),
        ("Patient/he/Observation?code:not-in=\(dogs)", ["Observation/cat"]),
        ("Patient/he/*?_type=Observation&code:in=\(dogs)", ["Observation/dog"]),
    ]

    private func withResources(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = ["Observation", "Patient", "ValueSet", "CodeSystem"]
        } _: { server in
            try await server.client.putAll(Self.resources)
            try await body(server.client)
        }
    }

    @Test("C65: value sets in searches of several types and of compartments", .check("C65"))
    func searches() async throws {
        try await withResources { client in
            for (query, found) in Self.cases {
                let answer = try await client.get(query)
                #expect(answer.status == 200, "\(query): \(answer.text)")
                #expect(SearchSet(json: try answer.json).addresses("match") == found, "\(query)")
            }
            for query in [
                "?_type=Observation&code:in=http://v.example/none", "?_type=Patient&gender:not-in=ValueSet/none",
                "Patient/he/Observation?code:in=http://v.example/none",
            ] {
                let answer = try await client.get(query)
                #expect(answer.status == 400 && answer.isOutcome, "\(query)")
            }
        }
    }

    @Test("C14, C15, C16: value sets in the criteria of conditional writes", .check("C14", "C15", "C16"))
    func conditionalWrites() async throws {
        try await withResources { client in
            let cat = Self.observation("x", "cat")
            let there = try await client.post("Observation", cat, headers: [("If-None-Exist", "code:in=\(Self.dogs)")])
            #expect(there.status == 200 && there.id == "dog", "\(there.text)")
            let outside = ("If-None-Exist", "code:not-in=\(Self.dogs)")
            #expect(try await client.post("Observation", cat, headers: [outside]).id == "cat")
            let none = ("If-None-Exist", "code:in=\(Self.dogs)&status=amended")
            #expect(try await client.post("Observation", cat, headers: [none]).status == 201)
            let unknown = ("If-None-Exist", "code:in=http://v.example/none")
            #expect(try await client.post("Observation", cat, headers: [unknown]).status == 400)
            let update = try await client.put("Observation?code:in=\(Self.dogs)", Self.observation("dog", "cat"))
            #expect(update.status == 200 && update.id == "dog", "\(update.text)")
            // Two cats and the former dog.
            #expect(try await client.delete("Observation?code:not-in=\(Self.dogs)").status == 412)
            #expect(try await client.delete("Patient?gender:not-in=\(Self.genders)").status == 204)
            #expect(try await client.get("Patient/nobody").status == 410)
            #expect(try await client.get("Patient/he").status == 200)
        }
    }
}
