import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Task/[id]/$claim` and `$complete`.
@Suite struct TaskTests {
    @Test func aTaskHasOneOwner() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            for number in 0..<32 { try await client.store(#"{"resourceType":"Practitioner","id":"n\#(number)"}"#) }
            try await client.store(#"{"resourceType":"Task","id":"t","status":"requested","intent":"order"}"#)
            #expect(try await client.call("Task/t/$claim").refusal == "400 invalid-parameter")
            #expect(try await client.call("Task/t/$complete").refusal == "422 illegal-transition")
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let owner = Visits.parameter("owner", reference: "Practitioner/n\(number)")
                        return (try? await client.call("Task/t/$claim", [owner]))?.refusal ?? "failed"
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["200 none": 1, "409 duplicate": 31])
            let completed = try await client.call(
                "Task/t/$complete", [Visits.parameter("note", string: "done")], key: "k")
            #expect(completed.content?["status"]?.string == "completed", "\(completed.text)")
            #expect(completed.content?["note"]?.items.first?["text"]?.string == "done")
            #expect(
                try await client.call("Task/t/$complete", [Visits.parameter("note", string: "done")], key: "k").text
                    == completed.text)
            #expect(try await client.call("Task/t/$complete").refusal == "422 illegal-transition")
        }
    }
}
