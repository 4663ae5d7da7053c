import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@testable import HL7Ingest

/// Results that are corrected while their report stays as it is. §2.12.
@Suite struct OutboundCorrectionTests {
    private static let migrations = MessageMigrations.all + OutboundMigrations.all

    private static func with(_ body: (TestStore, () async throws -> [String]) async throws -> Void) async throws {
        try await TestStore.with(types: TestStore.commonTypes, migrations: migrations) { test in
            let settings = #"{"host":"127.0.0.1","port":1,"messages":["ORU^R01"]}"#
            let catalog = DestinationCatalog(store: test.store)
            _ = try await catalog.set("outlab", JSONNode(try Document.parse(settings)))
            try await put(test, #"{"resourceType":"Patient","id":"p1"}"#)
            let reader = OutboxReader(store: test.store)
            // The texts of the messages that are due since the last time.
            var known = 0
            try await body(test) {
                while try await reader.expand(for: catalog.all().compactMap(\.parsed)) > 0 {}
                let all = try await DeliveryQueue(store: test.store).list(.init(), limit: 100)
                defer { known = all.count }
                return all.prefix(all.count - known).reversed().map { String(decoding: $0.body, as: UTF8.self) }
            }
        }
    }

    private static func put(_ test: TestStore, _ json: String) async throws {
        let id = JSONNode(try Document.parse(json))["id"]?.string ?? ""
        _ = try await test.store.update(try test.input(json), id: id)
    }

    private static func result(
        _ value: String, _ status: String = "final", id: String = "o1", more: String = ""
    )
        -> String
    {
        #"{"resourceType":"Observation","id":"\#(id)","status":"\#(status)","code":{"text":"Glucose"},"#
            + #""subject":{"reference":"Patient/p1"},"valueString":"\#(value)"\#(more)}"#
    }

    private static func report(_ status: String = "final", _ result: String = "o1") -> String {
        #"{"resourceType":"DiagnosticReport","id":"r1","status":"\#(status)","code":{"text":"Panel"},"#
            + #""issued":"2026-01-01T10:00:00Z","subject":{"reference":"Patient/p1"},"#
            + #""result":[{"reference":"Observation/\#(result)"}]}"#
    }

    private static func field(_ message: String, _ segment: String, _ number: Int) -> String {
        let line = message.split(separator: "\r").last { $0.hasPrefix(segment + "|") } ?? ""
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        return number < fields.count ? String(fields[number]) : ""
    }

    @Test func `a corrected result goes out with its report`() async throws {
        try await Self.with { test, due in
            try await Self.put(test, Self.result("5"))
            try await Self.put(test, Self.report())
            #expect(try await due().count == 1)
            try await Self.put(test, Self.result("6", "corrected"))
            let messages = try await due()
            #expect(messages.count == 1)
            let message = messages.first ?? ""
            #expect(Self.field(message, "OBR", 25) == "C")
            #expect(Self.field(message, "OBX", 5) == "6")
            #expect(Self.field(message, "OBX", 11) == "C")
            #expect(Self.field(message, "OBR", 22) != "20260101100000+0000")
            // What OBX does not say makes no message.
            try await Self.put(
                test, Self.result("6", "corrected", more: #","category":[{"text":"laboratory"}]"#))
            #expect(try await due().isEmpty)
            try await Self.put(test, Self.result("6", "entered-in-error"))
            #expect(try await due().map { Self.field($0, "OBX", 11) } == ["W"])
        }
    }

    @Test func `a report that changes with its results goes out once`() async throws {
        try await Self.with { test, due in
            try await Self.put(test, Self.result("5"))
            try await Self.put(test, Self.report())
            #expect(try await due().count == 1)
            let (result, report) = (Self.result("6", "corrected"), Self.report("corrected"))
            try await test.store.transaction { transaction in
                _ = try await transaction.update(try test.input(result), id: "o1")
                _ = try await transaction.update(try test.input(report), id: "r1")
            }
            #expect(try await due().map { Self.field($0, "OBX", 5) } == ["6"])
        }
    }

    @Test func `a member of a panel is corrected too`() async throws {
        try await Self.with { test, due in
            try await Self.put(test, Self.result("5"))
            try await Self.put(
                test,
                Self.result("panel", id: "o2", more: #","hasMember":[{"reference":"Observation/o1"}]"#))
            try await Self.put(test, Self.report("final", "o2"))
            #expect(try await due().count == 1)
            try await Self.put(test, Self.result("6", "corrected"))
            #expect(try await due().map { Self.field($0, "OBX", 5) } == ["6"])
        }
    }

    @Test func `results of reports that nobody has, and of none, are not told`() async throws {
        try await Self.with { test, due in
            try await Self.put(test, Self.result("5"))
            try await Self.put(test, Self.result("6", "corrected"))
            try await Self.put(test, Self.report("preliminary"))
            try await Self.put(test, Self.result("7", "corrected"))
            #expect(try await due().isEmpty)
        }
    }

    @Test func `what waits is counted by destination`() async throws {
        try await Self.with { test, due in
            #expect(try await DeliveryBacklog.all(in: test.store).map(\.waiting) == [0])
            for (id, value) in [("o1", "5"), ("o2", "6"), ("o3", "7")] {
                try await Self.put(test, Self.result(value, id: id))
                try await Self.put(test, Self.report("final", id).replacing("\"r1\"", with: "\"r-\(id)\""))
            }
            #expect(try await due().count == 3)
            try await test.database.script(
                """
                UPDATE hl7_delivery SET state = 'dead' WHERE resource = 'DiagnosticReport/r-o1';
                UPDATE hl7_delivery SET created = now() - interval '90 seconds'
                  WHERE resource = 'DiagnosticReport/r-o2';
                """)
            let backlog = try #require(try await DeliveryBacklog.all(in: test.store).first)
            #expect(backlog.destination == "outlab")
            #expect(backlog.waiting == 2)
            #expect(backlog.dead == 1)
            #expect((90..<600).contains(backlog.oldestSeconds))
        }
    }
}
