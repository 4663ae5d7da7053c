import FHIRServerTesting
import JSONTape
import Testing

/// `$closure` (R4 conceptmap-operation-closure.html, terminology-service.html#closure).
@Suite struct ClosureTests {
    private static let colours = "http://c.example/colours"
    private static let actCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

    private func closure(
        _ client: TestClient, _ name: String, add codes: [String] = [], of system: String = colours,
        since version: String? = nil
    ) async throws -> TestResponse {
        var parameters = [("name", #""valueString":"\#(name)""#)]
        parameters += codes.map { ("concept", #""valueCoding":{"system":"\#(system)","code":"\#($0)"}"#) }
        if let version { parameters.append(("version", #""valueString":"\#(version)""#)) }
        return try await client.post("$closure", TerminologyServer.parameters(parameters))
    }

    /// `version: code<ancestor …`, sorted.
    private func text(_ response: TestResponse) throws -> String {
        #expect(response.status == 200, "\(response.text)")
        let map = try response.json
        #expect(map["resourceType"]?.string == "ConceptMap" && map["status"]?.string == "active")
        var entries: [String] = []
        for group in map["group"]?.items ?? [] {
            #expect(group["source"]?.string == group["target"]?.string)
            for element in group["element"]?.items ?? [] {
                for target in element["target"]?.items ?? [] {
                    #expect(target["equivalence"]?.string == "subsumes")
                    entries.append("\(element["code"]?.string ?? "")<\(target["code"]?.string ?? "")")
                }
            }
        }
        return ([(map["version"]?.string ?? "") + ":"] + entries.sorted()).joined(separator: " ")
    }

    @Test func refusals() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            #expect(try await closure(client, "t").status == 200)
            for (response, status) in [
                (try await closure(client, "none", add: ["red"]), 404),
                (try await closure(client, "none", since: "1"), 404),
                (try await closure(client, "t", add: ["red", "nonsense"]), 404),
                (try await closure(client, "t", add: ["red"], of: "urn:nobody"), 404),
                (try await closure(client, "t", since: "7"), 400), (try await closure(client, "t", since: "-1"), 400),
                (try await closure(client, "t", since: "x"), 400),
                (try await closure(client, String(repeating: "x", count: 1001)), 400),
                (try await client.post("$closure", #"{"resourceType":"Parameters"}"#), 400),
                (
                    try await client.post(
                        "$closure",
                        TerminologyServer.parameters([
                            ("name", #""valueString":"t""#), ("concept", #""valueCoding":{"code":"red"}"#),
                        ])), 400
                ),
                (try await client.get("$closure?name=t"), 405),
                (try await client.post("ConceptMap/$closure", #"{"resourceType":"Parameters"}"#), 404),
            ] {
                #expect(response.status == status && response.isOutcome, "\(response.status): \(response.text)")
            }
            // Nothing of what was refused is there.
            #expect(try text(await closure(client, "t", since: "0")) == "1:")
            #expect(try text(await closure(client, "t", add: ["red", "crimson"])) == "2: crimson<red")
        }
    }

    @Test func tablesGrowAndAreAskedForAgain() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            #expect(try text(await closure(client, "t")) == "1:")
            #expect(try text(await closure(client, "t", add: ["crimson"])) == "2:")
            #expect(try text(await closure(client, "t", add: ["blue", "colour"])) == "3: blue<colour crimson<colour")
            #expect(try text(await closure(client, "t", add: ["red"])) == "4: crimson<red red<colour")
            // What is there already brings nothing.
            #expect(try text(await closure(client, "t", add: ["red", "blue", "red"])) == "4:")
            let all = "blue<colour crimson<colour crimson<red red<colour"
            #expect(try text(await closure(client, "t", since: "0")) == "4: " + all)
            #expect(try text(await closure(client, "t", since: "2")) == "4: " + all)
            #expect(try text(await closure(client, "t", since: "3")) == "4: crimson<red red<colour")
            #expect(try text(await closure(client, "t", since: "4")) == "4:")
            #expect(
                try text(await closure(client, "t", add: ["puce"], since: "3"))
                    == "5: crimson<red puce<colour red<colour")
            // Another table is another one.
            #expect(try text(await closure(client, "u")) == "1:")
            #expect(try text(await closure(client, "u", add: ["red"])) == "2:")
            // Begun anew, it counts on and forgets.
            #expect(try text(await closure(client, "t")) == "6:")
            #expect(try await closure(client, "t", since: "4").status == 400)
            #expect(try text(await closure(client, "t", add: ["red", "colour"])) == "7: red<colour")
            #expect(try text(await closure(client, "t", since: "0")) == "7: red<colour")
            let name = try await closure(client, "t", since: "7").json["name"]?.string
            #expect(name == "t")
        }
    }

    @Test func theStandardsSystemsAndSeveralAtOnce() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            _ = try await closure(client, "t")
            #expect(
                try text(await closure(client, "t", add: ["AMB", "_ActEncounterCode", "IMP"], of: Self.actCode))
                    == "2: AMB<_ActEncounterCode IMP<_ActEncounterCode")
            #expect(try text(await closure(client, "t", add: ["red", "colour"])) == "3: red<colour")
            let both = try await closure(client, "t", since: "1").json["group"]?.items ?? []
            #expect(both.compactMap { $0["source"]?.string } == [Self.colours, Self.actCode])
            let xml = """
                <Parameters xmlns="http://hl7.org/fhir"><parameter><name value="name"/><valueString value="t"/>\
                </parameter><parameter><name value="version"/><valueString value="2"/></parameter></Parameters>
                """
            let answer = try await client.send(
                "POST", "$closure", body: Array(xml.utf8), headers: [("Content-Type", "application/fhir+xml")])
            #expect(answer.text.contains(#"<equivalence value="subsumes"/>"#), "\(answer.text)")
            let statement = try await client.get("metadata").text
            #expect(statement.contains("http://hl7.org/fhir/OperationDefinition/ConceptMap-closure"))
        }
    }

    /// However additions meet, every pair comes once.
    @Test func additionsAtOnceSeeEachOther() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            _ = try await closure(client, "t")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for code in ["crimson", "red", "colour", "blue", "puce", "red", "colour"] {
                    group.addTask { _ = try text(await closure(client, "t", add: [code])) }
                }
                try await group.waitForAll()
            }
            #expect(
                try text(await closure(client, "t", since: "0"))
                    == "6: blue<colour crimson<colour crimson<red puce<colour red<colour")
        }
    }
}
