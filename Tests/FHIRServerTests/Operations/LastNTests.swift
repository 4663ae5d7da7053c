import FHIRServerTesting
import JSONTape
import Testing

/// `Observation/$lastn` (R4 observation-operation-lastn.html).
@Suite struct LastNTests {
    private static func observation(
        _ id: String, code: String, day: String?, patient: String = "a", status: String = "final"
    ) -> String {
        let date = day.map { #","effectiveDateTime":"\#($0)""# } ?? ""
        return """
            {"resourceType":"Observation","id":"\(id)","status":"\(status)","code":\(code),\
            "category":[{"coding":[{"code":"vital-signs"}]}],"subject":{"reference":"Patient/\(patient)"}\(date)}
            """
    }

    private static func coded(_ codes: String..., system: String = "s", text: String? = nil) -> String {
        let codings = codes.map { #"{"system":"\#(system)","code":"\#($0)"}"# }.joined(separator: ",")
        return #"{"coding":[\#(codings)]\#(text.map { #","text":"\#($0)""# } ?? "")}"#
    }

    private func withObservations(_ observations: [String], _ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { server in
            for patient in ["a", "b"] {
                _ = try await server.client.put("Patient/\(patient)", Patients.named(patient, id: patient))
            }
            for observation in observations {
                let id = JSONNode(try Document.parse(observation))["id"]?.string ?? ""
                #expect(try await server.client.put("Observation/\(id)", observation).status == 201)
            }
            try await body(server.client)
        }
    }

    private func ids(_ client: TestClient, _ path: String) async throws -> [String] {
        try ids(try await client.get(path))
    }

    private func ids(_ response: TestResponse) throws -> [String] {
        #expect(response.status == 200, "\(response.text)")
        return (try response.json["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
    }

    @Test func theLatestOfEachCode() async throws {
        let glucose = Self.coded("glucose")
        let observations = [
            Self.observation("g1", code: glucose, day: "2024-01-01"),
            Self.observation("g2", code: Self.coded("glucose", text: "sugar"), day: "2024-01-02"),
            Self.observation("g3", code: glucose, day: "2024-01-03"),
            Self.observation("g4", code: glucose, day: nil),
            Self.observation("k1", code: Self.coded("potassium"), day: "2024-01-02T08:00:00Z"),
            Self.observation(
                "k2", code: Self.coded("potassium"), day: "2024-01-05T08:00:00Z", status: "entered-in-error"),
            Self.observation("other", code: glucose, day: "2025-01-01", patient: "b"),
        ]
        try await withObservations(
            observations,
            { client in
                let base = "Observation/$lastn?patient=a&category=vital-signs"
                #expect(try await ids(client, base) == ["k2", "g3"])
                #expect(try await ids(client, base + "&max=2") == ["k2", "g3", "k1", "g2"])
                #expect(try await ids(client, base + "&max=9") == ["k2", "g3", "k1", "g2", "g1", "g4"])
                #expect(try await ids(client, base + "&status=final") == ["g3", "k1"])
                #expect(
                    try await ids(client, "Observation/$lastn?subject=Patient/a&code=s%7Cglucose&max=1") == ["g3"]
                )
                #expect(try await ids(client, base + "&date=lt2024-01-02") == ["g1"])
                let posted = try await client.post(
                    "Observation/$lastn",
                    #"""
                    {"resourceType":"Parameters","parameter":[{"name":"max","valuePositiveInt":1},
                    {"name":"patient","valueString":"Patient/a"},{"name":"code","valueString":"glucose"}]}
                    """#)
                #expect(try ids(posted) == ["g3"])
                let none = try await client.get("Observation/$lastn?patient=nobody&code=x")
                #expect(try ids(none) == [])
                #expect(try none.json["total"]?.integer == 0)
                let included = try await client.get(base + "&_include=Observation:subject")
                #expect(try ids(included) == ["k2", "g3", "a"])
            })
    }

    @Test func tiesComeOnTop() async throws {
        let code = Self.coded("x")
        let observations =
            [("1", "2024-01-01"), ("2", "2024-01-02"), ("3", "2024-01-02"), ("4", "2024-01-03")]
            .map { Self.observation("t\($0.0)", code: code, day: $0.1) }
            + [Self.observation("u1", code: code, day: nil), Self.observation("u2", code: code, day: nil)]
        try await withObservations(
            observations,
            { client in
                let base = "Observation/$lastn?patient=a&code=x"
                for max in [2, 3] {
                    let found = try await ids(client, base + "&max=\(max)")
                    #expect(found.first == "t4" && found.sorted() == ["t2", "t3", "t4"])
                }
                // Without a time there is nothing to tie by.
                #expect(try await ids(client, base + "&max=5").count == 5)
            })
    }

    /// The examples of the definition, and a chain of translations.
    @Test func codesThatShareACodingAreOneGroup() async throws {
        let observations = [
            Self.observation("a", code: Self.coded("a"), day: "2024-01-01"),
            Self.observation("b", code: Self.coded("b"), day: "2024-01-02"),
            Self.observation("ac", code: Self.coded("a", "c"), day: "2024-01-03"),
            Self.observation("cd", code: Self.coded("c", "d"), day: "2024-01-04"),
            Self.observation("otherSystem", code: Self.coded("a", system: "t"), day: "2024-01-05"),
            Self.observation("t1", code: #"{"text":"textM"}"#, day: "2024-01-06"),
            Self.observation("t2", code: #"{"text":"Text"}"#, day: "2024-01-07"),
            Self.observation("t3", code: #"{"text":"t e x t"}"#, day: "2024-01-08"),
            Self.observation("t4", code: #"{"text":"Text"}"#, day: "2024-01-09"),
        ]
        try await withObservations(
            observations,
            { client in
                let base = "Observation/$lastn?patient=a&category=vital-signs"
                let one = try await ids(client, base)
                #expect(one == ["t4", "t3", "t1", "otherSystem", "cd", "b"])
                #expect(
                    try await ids(client, base + "&max=2")
                        == ["t4", "t3", "t2", "t1", "otherSystem", "cd", "ac", "b"])
            })
    }

    @Test func wrongCallsAreRefused() async throws {
        try await withObservations(
            [],
            { client in
                for query in [
                    "", "code=x", "patient=a", "patient=a&code=x&max=0", "patient=a&code=x&max=y",
                    "patient=a&code=x&_sort=date",
                    "patient=a&code=x&nothing=1", "patient=a&code=x&date=soon", "patient=a&code=x&_count=5",
                ] {
                    let answer = try await client.get("Observation/$lastn?\(query)")
                    #expect(answer.status == 400, "\(query)")
                    #expect(answer.isOutcome)
                }
                #expect(try await client.get("Observation/x/$lastn?patient=a&code=x").status == 404)
                #expect(try await client.get("Patient/$lastn?patient=a&code=x").status == 404)
            })
    }
}
