import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Composition/[id]/$sign` and `$amend`, and that signed text never changes.
@Suite struct NoteTests {
    private func people(_ client: TestClient) async throws {
        try await client.store(Visits.patient("p"))
        for id in ["dr", "chief"] { try await client.store(#"{"resourceType":"Practitioner","id":"\#(id)"}"#) }
    }

    private static func amendment(_ text: String) -> [String] {
        [
            #"""
            {"name":"section","part":[{"name":"title","valueString":"Addendum"},{"name":"text",
             "valueString":"\#(text)"}]}
            """#,
            Visits.parameter("reason", string: "forgotten"),
        ]
    }

    @Test func signingAndAmending() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            try await client.store(Visits.note("n", "preliminary"))
            #expect(
                try await client.call("Composition/n/$amend", Self.amendment("x")).refusal == "422 illegal-transition")
            #expect(
                try await client.call("Composition/n/$sign", [Visits.parameter("attest", bool: false)]).refusal
                    == "422 not-attested")
            let signed = try await client.call(
                "Composition/n/$sign", [Visits.parameter("attest", bool: true)], key: "s")
            #expect(signed.content?["status"]?.string == "final", "\(signed.text)")
            #expect(signed.content?["attester"]?.items.first?["party"]?["reference"]?.string == "Practitioner/dr")
            #expect(
                try await client.call("Composition/n/$sign", [Visits.parameter("attest", bool: true)], key: "s").text
                    == signed.text)
            #expect(try await client.call("Composition/n/$sign").refusal == "422 illegal-transition")
            let cosigned = try await client.call(
                "Composition/n/$sign", [Visits.parameter("cosign", reference: "Practitioner/chief")])
            #expect(cosigned.content?["attester"]?.count == 2)
            #expect(try await client.call("Composition/n/$amend").status == 400)
            let amended = try await client.call("Composition/n/$amend", Self.amendment("allergic to < & >"), key: "a")
            #expect(amended.content?["status"]?.string == "amended", "\(amended.text)")
            #expect(amended.content?["section"]?.count == 2)
            #expect(amended.content?["section"]?.items[0]["text"]?["div"]?.string?.contains("well") == true)
            #expect(amended.content?["section"]?.items[1]["text"]?["div"]?.string?.contains("&lt; &amp; &gt;") == true)
            let twice = try await client.call("Composition/n/$amend", Self.amendment("more"))
            #expect(twice.content?["section"]?.count == 3)
        }
    }

    @Test func onlyTheAuthorSigns() async throws {
        try await ClinicServer.with { server in
            try await people(server.client)
            try await server.client.store(
                Visits.note("n", "preliminary").replacing("Practitioner/dr", with: "Practitioner/chief"))
            let signed = try await server.client.call("Composition/n/$sign")
            #expect(signed.status == 200)
        }
    }

    /// Each way to write, and what it tries.
    @Test("signed text never changes", arguments: ["final", "amended"])
    func signedTextStays(status: String) async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            let note = Visits.note("n", status)
            try await client.store(note)
            let other = note.replacing("well", with: "unwell")
            let patch =
                #"""
                [{"op":"replace","path":"/section/0/text/div",
                 "value":"<div xmlns=\"http://www.w3.org/1999/xhtml\">ill</div>"}]
                """#
            let bundle =
                #"""
                {"resourceType":"Bundle","type":"transaction",
                 "entry":[{"resource":\#(other),"request":{"method":"PUT","url":"Composition/n"}}]}
                """#
            let attempts: [() async throws -> TestResponse] = [
                { try await client.put("Composition/n", other) },
                { try await client.put("Composition/n", other.replacing("\"\(status)\"", with: "\"amended\"")) },
                {
                    try await client.put(
                        "Composition/n", other.replacing("\"\(status)\"", with: "\"entered-in-error\""))
                },
                { try await client.put("Composition/n", note.replacing("\"Subjective\"", with: "\"Objective\"")) },
                {
                    try await client.put(
                        "Composition/n", note.replacing("\"title\":\"Visit\"", with: "\"title\":\"Other\""))
                },
                {
                    try await client.send(
                        "PATCH", "Composition/n", body: Array(patch.utf8),
                        headers: [("Content-Type", "application/json-patch+json")])
                },
                { try await client.post("", bundle) },
            ]
            for (number, attempt) in attempts.enumerated() {
                let response = try await attempt()
                #expect(response.refusal == "422 signed-note", "\(number) \(response.text)")
            }
            // Deleted and put back, it has the same text.
            _ = try await client.delete("Composition/n")
            #expect(try await client.put("Composition/n", other).refusal == "422 signed-note")
            try await client.store(note)
            // Whoever made it may say that it is wrong.
            try await client.store(note.replacing("\"\(status)\"", with: "\"entered-in-error\""))
        }
    }
}
