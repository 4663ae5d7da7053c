import FHIRStore
import JSONTape
import PostgreSQL
import FHIRStoreTesting
import Testing

/// What messages do is on record, with who sent them.
@Suite struct MessageRecordTests {
    private func events(_ harness: IngestHarness) async throws -> [JSONNode] {
        try await harness.test.store.audit?.settle()
        let rows = try await harness.test.database.query(SQLStatement("SELECT record FROM audit_log ORDER BY seq"))
        return try (0..<rows.rowCount).map { JSONNode(try Document.parse(rows.bytes($0, 0) ?? [])) }
    }

    private func words(_ event: JSONNode) -> String {
        let programs = (event["agent"]?.items ?? []).compactMap { $0["who"]?["identifier"]?["value"]?.string }
        let deed = event["subtype"]?.items.first?["code"]?.string ?? ""
        return "\(deed) \(event["outcome"]?.string ?? "") \(programs.joined(separator: ","))"
    }

    @Test func messagesAndWhatTheyWriteAreOnRecord() async throws {
        try await IngestHarness.with(isAudited: true) { harness in
            #expect(await harness.code(AdmissionMessage.make("A28", "1")) == "AA")
            let admission = try await events(harness).map(words)
            #expect(admission.contains("create 0 hl7v2:lab"))
            #expect(admission.contains("message 0 hl7v2:lab"))
            let first = admission.count
            #expect(await harness.code(IngestHarness.result(control: "2", patient: "M1")) == "AA")
            let result = try await events(harness).dropFirst(first)
            #expect(Set(result.map(words)) == ["create 0 hl7v2:lab", "message 0 hl7v2:lab"])
            #expect(
                result.allSatisfy { event in
                    (event["entity"]?.items ?? []).contains { $0["what"]?["identifier"]?["value"]?.string == "2" }
                })
            #expect(try await harness.test.store.audit?.verify().isValid == true)
        }
    }

    @Test func thePeerIsOnRecord() async throws {
        try await IngestHarness.with(isAudited: true) { harness in
            _ = await harness.ingest.receive(AdmissionMessage.make("A28", "1"), source: "lab", address: "192.0.2.7")
            let addresses = try await events(harness).map { event in
                (event["agent"]?.items ?? []).compactMap { $0["network"]?["address"]?.string }
            }
            #expect(!addresses.isEmpty)
            #expect(addresses.allSatisfy { $0 == ["192.0.2.7"] })
        }
    }

    @Test func refusedMessagesAreOnRecord() async throws {
        try await IngestHarness.with(isAudited: true) { harness in
            #expect(await harness.code(AdmissionMessage.make("Q99", "1")) != "AA")
            let found = try await events(harness).map(words)
            #expect(found == ["message 4 hl7v2:lab"])
        }
    }
}
