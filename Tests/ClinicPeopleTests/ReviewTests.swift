import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Communication/$submit-review` and `$moderate`.
@Suite struct ReviewTests {
    private static func review(
        _ client: TestClient, _ encounter: String = "e", rating: Int = 4, text: String? = nil
    ) async throws -> TestResponse {
        try await client.call(
            "Communication/$submit-review",
            [
                People.parameter("encounter", reference: "Encounter/\(encounter)"),
                #"{"name":"rating","valueInteger":\#(rating)}"#,
            ] + (text.map { [People.parameter("text", string: $0)] } ?? []))
    }

    private static func furnish(_ client: TestClient) async throws {
        try await client.store(
            People.patient(
                "O'Neill", "Jane",
                extra: #","id":"p","telecom":[{"system":"phone","value":"+41 44 555 66 77"}]"#))
        for (id, status) in [("e", "finished"), ("f", "finished"), ("now", "in-progress")] {
            try await client.store(
                #"{"resourceType":"Encounter","id":"\#(id)","status":"\#(status)","class":{"code":"AMB"},"#
                    + #""subject":{"reference":"Patient/p"},"#
                    + #""participant":[{"individual":{"reference":"Practitioner/dr"}}]}"#)
        }
    }

    @Test func oneForEachVisitThatEnded() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.furnish(client)
            #expect(try await Self.review(client, "now").refusal == "422 illegal-transition")
            #expect(try await Self.review(client, "none").refusal == "422 unknown-reference")
            for rating in [0, 6] { #expect(try await Self.review(client, rating: rating).status == 400) }
            for text in ["I am jane", "call +41-44-555-66-77", "Mrs. O'Neill says hello", "born 1980-02-29"] {
                #expect(try await Self.review(client, text: text).refusal == "422 personal-data", "\(text)")
            }
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<32 {
                    group.addTask { try await Self.review(client, text: "very kind, a janeite visit").refusal }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(answers["409 duplicate"] == 31, "\(answers)")
            let found = try await client.get("Communication?recipient=Practitioner/dr")
            let reviews = (try found.json["entry"]?.items ?? []).compactMap { $0["resource"] }
            #expect(reviews.count == 1)
            // What may become public says nothing of the patient.
            #expect(reviews.first?["subject"] == nil)
            #expect(reviews.first?.source.isEmpty == false)
            #expect(!found.text.contains("Patient/p"))
            #expect(try await client.get("QuestionnaireResponse?subject=Patient/p").json["total"]?.integer == 1)
        }
    }

    @Test func onlyWhatWasModeratedIsPublic() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.furnish(client)
            func id(_ encounter: String) async throws -> String {
                let answer = try await Self.review(client, encounter)
                #expect(answer.content?["status"]?.string == "preparation", "\(answer.text)")
                return answer.content?["id"]?.string ?? ""
            }
            let (first, second) = (try await id("e"), try await id("f"))
            let publish = #"{"name":"publish","valueBoolean":true}"#
            let refuse = #"{"name":"publish","valueBoolean":false}"#
            let published = try await client.call("Communication/\(first)/$moderate", [publish])
            #expect(published.content?["status"]?.string == "completed", "\(published.text)")
            #expect(try await client.call("Communication/\(second)/$moderate", [refuse]).status == 400)
            let refused = try await client.call(
                "Communication/\(second)/$moderate", [refuse, People.parameter("reason", string: "an advertisement")])
            #expect(refused.content?["status"]?.string == "not-done", "\(refused.text)")
            #expect(
                try await client.call("Communication/\(second)/$moderate", [publish]).refusal
                    == "422 illegal-transition")
            try await client.store(
                #"{"resourceType":"Communication","id":"other","status":"preparation"}"#)
            #expect(try await client.call("Communication/other/$moderate", [publish]).refusal == "422 not-allowed")
        }
    }
}
