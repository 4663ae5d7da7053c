import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// What is stored is what was sent, or it is refused (R4 json.html, datatypes.html, references.html).
@Suite struct ContentChecks {
    /// The body without what the server put into it.
    private func asSent(_ text: String) -> String {
        text.replacing(#/"meta":{"versionId":"[0-9]*","lastUpdated":"[^"]*"},/#, with: "")
    }

    private func observation(_ value: String) -> String {
        """
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},\
        "valueQuantity":{"value":\(value)}}
        """
    }

    static let decimals = [
        "0.010", "1.00", "100.00", "1.2E+2", "1.2e-10", "-0.0", "0", "0.0000000001",
        "123456789012345678901234567890", "0.123456789012345678901234567890",
    ]

    @Test("C24: decimals keep their digits by every way out", .check("C24"))
    func decimals() async throws {
        try await TestServer.with { server in
            let client = server.client
            for decimal in Self.decimals {
                let put = try await client.put("Observation/o", observation(decimal))
                let version = put.versionID ?? ""
                let bundle = """
                    {"resourceType":"Bundle","type":"transaction","entry":[\
                    {"resource":\(observation(decimal)),"request":{"method":"PUT","url":"Observation/o"}},\
                    {"request":{"method":"GET","url":"Observation/o"}}]}
                    """
                let answers = [
                    put, try await client.get("Observation/o"),
                    try await client.get("Observation/o/_history/\(version)"),
                    try await client.get("Observation/o/_history?_count=1"), try await client.get("Observation?_id=o"),
                    try await client.get("Observation/o?_elements=value"), try await client.post("", bundle),
                ]
                for answer in answers {
                    #expect(answer.text.contains("\"value\":\(decimal)}"), "\(decimal)")
                }
            }
        }
    }

    static let kept: [String] = [
        // C25: values that are only extensions, and arrays aligned by null
        #"{"resourceType":"Patient","id":"a","_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}}"#,
        #"{"resourceType":"Patient","id":"a","birthDate":"1970","_birthDate":{"id":"b"}}"#,
        #"{"resourceType":"Patient","id":"a","name":[{"given":["A",null,"C"],"_given":[null,{"id":"x"},null]}]}"#,
        #"{"resourceType":"Patient","id":"a","name":[{"_given":[{"extension":[{"url":"urn:x","valueCode":"n"}]}]}]}"#,
        // C26: dates and times
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2015-02-07T13:28:17Z"}"#,
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2015-02-07T13:28:17.1+05:30"}"#,
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2015-02-07T13:28:17.100-00:00"}"#,
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2015-02"}"#,
        // C28: text
        #"{"resourceType":"Patient","id":"a","name":[{"family":"🦜👩‍👩‍👧 é ‏אב ا"}]}"#,
        #"{"resourceType":"Patient","id":"a","name":[{"family":"a\"b\\c/d\te"}]}"#,
        #"{"resourceType":"Patient","id":"a","text":{"status":"generated","div":"#
            + #""<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;a&gt; &amp; &#233;&#x1F99C;&nbsp;&eacute;</div>"}}"#,
        // C29: contained resources
        ##"{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"##
            + ##""managingOrganization":{"reference":"#o"}}"##,
        // C30: modifier extensions
        #"{"resourceType":"Patient","id":"a","modifierExtension":[{"url":"urn:x","valueBoolean":true}]}"#,
    ]

    @Test("C25, C26, C28, C29, C30: content comes back as sent", .check("C25", "C26", "C28", "C29", "C30"))
    func contentIsKept() async throws {
        try await TestServer.with { server in
            let client = server.client
            for json in Self.kept {
                #expect(try await client.put("Patient/a", json).status < 300, "\(json)")
                #expect(try await asSent(client.get("Patient/a").text) == json)
                #expect(try await client.get("Patient?_id=a").json["total"]?.integer == 1)
            }
            // Escapes are another spelling of the same text.
            let escaped = #"{"resourceType":"Patient","id":"a","name":[{"family":"\ud83e\udd9c \u00e9"}]}"#
            _ = try await client.put("Patient/a", escaped)
            #expect(try await client.get("Patient/a").json["name"]?.items.first?["family"]?.string == "🦜 é")
        }
    }

    static let refused: [(String, Int)] = [
        (#"{"resourceType":"Patient","name":[{"given":["A",null]}]}"#, 422),
        (#"{"resourceType":"Patient","name":[{"given":[null],"_given":[null]}]}"#, 422),
        (#"{"resourceType":"Patient","name":[{"given":[null]}]}"#, 422),
        (#"{"resourceType":"Patient","birthDate":""}"#, 400), (#"{"resourceType":"Patient","name":[]}"#, 400),
        (#"{"resourceType":"Patient","maritalStatus":{}}"#, 400), (#"{"resourceType":"Patient","active":null}"#, 400),
        (#"{"resourceType":"Patient","active":true,"active":false}"#, 400),
        (#"{"resourceType":"Patient","name":[{"family":"a","family":"b"}]}"#, 400),
        (#"{"resourceType":"Patient","nickname":"x"}"#, 422), (#"{"resourceType":"Patient","name":[{"x":1}]}"#, 422),
        (#"{"resourceType":"Patient","name":[{"family":"a\u0000"}]}"#, 400),
        (#"{"resourceType":"Patient","name":[{"family":"\ud83e"}]}"#, 400),
        (#"{"resourceType":"Patient","birthDate":"1970-02-30"}"#, 422),
        (#"{"resourceType":"Patient","deceasedDateTime":"2015-02-07T13:28:17"}"#, 422),
        (#"{"resourceType":"Patient","text":{"status":"generated","div":"no markup"}}"#, 422),
        (#"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]}"#, 422),
        (
            ##"{"resourceType":"Patient","contained":[{"resourceType":"Basic","id":"o","code":{"text":"x"}}],"##
                + ##""managingOrganization":{"reference":"#p"}}"##, 422
        ),
    ]

    @Test("C25, C27, C28, C29: what FHIR has no place for is refused", .check("C25", "C27", "C28", "C29"))
    func faultsAreRefused() async throws {
        try await TestServer.with { server in
            for headers in [[], [("Prefer", "handling=lenient")]] {
                for (json, status) in Self.refused {
                    let created = try await server.client.post("Patient", json, headers: headers)
                    #expect(created.status == status, "\(json)")
                    #expect(created.isOutcome, "\(json)")
                    if status == 422 {
                        let expression = try created.json["issue"]?.items.first?["expression"]?.items.first?.string
                        #expect(expression?.hasPrefix("Patient") == true, "\(json)")
                    }
                }
            }
            #expect(try await server.client.get("_history?_count=0").json["total"]?.integer == 0)
        }
    }

    @Test("C29: contained resources are neither found nor rewritten", .check("C29"))
    func containedResources() async throws {
        try await TestServer.with { server in
            let client = server.client
            let observation = """
                {"resourceType":"Observation","id":"o","contained":[{"resourceType":"Patient","id":"p","name":\
                [{"family":"Inner"}]}],"status":"final","code":{"text":"x"},"subject":{"reference":"#p"}}
                """
            let bundle = """
                {"resourceType":"Bundle","type":"transaction","entry":[\
                {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",\
                "id":"p","name":[{"family":"Outer"}]},"request":{"method":"POST","url":"Patient"}},\
                {"resource":\(observation),"request":{"method":"PUT","url":"Observation/o"}}]}
                """
            let stored = try await client.post("", bundle)
            #expect(stored.status == 200)
            #expect(try await asSent(client.get("Observation/o").text) == observation)
            for query in [
                "Observation?subject=Patient/p", "Observation?patient=p", "Observation?subject=p", "Patient?_id=p",
                "Patient?family=Inner", "Observation?subject:Patient._id=p",
            ] {
                #expect(try await client.get(query).json["total"]?.integer == 0, "\(query)")
            }
            // R4 search.html#contained: a chained condition is asked of contained resources too.
            #expect(
                try await client.get("Observation?subject:Patient.family=Inner").json["total"]?.integer == 1)
            #expect(try await client.get("Patient/p").status == 404)
        }
    }

    @Test("C31: UTF-8 is what is read, whatever the header leaves out", .check("C31"))
    func characterEncoding() async throws {
        try await TestServer.with { server in
            let client = server.client
            let body = Patients.named("Müller", id: "a")
            for type in [
                "application/fhir+json", "application/json; charset=utf-8", "application/fhir+json;charset=UTF-8",
            ] {
                _ = try await client.put("Patient/a", body, headers: [("Content-Type", type)])
                let read = try await client.get("Patient/a")
                #expect(read.text.contains("Müller"))
                #expect(read[header: "Content-Type"] == "application/fhir+json; charset=utf-8")
            }
            #expect(try await client.put("Patient/a", "\u{FEFF}" + body).status == 200)
            var latin = Array(body.utf8)
            latin.replace([0xC3, 0xBC], with: [0xFC])
            let refused = try await client.send("PUT", "Patient/a", json: latin)
            #expect(refused.status == 400 && refused.isOutcome)
        }
    }
}
