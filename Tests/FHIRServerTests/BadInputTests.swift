import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

@Suite struct BadInputTests {
    private static func nested(_ depth: Int) -> String {
        let open = String(repeating: #"{"url":"urn:x","extension":["#, count: depth)
        let close = String(repeating: "]}", count: depth)
        return #"{"resourceType":"Patient","extension":["# + open + #"{"url":"urn:x","valueCode":"x"}"# + close + "]}"
    }

    /// Bodies of POST /Patient: status, stable code.
    static let bodies: [(String, Int, String)] = [
        ("", 400, "malformed"),
        (#"{"resourceType":"Patient","#, 400, "json-unexpected-end"),
        (#"{"resourceType":"Patient"}}"#, 400, "json-trailing-characters"),
        (nested(65), 400, "json-too-deep"),
        (String(repeating: "[", count: 100_000), 400, "json-too-deep"),
        (#"{"resourceType":"Patient","active":"yes"}"#, 422, "invalid-resource"),
        (#"{"resourceType":"Patient","name":{"family":"x"}}"#, 422, "invalid-resource"),
        (#"{"resourceType":"Patient","birthDate":"tomorrow"}"#, 422, "invalid-resource"),
        (#"{"resourceType":"Patient","nonsense":1}"#, 422, "invalid-resource"),
        (#"{"resourceType":"Patient","active":""}"#, 400, "json-empty-string"),
        (#"{"resourceType":"Patient","name":[]}"#, 400, "json-empty-array"),
        (#"{"resourceType":"Patient","name":[{}]}"#, 400, "json-empty-object"),
        (#"{"resourceType":"Patient","active":null}"#, 400, "json-misplaced-null"),
        (#"{"resourceType":"Patient","active":true,"active":true}"#, 400, "json-duplicate-key"),
        (#"{"resourceType":"Patient","name":[{"family":"a\u0000b"}]}"#, 400, "json-nul-character"),
        (#"{"resourceType":"Practitioner"}"#, 400, "wrong-resource"),
        (#"{"resourceType":"Nonsense"}"#, 400, "wrong-resource"),
        (#"{"name":[{"family":"x"}]}"#, 400, "wrong-resource"),
        ("[]", 400, "json-empty-array"),
        ("5", 400, "wrong-resource"),
        ("<Patient/>", 400, "json-unexpected-character"),
    ]

    @Test("C20, C27, C28: bad bodies are refused and nothing is stored", .check("C20", "C27", "C28"))
    func badBodiesAreRefusedAndNothingIsStored() async throws {
        try await TestServer.with { server in
            for (body, status, code) in Self.bodies {
                let response = try await server.client.post("Patient", body)
                let shown = String(body.prefix(60))
                #expect(response.status == status, "\(shown)")
                #expect(response.issueCodes.first == code, "\(shown)")
            }
            #expect(try await server.client.get("_history").json["entry"] == nil)
            #expect(try await server.client.get("/health/ready").status == 200)
        }
    }

    /// Bodies of POST /Patient that the reader refuses, and the expression of the place.
    static let broken: [(String, String?)] = [
        (#"{"resourceType":"Patient","name":[{"family":"a"},{"given":["b",""]}]}"#, "Patient.name[1].given[1]"),
        (#"{"name":[{"family":"\\"},{"given":[]}],"resourceType":"Patient"}"#, "Patient.name[1].given"),
        (#"{"resourceType":"Patient","deceasedDateTime":null}"#, "Patient.deceased"),
        (#"{"resourceType":"Patient","contact":[{"name":{}}]}"#, "Patient.contact[0].name"),
        (#"{"resourceType":"Patient","nonsense":{"a":[1,{"b":""}]}}"#, "Patient.nonsense.a[1].b"),
        (
            #"{"resourceType":"Patient","contained":[{"resourceType":"Observation","valueString":""}]}"#,
            "Patient.contained[0].value"
        ),
        (#"{"resourceType":"Patient","active":true,"active":true}"#, "Patient"),
        (#"{"resourceType":"Patient","_birthDate":{"extension":[]}}"#, "Patient.birthDate.extension"),
        (#"{"resourceType":"Nonsense","a":""}"#, nil),
        (#"[{"resourceType":"Patient","a":""}]"#, nil),
        (#"{"a":"#, nil),
        ("", nil),
    ]

    @Test func refusedValuesAreNamed() async throws {
        try await TestServer.with { server in
            for (body, expression) in Self.broken {
                let response = try await server.client.post("Patient", body)
                #expect(response.status == 400)
                let found = try response.json["issue"]?.items.first?["expression"]?.items.first?.string
                #expect(found == expression, "\(body)")
            }
        }
    }

    @Test func syntaxErrorsSayWhere() async throws {
        try await TestServer.with { server in
            let response = try await server.client.post(
                "Patient", "{\"resourceType\":\"Patient\",\n  \"active\": maybe}")
            #expect(response.text.contains("line 2, column 13"))
        }
    }

    /// Method, path, headers, status.
    static let requests: [(String, String, [(String, String)], Int)] = [
        ("GET", "/", [], 404),
        ("GET", "/fhirx/Patient", [], 404),
        ("GET", "Nonsense/1", [], 404),
        ("GET", "Patient/1/Nonsense", [], 404),
        ("GET", "Patient/1/_history/1/2", [], 404),
        ("GET", "Patient/$nonsense", [], 404),
        ("GET", "patient/1", [], 404),
        ("GET", "DomainResource/1", [], 404),
        ("PATCH", "Patient/1", [], 400),
        ("DELETE", "Patient", [], 400),
        ("PATCH", "Patient/1/_history/1", [], 405),
        ("PUT", "metadata", [], 405),
        ("OPTIONS", "Patient/1", [], 405),
        ("GET", "Patient/1", [("Accept", "application/fhir+json; fhirVersion=3.0")], 406),
        ("GET", "Patient/1", [("Accept", "image/png")], 406),
        ("GET", "Patient/1?_format=html", [], 406),
        ("GET", "Patient/1?_format=text/turtle", [("Accept", "application/json")], 406),
        ("POST", "Patient", [("Content-Type", "application/x-www-form-urlencoded")], 415),
        ("POST", "Patient", [("Content-Type", "text/plain")], 415),
        ("POST", "Patient", [("Content-Type", "application/fhir+turtle")], 415),
        ("POST", "Patient", [("Content-Type", "application/fhir+json; fhirVersion=3.0")], 415),
        ("POST", "Patient", [("Content-Type", "application/fhir+json; charset=ISO-8859-1")], 415),
        ("POST", "Patient", [("Content-Type", "application/json"), ("Content-Encoding", "br")], 415),
        ("POST", "Patient", [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], 400),
    ]

    @Test func badRequestsAreAnsweredWithOutcomes() async throws {
        try await TestServer.with { server in
            for (method, path, headers, status) in Self.requests {
                let body = method == "POST" ? Array(Patients.named("A").utf8) : nil
                let response = try await server.client.send(method, path, body: body, headers: headers)
                #expect(response.status == status, "\(method) \(path) \(headers)")
                #expect(response.isOutcome, "\(method) \(path)")
                #expect(response[header: "Content-Type"] == "application/fhir+json; charset=utf-8")
                if status == 405 { #expect(response[header: "Allow"] != nil, "\(method) \(path)") }
            }
        }
    }

    /// A body past the limit is refused before it is read, and the connection closed.
    @Test func largeBodiesAreRefusedEarly() async throws {
        try await TestServer.with { options in
            options.configuration.limits.bodyByteCount = 10_000
        } _: { server in
            let head = "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n"
            let declared = try await server.client.raw(Array("\(head)Content-Length: 1073741824\r\n\r\n{".utf8))
            #expect(declared.hasPrefix("HTTP/1.1 413"))
            #expect(declared.contains("Connection: close"))
            #expect(declared.contains("body-too-large"))
            let chunk = "1000\r\n" + String(repeating: " ", count: 0x1000) + "\r\n"
            let chunked = head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 4)
            let second = try await server.client.raw(Array(chunked.utf8))
            #expect(second.hasPrefix("HTTP/1.1 413"))
            let fits = Patients.named(String(repeating: "x", count: 9_000))
            #expect(try await server.client.post("Patient", fits).status == 201)
        }
    }

    @Test func broadHeadersAndGarbageAreRefused() async throws {
        try await TestServer.with { server in
            let wide =
                "GET /fhir/metadata HTTP/1.1\r\nHost: h\r\nX-Wide: \(String(repeating: "x", count: 70_000))\r\n\r\n"
            let garbage = "\u{1}\u{2}garbage\r\n\r\n"
            let noHost = "GET /fhir/Patient/1 HTTP/1.1\r\nConnection: close\r\n\r\n"
            let verb = "BREW /fhir/Patient HTTP/1.1\r\nHost: h\r\n\r\n"
            let chunks = """
                POST /fhir/Patient HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r
                Transfer-Encoding: chunked\r\n\r\nzz\r\n
                """
            for request in [wide, garbage, noHost, verb, chunks] {
                let answer = try await server.client.raw(Array(request.utf8))
                #expect(answer.hasPrefix("HTTP/1.1 400"))
                #expect(answer.contains("OperationOutcome"))
            }
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    /// 100 Continue is sent where the body is wanted.
    @Test func expectationsAreMet() async throws {
        try await TestServer.with { server in
            let body = Patients.named("A")
            let request = """
                POST /fhir/Patient HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r
                Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
                """
            let answer = try await server.client.raw(Array(request.utf8))
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201"))
        }
    }
}
