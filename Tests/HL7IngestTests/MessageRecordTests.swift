import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import JSONTape
import Logging
import PostgreSQL
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

    /// Answers every message in the same way.
    private struct Answering: MessageCarrier {
        let code: String

        func carry(_ message: [UInt8], to destination: DestinationSettings) async throws -> [UInt8] {
            Array("MSH|^~\\&|LAB|X|M|X|20260101||ACK|9|P|2.5.1\rMSA|\(code)|C1\r".utf8)
        }
    }

    @Test(arguments: [("AA", "0"), ("AE", "4")])
    func messagesThatGoOutAreOnRecord(_ code: String, _ outcome: String) async throws {
        let migrations = MessageMigrations.all + OutboundMigrations.all
        let types = (TestStore.commonTypes + ["AuditEvent"]).sorted()
        try await TestStore.with(types: types, migrations: migrations, isAudited: true) { test in
            let settings = #"{"host":"127.0.0.1","port":1,"messages":["ADT"]}"#
            try await test.database.script(
                """
                INSERT INTO hl7_destination (name, settings) VALUES ('out', '\(settings)');
                INSERT INTO hl7_delivery (destination, key, kind, control_id, resource, version, body)
                VALUES ('out', 'k', 'ADT^A28', 'C1', 'Patient/p', 1, 'MSH');
                """)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let dispatch = MessageDispatch(store: test.store, carrier: Answering(code: code), logger: logger)
            let running = Task { await dispatch.run(every: .milliseconds(20)) }
            defer { running.cancel() }
            let find = SQLStatement("SELECT record FROM audit_log WHERE record LIKE '%message.sent%'")
            var found = try await test.database.query(find)
            for _ in 0..<3000 where found.rowCount == 0 {
                try await Task.sleep(for: .milliseconds(20))
                try await test.store.audit?.settle()
                found = try await test.database.query(find)
            }
            let event = JSONNode(try Document.parse(try #require(found.bytes(0, 0))))
            #expect(words(event) == "message.sent \(outcome) hl7v2:out")
            let about = (event["entity"]?.items ?? []).compactMap { $0["what"]?["reference"]?.string }
            #expect(about == ["Patient/p"])
        }
    }
}
