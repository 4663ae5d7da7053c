import ClinicPeople
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Patient/$match`, over HTTP.
@Suite struct MatchPatientTests {
    private static let stored = """
        {"resourceType":"Patient","id":"katherine","identifier":[{"system":"urn:nid","value":"29028012345"}],
         "name":[{"family":"Meyer","given":["Katherine","Louise"]}],"birthDate":"1980-02-19","gender":"female",
         "telecom":[{"system":"phone","value":"+41 44 555 66 77"},{"system":"email","value":"Kate@example.org"}],
         "address":[{"line":["Lindenweg 4"],"postalCode":"8001","city":"Zürich"}]}
        """

    static let cases: [(String, String)] = [
        // What is sent, and the grade of the one who is stored.
        (
            #"""
            "identifier":[{"system":"urn:nid","value":"29028012345"}],
            "name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1980-02-19"
            """#,
            "certain"
        ),
        (
            #"""
            "name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1980-02-19","gender":"female",
            "telecom":[{"system":"email","value":"kate@example.org"}]
            """#,
            "certain"
        ),
        (#""name":[{"family":"MEYER","given":["katherine"]}],"birthDate":"1980-02-19","gender":"female""#, "probable"),
        // Sounds alike, is mistyped, is exchanged.
        (#""name":[{"family":"Maier","given":["Catherine"]}],"birthDate":"1980-02-19","gender":"female""#, "probable"),
        (#""name":[{"family":"Katherine","given":["Meyer"]}],"birthDate":"1980-02-19""#, "probable"),
        (#""name":[{"text":"Katherine Meyer"}],"birthDate":"1980-02-19","gender":"female""#, "probable"),
        // Birth dates with slips: exchanged digits, one wrong, a year off.
        (#""name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1908-02-19","gender":"female""#, "probable"),
        (#""name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1980-02-18","gender":"female""#, "probable"),
        (#""name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1981-02-19","gender":"female""#, "probable"),
        (#""name":[{"family":"Meyer","given":["Katherine"]}],"birthDate":"1980","gender":"female""#, "probable"),
        // Little is known.
        (#""name":[{"family":"Meyer","given":["Katherine"]}],"gender":"female""#, "possible"),
        (#""telecom":[{"system":"phone","value":"+41 44 555 66 77"}],"name":[{"family":"Meyer"}]"#, "possible"),
        // A twin: all the same but the given name.
        (
            #"""
            "name":[{"family":"Meyer","given":["Barbara"]}],"birthDate":"1980-02-19","gender":"female",
            "address":[{"line":["Lindenweg 4"],"postalCode":"8001","city":"Zürich"}],
            "telecom":[{"system":"phone","value":"+41 44 555 66 77"}]
            """#,
            "possible"
        ),
        // Somebody else.
        (#""name":[{"family":"Meyer","given":["Otto"]}],"birthDate":"1955-07-01","gender":"male""#, "none"),
        (#""birthDate":"1980-02-19","gender":"female""#, "possible"),
    ]

    @Test func grades() async throws {
        try await ClinicServer.with { server in
            try await server.client.store(Self.stored)
            for (description, expected) in Self.cases {
                let answer = try await server.client.match("{\"resourceType\":\"Patient\",\(description)}")
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.grades == (expected == "none" ? [] : [expected]), "\(description)")
            }
        }
    }

    @Test func theLikeliestComesFirstAndCountLimits() async throws {
        try await ClinicServer.with { server in
            try await server.client.store(Self.stored)
            try await server.client.store(
                #"""
                {"resourceType":"Patient","id":"other","name":[{"family":"Meier","given":["Katherina"]}],
                 "birthDate":"1980-02-20","gender":"female"}
                """#
            )
            let answer = try await server.client.match(Self.stored)
            let entries = answer.content?["entry"]?.items ?? []
            #expect(entries.first?["resource"]?["id"]?.string == "katherine")
            #expect(answer.grades.first == "certain")
            #expect(entries.count == 2)
            let scores = entries.compactMap { $0["search"]?["score"]?.numberText.flatMap(Double.init) }
            #expect(scores.count == 2 && scores[0] > scores[1] && scores[0] <= 1)
            #expect(entries.first?["resource"]?["meta"]?["versionId"]?.string == "1")
            let one = try await server.client.match(Self.stored, [#"{"name":"count","valueInteger":1}"#])
            #expect(one.content?["entry"]?.count == 1)
            let certain = try await server.client.match(
                Self.stored, [#"{"name":"onlyCertainMatches","valueBoolean":true}"#])
            #expect(certain.grades == ["certain"])
            let vague = try await server.client.match(
                #"{"resourceType":"Patient","name":[{"family":"Meyer","given":["Katherine"]}]}"#,
                [#"{"name":"onlyCertainMatches","valueBoolean":true}"#])
            #expect(vague.grades.isEmpty)
            let bare = try await server.client.post("Patient/$match", Self.stored)
            #expect(bare.grades.first == "certain")
            #expect(try await server.client.match("{\"resourceType\":\"Patient\"}").content?["total"]?.integer == 0)
            let wrong = try await server.client.match(Self.stored, [#"{"name":"count","valueInteger":-1}"#])
            #expect(wrong.refusal == "400 invalid-parameter")
        }
    }

    @Test func ofMergedRecordsTheSurvivorIsFound() async throws {
        try await ClinicServer.with { server in
            try await server.client.store(Self.stored)
            try await server.client.store(Self.stored.replacing("\"katherine\"", with: "\"twice\""))
            let merged = try await server.client.call(
                "Patient/$merge",
                [
                    People.parameter("source-patient", reference: "Patient/twice"),
                    People.parameter("target-patient", reference: "Patient/katherine"),
                ])
            #expect(merged.status == 200, "\(merged.text)")
            let answer = try await server.client.match(Self.stored)
            #expect(answer.content?["entry"]?.items.map { $0["resource"]?["id"]?.string } == ["katherine"])
        }
    }
}

extension TestClient {
    fileprivate func match(_ patient: String, _ more: [String] = []) async throws -> TestResponse {
        try await call("Patient/$match", [People.parameter("resource", resource: patient)] + more)
    }
}

extension TestResponse {
    fileprivate var grades: [String] {
        (content?["entry"]?.items ?? []).compactMap { entry in
            entry["search"]?["extension"]?.items.first { $0["url"]?.string?.hasSuffix("match-grade") == true }?[
                "valueCode"]?
                .string
        }
    }
}
