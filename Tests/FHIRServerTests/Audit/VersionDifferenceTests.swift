import FHIRServerTesting
import JSONTape
import Testing

/// `$diff`: applied to the first version, the patch makes the last one.
@Suite struct VersionDifferenceTests {
    @Test(arguments: [
        (#""active":true"#, #""active":false"#, #"[{"op":"replace","path":"/active","value":false}]"#),
        (#""active":true"#, #""gender":"male""#, nil),
        (
            #""name":[{"family":"A"},{"family":"B"}]"#, #""name":[{"family":"B"}]"#,
            #"[{"op":"remove","path":"/name/0"}]"#
        ),
        (
            #""name":[{"family":"A","given":["x","y"]}]"#, #""name":[{"family":"A","given":["x","z","y","w"]}]"#, nil
        ),
        (#""name":[{"family":"A"}]"#, #""name":[{"family":"A"},{"text":"B"},{"text":"C"}]"#, nil),
    ])
    func patchMakesTheNextVersion(_ before: String, _ after: String, _ expected: String?) async throws {
        try await TestServer.with { server in
            func json(_ id: String, _ members: String) -> String {
                #"{"resourceType":"Patient","id":"\#(id)",\#(members)}"#
            }
            _ = try await server.client.put("Patient/p", json("p", before))
            _ = try await server.client.put("Patient/p", json("p", after))
            let answer = try await server.client.get("Patient/p/$diff?from=1&to=2")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer[header: "Content-Type"]?.hasPrefix("application/json-patch+json") == true)
            if let expected { #expect(answer.text == expected) }
            #expect(try await server.client.get("Patient/p/$diff").text == answer.text)
            _ = try await server.client.put("Patient/q", json("q", before))
            let patched = try await server.client.send(
                "PATCH", "Patient/q", body: answer.body, headers: [("Content-Type", "application/json-patch+json")])
            #expect(patched.status == 200, "\(patched.text)")
            _ = try await server.client.put("Patient/r", json("r", after))
            let same = try await server.client.get("Patient/q?_elements=active,gender,name").json
            let wanted = try await server.client.get("Patient/r?_elements=active,gender,name").json
            for member in ["active", "gender", "name"] {
                #expect(same[named: member]?.source == wanted[named: member]?.source)
            }
        }
    }

    @Test(arguments: [("from=0", 400), ("to=9", 404), ("to=1", 400), ("from=1&to=3", 410)])
    func wrongVersionsAreTold(_ query: String, _ status: Int) async throws {
        try await TestServer.with { server in
            _ = try await server.client.put("Patient/p", #"{"resourceType":"Patient","id":"p","active":true}"#)
            _ = try await server.client.put("Patient/p", #"{"resourceType":"Patient","id":"p","active":false}"#)
            _ = try await server.client.delete("Patient/p")
            #expect(try await server.client.get("Patient/p/$diff?\(query)").status == status)
        }
    }
}
