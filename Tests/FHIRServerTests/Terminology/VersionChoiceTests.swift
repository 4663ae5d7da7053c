import FHIRServerTesting
import JSONTape
import Testing

/// Which of several versions a canonical means (docs/profiles.md, "Versions").
@Suite("Choice of versions")
struct VersionChoiceTests {
    private static let system = "https://clinic.example/CodeSystem/sizes"
    private static let valueSet = "https://clinic.example/ValueSet/sizes"

    private static func put(
        _ client: TestClient, _ id: String, version: String, status: String = "active"
    ) async throws {
        let common = #""id": "\#(id)", "version": "\#(version)", "status": "\#(status)""#
        let codeSystem = #"""
            {"resourceType": "CodeSystem", \#(common), "url": "\#(system)", "content": "complete",
             "concept": [{"code": "v\#(version)"}, {"code": "all"}]}
            """#
        let valueSet = #"""
            {"resourceType": "ValueSet", \#(common), "url": "\#(valueSet)",
             "compose": {"include": [{"system": "\#(system)", "version": "\#(version)"}]}}
            """#
        #expect(try await client.put("CodeSystem/\(id)", codeSystem).status < 300)
        #expect(try await client.put("ValueSet/\(id)", valueSet).status < 300)
    }

    private static func codes(_ client: TestClient, _ suffix: String = "") async throws -> [String] {
        let answer = try await client.get("ValueSet/$expand?url=\(valueSet)\(suffix)").json
        return answer["expansion"]?["contains"]?.items.compactMap { $0["code"]?.string } ?? []
    }

    @Test func theNewestActiveVersionIsMeantWhateverWasWrittenLast() async throws {
        try await TestServer.with {
            $0.types = ["CodeSystem", "ValueSet"]
        } _: { server in
            let client = server.client
            try await Self.put(client, "b", version: "1.10.0")
            try await Self.put(client, "a", version: "1.9.0")
            try await Self.put(client, "c", version: "2.0.0-ballot", status: "draft")
            #expect(try await Self.codes(client) == ["v1.10.0", "all"])
            #expect(try await Self.codes(client, "%7C1.9.0") == ["v1.9.0", "all"])
            #expect(try await Self.codes(client, "&valueSetVersion=2.0.0-ballot") == ["v2.0.0-ballot", "all"])
            let lookup = "CodeSystem/$lookup?system=\(Self.system)&code="
            #expect(try await client.get(lookup + "v1.10.0").status == 200)
            #expect(try await client.get(lookup + "v1.9.0").status == 404)
            // What was found once follows what is written.
            try await Self.put(client, "d", version: "1.11.0")
            #expect(try await Self.codes(client) == ["v1.11.0", "all"])
            try await Self.put(client, "d", version: "1.11.0", status: "retired")
            #expect(try await Self.codes(client) == ["v1.10.0", "all"])
        }
    }
}
