import FHIRServerTesting
import JSONTape
import Testing

/// C82: one AuditEvent for every interaction, refused ones and entries of bundles among them.
@Suite struct RecordedInteractionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var body: String?
        var headers: [(String, String)] = []
        var status: Int
        /// As `Event.description`.
        var expected: [String]
        /// What each is about.
        var about: [[String]]
        var testDescription: String { "\(method) \(path)" }

        init(
            _ method: String, _ path: String, _ body: String? = nil, _ headers: [(String, String)] = [], status: Int,
            _ expected: [String], about: [[String]]
        ) {
            (self.method, self.path, self.body, self.headers) = (method, path, body, headers)
            (self.status, self.expected, self.about) = (status, expected, about)
        }
    }

    private static let patient = #"{"resourceType":"Patient","id":"p","active":true}"#
    private static let observation = observation("final")
    private static let changed = observation("amended")
    private static func observation(_ status: String) -> String {
        #"{"resourceType":"Observation","id":"o","status":"\#(status)","code":{"text":"c"},"#
            + #""subject":{"reference":"Patient/p"}}"#
    }
    private static let patch = #"[{"op":"replace","path":"/status","value":"corrected"}]"#

    /// One for each interaction that the routes have.
    static let cases: [Case] = [
        Case("GET", "Observation/o", status: 200, ["read R 0"], about: [["Observation/o/_history/1", "Patient/p"]]),
        Case("HEAD", "Patient/p", status: 200, ["read R 0"], about: [["Patient/p/_history/1"]]),
        Case(
            "GET", "Observation/o/_history/1", status: 200, ["vread R 0"],
            about: [["Observation/o/_history/1", "Patient/p"]]),
        Case(
            "GET", "Observation/o/_history", status: 200, ["history-instance R 0"],
            about: [["Observation/o", "Patient/p"]]),
        Case("GET", "Observation/_history", status: 200, ["history-type E 0"], about: [["Patient/p"]]),
        Case("GET", "_history", status: 200, ["history-system E 0"], about: [["Patient/p"]]),
        Case("GET", "Observation?code=c&_count=5", status: 200, ["search-type E 0"], about: [[]]),
        Case("GET", "Observation?status=final", status: 200, ["search-type E 0"], about: [["Patient/p"]]),
        Case("GET", "?_type=Patient,Observation", status: 200, ["search-system E 0"], about: [["Patient/p"]]),
        Case("GET", "Patient/p/Observation", status: 200, ["search-type E 0"], about: [["Patient/p"]]),
        Case("GET", "Patient/p/*", status: 200, ["search-system E 0"], about: [["Patient/p"]]),
        Case(
            "PUT", "Observation/o", changed, status: 200, ["update U 0"],
            about: [["Observation/o/_history/2", "Patient/p"]]),
        Case(
            "PUT", "Observation/o", observation, status: 200, ["update U 0"],
            about: [["Observation/o/_history/1", "Patient/p"]]),
        Case(
            "PUT", "Observation/new", observation.replacing(#""id":"o""#, with: #""id":"new""#), status: 201,
            ["create C 0"], about: [["Observation/new/_history/1", "Patient/p"]]),
        Case(
            "PUT", "Observation?status=final", changed, status: 200, ["update U 0"],
            about: [["Observation/o/_history/2", "Patient/p"]]),
        Case(
            "PATCH", "Observation/o", patch, [("Content-Type", "application/json-patch+json")], status: 200,
            ["patch U 0"], about: [["Observation/o/_history/2", "Patient/p"]]),
        Case(
            "DELETE", "Observation/o", status: 204, ["delete D 0"], about: [["Observation/o/_history/2", "Patient/p"]]),
        Case("DELETE", "Observation/none", status: 204, ["delete D 0"], about: [["Observation/none"]]),
        Case(
            "DELETE", "Observation?status=final", status: 204, ["delete D 0"],
            about: [["Observation/o/_history/2", "Patient/p"]]),
        Case(
            "POST", "Patient", #"{"resourceType":"Patient"}"#, [("If-None-Exist", "active=true")], status: 200,
            ["create C 0"], about: [["Patient/p"]]),
        Case("GET", "Patient/p/$everything", status: 200, ["operation E 0"], about: [["Patient/p"]]),
        Case(
            "POST", "Patient/p/$meta-add",
            #"{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}"#,
            status: 200, ["update U 0", "operation E 0"], about: [["Patient/p/_history/2"], ["Patient/p/_history/2"]]),
        Case(
            "GET", "$graphql?query=%7BPatient(id:%22p%22)%7Bid%7D%7D", status: 200, ["operation E 0"],
            about: [["Patient/p"]]),
        // Refused ones.
        Case("GET", "Observation/none", status: 404, ["read R 4"], about: [["Observation/none"]]),
        Case("GET", "Observation?nonsense=1", status: 400, ["search-type E 4"], about: [[]]),
        Case("POST", "Observation", "{", status: 400, ["create C 4"], about: [[]]),
        Case("POST", "Observation", #"{"resourceType":"Observation"}"#, status: 422, ["create C 4"], about: [[]]),
        Case(
            "PUT", "Observation/o", changed, [("If-Match", "W/\"7\"")], status: 412, ["update U 4"],
            about: [["Observation/o", "Patient/p"]]),
        Case("GET", "Nonsense/1", status: 404, ["unknown E 4"], about: [[]]),
        Case("PUT", "Observation/_history", "{}", status: 405, ["history-type E 4"], about: [[]]),
        Case("POST", "$nonsense", #"{"resourceType":"Parameters"}"#, status: 404, ["operation E 4"], about: [[]]),
        Case("GET", "Patient/p", nil, [("Accept", "image/png")], status: 406, ["read R 4"], about: [["Patient/p"]]),
    ]

    @Test(arguments: cases)
    func interactionIsOnRecord(_ example: Case) async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", Self.patient)
            _ = try await audited.client.put("Observation/o", Self.observation)
            let (response, events) = try await audited.send(
                example.method, example.path, example.body, headers: example.headers, id: "asked")
            #expect(response.status == example.status, "\(response.text)")
            #expect(events.map(\.description) == example.expected)
            #expect(events.map(\.references) == example.about)
            #expect(events.allSatisfy { $0.who == "Practitioner/ada" && $0.address == "127.0.0.1" })
        }
    }

    @Test func queriesAreKeptAsSent() async throws {
        try await AuditedServer.with { audited in
            let events = try await audited.send("GET", "Patient?name=%C3%85sa&_count=3", id: "q").events
            #expect(events.map(\.query) == ["GET /fhir/Patient?name=%C3%85sa&_count=3"])
            #expect(
                events.map(\.profile) == ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Query"])
        }
    }

    @Test func formsOfSearchesAreKept() async throws {
        try await AuditedServer.with { audited in
            let (response, events) = try await audited.send(
                "POST", "Patient/_search?_count=3", "name=x",
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded")
                ], id: "f")
            #expect(response.status == 200)
            #expect(events.map(\.query) == ["POST /fhir/Patient/_search?_count=3&name=x"])
            let query = #"{"query":"{ Patient(id: \"p\") { id } }"}"#
            let graph = try await audited.send(
                "POST", "$graphql", query, headers: [("Content-Type", "application/json")], id: "g"
            ).events
            #expect(graph.map(\.query) == [#"POST /fhir/$graphql?query={ Patient(id: "p") { id } }"#])
        }
    }

    @Test func versionsBeforeAreTold() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Observation/o", Self.observation)
            let update = try await audited.send("PUT", "Observation/o", Self.changed, id: "u").events
            #expect(update.map(\.before) == ["Observation/o/_history/1"])
            #expect(update[0].profile?.hasSuffix("IHE.BasicAudit.PatientUpdate") == true)
            let same = try await audited.send("PUT", "Observation/o", Self.changed, id: "s").events
            #expect(same.map(\.words) == ["the content was the stored one; no new version was made"])
        }
    }

    @Test func everyEntryOfABatchIsOnRecord() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", Self.patient)
            let bundle = #"""
                {"resourceType":"Bundle","type":"batch","entry":[
                {"request":{"method":"GET","url":"Patient/p"}},
                {"request":{"method":"GET","url":"Patient/none"}},
                {"request":{"method":"POST","url":"Observation"},"resource":\#(Self.observation)},
                {"request":{"method":"DELETE","url":"Patient/none"}}]}
                """#
            let (response, events) = try await audited.send("POST", "/fhir", bundle, id: "b")
            #expect(response.status == 200)
            #expect(
                events.map(\.description).sorted() == [
                    "batch E 0", "create C 0", "delete D 0", "read R 0", "read R 4",
                ])
        }
    }

    @Test func everyEntryOfATransactionIsOnRecord() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", Self.patient)
            let bundle = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                {"request":{"method":"GET","url":"Patient/p"}},
                {"request":{"method":"POST","url":"Observation"},"resource":\#(Self.observation)},
                {"request":{"method":"POST","url":"Patient","ifNoneExist":"active=true"},
                 "resource":{"resourceType":"Patient"}},
                {"request":{"method":"PUT","url":"Patient/p2"},"resource":{"resourceType":"Patient","id":"p2"}},
                {"request":{"method":"DELETE","url":"Patient/none"}}]}
                """#
            let (response, events) = try await audited.send("POST", "/fhir", bundle, id: "t")
            #expect(response.status == 200, "\(response.text)")
            #expect(
                events.map(\.description).sorted() == [
                    "create C 0", "create C 0", "create C 0", "delete D 0", "read R 0", "transaction E 0",
                ])
        }
    }

    @Test func aFailedTransactionLeavesNoRecordOfItsWrites() async throws {
        try await AuditedServer.with { audited in
            let bundle = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                {"request":{"method":"PUT","url":"Patient/p"},"resource":\#(Self.patient)},
                {"request":{"method":"PUT","url":"Observation/o","ifMatch":"W/\"3\""},"resource":\#(Self.observation)}]}
                """#
            let (response, events) = try await audited.send("POST", "/fhir", bundle, id: "t")
            #expect(response.status == 412, "\(response.text)")
            #expect(events.map(\.description) == ["transaction E 4"])
        }
    }

    @Test func refusalsForWantOfATokenAreOnRecord() async throws {
        try await AuditedServer.with {
            $0.needsToken = true
        } _: { audited in
            let (response, events) = try await audited.send(
                "GET", "Patient/p", headers: [("Authorization", "Bearer wrong")], id: "x")
            #expect(response.status == 401)
            #expect(events.map(\.description) == ["read R 4"])
            #expect(events[0].words.hasPrefix("401"))
            #expect(events[0].address == "127.0.0.1")
        }
    }

    /// By GraphQL too, whose answer is no FHIR, and of whatever is read to follow references.
    @Test func patientsWhomGraphQLShowsAreTold() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", Self.patient)
            _ = try await audited.client.put("Observation/o", Self.observation)
            let query = "$graphql?query=%7BObservationList%7Bstatus%7D%7D"
            let (answer, events) = try await audited.send("GET", query, id: "list")
            #expect(answer.status == 200)
            #expect(events.flatMap(\.references) == ["Patient/p"])
        }
    }
}
