import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Custom search parameters of every type, on every kind of base, in every place of a search.
@Suite struct SearchParameterKindTests {
    private static let url = "http://x.example"

    private static func parameter(_ code: String, _ base: String, _ type: String, _ rest: String) -> String {
        """
        {"resourceType":"SearchParameter","url":"\(url)/\(code)","name":"n","status":"active","description":"d",\
        "code":"\(code)","base":[\(base)],"type":"\(type)",\(rest)}
        """
    }

    private static func path(_ code: String, _ base: String, _ type: String, _ expression: String) -> String {
        parameter(code, "\"\(base)\"", type, #""expression":"\#(expression)""#)
    }

    private static let parameters = [
        path("births", "Patient", "number", "Patient.multipleBirth as integer"),
        path("named-since", "Patient", "date", "Patient.name.period"),
        path("nick", "Patient", "string", "Patient.name.where(use='nickname').given"),
        path("citizenship", "Patient", "token", "Patient.extension('urn:citizenship').value.as(CodeableConcept)"),
        path("weight", "Patient", "quantity", "Patient.extension('urn:weight').value as Quantity"),
        path("rules", "Patient", "uri", "Patient.implicitRules"),
        path("see", "Patient", "reference", "Patient.link.other"),
        parameter(
            "contact-role", "\"Patient\"", "composite",
            """
            "expression":"Patient.contact","component":[\
            {"definition":"http://hl7.org/fhir/SearchParameter/individual-gender","expression":"gender"},\
            {"definition":"http://hl7.org/fhir/SearchParameter/Patient-organization","expression":"organization"}]
            """),
        parameter(
            "title", "\"Patient\",\"Practitioner\"", "string",
            #""expression":"Patient.name.prefix | Practitioner.name.prefix""#),
        parameter("tongue", "\"Resource\"", "token", #""expression":"Resource.language""#),
    ]

    private static let resources = [
        """
        {"resourceType":"Patient","id":"a","language":"de","implicitRules":"urn:rules:1","multipleBirthInteger":3,\
        "name":[{"use":"nickname","given":["Bert"],"prefix":["Dr"],"period":{"start":"2020-05-01"}}],\
        "extension":[{"url":"urn:citizenship","valueCodeableConcept":{"coding":[{"system":"urn:iso","code":"AT"}]}},\
        {"url":"urn:weight","valueQuantity":{"value":70,"system":"http://unitsofmeasure.org","code":"kg"}}],\
        "contact":[{"gender":"female","organization":{"reference":"Organization/o"}},\
        {"gender":"male","organization":{"reference":"Organization/p"}}]}
        """,
        """
        {"resourceType":"Patient","id":"b","multipleBirthInteger":1,"name":[{"use":"official","given":["Bert"]}],\
        "link":[{"type":"refer","other":{"reference":"Patient/a"}}]}
        """,
        #"{"resourceType":"Practitioner","id":"c","language":"de","name":[{"prefix":["Dr"]}]}"#,
    ]

    /// Searches and what they find, in order where the search gives one.
    private static let questions: [(query: String, found: [String])] = [
        ("Patient?births=gt2", ["a"]), ("Patient?births=3", ["a"]), ("Patient?births=lt2", ["b"]),
        ("Patient?named-since=ge2020", ["a"]), ("Patient?named-since=lt2020", []),
        ("Patient?named-since:missing=true", ["b"]),
        ("Patient?nick=ber", ["a"]), ("Patient?nick:exact=bert", []), ("Patient?nick:contains=ER", ["a"]),
        ("Patient?citizenship=urn:iso|AT", ["a"]), ("Patient?citizenship=AT", ["a"]),
        ("Patient?citizenship:not=AT", ["b"]), ("Patient?citizenship:missing=false", ["a"]),
        ("Patient?weight=70|http://unitsofmeasure.org|kg", ["a"]), ("Patient?weight=70000||g", ["a"]),
        ("Patient?weight=lt70", []),
        ("Patient?rules=urn:rules:1", ["a"]), ("Patient?rules:below=urn:rules", []),
        ("Patient?see=Patient/a", ["b"]), ("Patient?see:Patient.nick=bert", ["b"]),
        ("Patient?_has:Patient:see:births=1", ["a"]),
        ("Patient?contact-role=female$Organization/o", ["a"]), ("Patient?contact-role=female$Organization/p", []),
        ("Patient?title=dr", ["a"]), ("Practitioner?title=dr", ["c"]),
        ("?_type=Patient,Practitioner&title=dr", ["a", "c"]),
        ("Patient?tongue=de", ["a"]), ("Practitioner?tongue=de", ["c"]), ("?tongue=de", ["a", "c"]),
        ("Patient?_sort=births", ["b", "a"]), ("Patient?_sort=-births", ["a", "b"]),
        ("Patient?_sort=named-since", ["a", "b"]), ("Patient?_sort=weight", ["a", "b"]),
        ("Patient?_sort=-see", ["b", "a"]), ("Patient?_sort=nick,births", ["a", "b"]),
        ("Patient?_filter=nick eq Bert", ["a"]), ("Patient?births=1,3&nick=bert", ["a"]),
    ]

    @Test func everyTypeOfParameterIsIndexedBehindAndAtTheWrite() async throws {
        try await TestServer.with {
            $0.types = TestStore.commonTypes + ["SearchParameter"]
        } _: { server in
            let client = server.client
            try await client.putAll(Self.resources)
            for parameter in Self.parameters {
                let created = try await client.post("SearchParameter", parameter)
                #expect(created.status == 201, "\(created.text)")
            }
            for code in ["births", "named-since", "nick", "citizenship", "weight", "rules", "see", "contact-role"] {
                #expect(try await client.get("Patient?\(code):missing=true").issueCodes == ["indexing"], "\(code)")
            }
            #expect(try await client.get("?tongue=de").issueCodes == ["indexing"])
            while try await server.store.reindexStep() != .idle {}
            try await Self.ask(client)
            // The same entries are made when a resource is written.
            for resource in Self.resources {
                let node = JSONNode(try Document.parse(resource))
                let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
                #expect(try await client.delete(address).status == 204)
            }
            try await client.putAll(Self.resources)
            try await Self.ask(client)
            // And nothing is left behind.
            #expect(try await client.delete("Patient/a").status == 204)
            #expect(try await client.search("Patient?nick:missing=false").ids == [])
        }
    }

    private static func ask(_ client: TestClient) async throws {
        for (query, found) in questions {
            let encoded = query.replacing("|", with: "%7C").replacing(" ", with: "%20")
            let set = try await client.search(encoded)
            let ids = query.contains("_sort") ? set.ids : set.ids.sorted()
            #expect(ids == found, "\(query)")
        }
    }
}
