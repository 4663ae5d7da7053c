import FHIRDefinitions
import FHIRStoreTesting
import FHIRStore
import HL7Ingest
import JSONTape
import PostgreSQL
import Testing

@Suite struct MessageQueueTests {
    @Test func `messages are found by what is known of them`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1", patient: "M1", filler: "F1"))
            _ = await harness.code(IngestHarness.result(control: "C2", patient: "M2", name: "Roe^Max", filler: "F2"))
            _ = await harness.code(try IngestHarness.fixture("broken-no-pid.hl7"))
            func numbers(_ change: (inout MessageQuery.Filter) -> Void) async throws -> [String] {
                var filter = MessageQuery.Filter()
                change(&filter)
                return try await harness.ingest.messages.list(filter, limit: 10).map(\.controlID)
            }
            #expect(try await numbers { $0.controlID = "C1" } == ["C1"])
            #expect(try await numbers { $0.patient = "M2" } == ["C2"])
            #expect(try await numbers { $0.order = "F1" } == ["C1"])
            #expect(try await numbers { $0.order = "P-F2" } == ["C2"])
            #expect(try await numbers { $0.states = [.applied] } == ["C2", "C1"])
            #expect(try await numbers { $0.states = [.quarantined] }.count == 1)
            #expect(try await numbers { $0.type = "ORU" }.count == 3)
            #expect(try await numbers { $0.type = "OR" }.isEmpty)
            #expect(try await numbers { $0.source = "elsewhere" }.isEmpty)
            #expect(try await numbers { $0.isRepeated = true }.isEmpty)
            _ = await harness.code(IngestHarness.result(control: "C1", patient: "M1", filler: "F1"))
            #expect(try await numbers { $0.isRepeated = true } == ["C1"])
        }
    }

    @Test func `a message and what it wrote name each other`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1"))
            let message = try #require(try await harness.ingest.messages.list(.init(), limit: 1).first)
            let provenances = try await harness.search("Provenance", [])
            let provenance = try #require(provenances.first)
            #expect(provenances.count == 1)
            #expect(provenance["id"]?.string.map { "Provenance/\($0)" } == message.provenance)
            let targets = (provenance["target"]?.items ?? []).compactMap { $0["reference"]?.string }
            #expect(targets.sorted() == message.resources.sorted())
            #expect(targets.contains { $0.hasPrefix("Observation/") })
            let entity = provenance["entity"]?.items.first?["what"]?["identifier"]
            #expect(entity?["system"]?.string == "urn:martlet:hl7-message")
            #expect(entity?["value"]?.string == "\(message.id)")
            let type = try #require(harness.test.definitions.resourceType(named: "Provenance"))
            let stored = try await harness.test.store.read(type, id: provenance["id"]?.string ?? "")
            let json = String(decoding: stored.content ?? [], as: UTF8.self)
            let input = try harness.test.input(json)
            await #expect(throws: Never.self) { try await harness.test.store.check(input) }
        }
    }

    @Test func `everything older than what is stored is superseded`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1", changed: "20260101120000"))
            _ = await harness.code(IngestHarness.result(control: "C2", status: "P", changed: "20260101080000"))
            try await harness.expect("superseded", "SELECT state FROM hl7_message WHERE control_id = 'C2'")
        }
    }

    @Test func `a mended mapping is applied to stored messages without doubling anything`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"unknownPatient":"quarantine"}"#)
            _ = await harness.code(IngestHarness.result(control: "C1"))
            let held = try #require(try await harness.ingest.messages.list(.init(), limit: 1).first)
            #expect(held.state == .quarantined)
            try await harness.set("lab", "{}")
            let trial = try await harness.ingest.replay(held.id, dryRun: true)
            #expect(trial.state == .applied && !trial.resources.isEmpty)
            try await harness.expect(0, "SELECT count(*) FROM observation")
            for _ in 0..<2 {
                #expect(try await harness.ingest.replay(held.id).state == .applied)
                try await harness.expect(1, "SELECT count(*) FROM observation")
                try await harness.expect(0, "SELECT count(*) FROM observation_history")
                try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
            }
            let again = await harness.send(IngestHarness.result(control: "C1"))
            #expect(again?.contains("MSA|AA|C1") == true)
            #expect(again?.contains("ERR") == false)
        }
    }

    @Test func `a message is discarded once a person says so, and no other`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1"))
            _ = await harness.code(try IngestHarness.fixture("broken-no-pid.hl7"))
            let (held, applied) = try await (
                harness.ingest.messages.list(.init(), limit: 2)[0], harness.ingest.messages.list(.init(), limit: 2)[1]
            )
            let discarded = try await harness.ingest.discard(held.id, reason: "nonsense")
            #expect(discarded.state == .discarded && discarded.note == "nonsense")
            await #expect(throws: StoreError.self) { try await harness.ingest.discard(applied.id, reason: "no") }
            await #expect(throws: StoreError.self) { try await harness.ingest.discard(4711, reason: "no") }
        }
    }

    @Test func `a source may be answered before its messages are applied, in their order`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"acknowledge":"stored"}"#)
            #expect(
                await harness.code(IngestHarness.result(control: "C1", value: "1", changed: "20260101100000")) == "AA")
            #expect(
                await harness.code(IngestHarness.result(control: "C2", value: "2", changed: "20260101110000")) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM observation")
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'received'")
            #expect(try await MessageUpkeep(harness.ingest).applyDue() == 2)
            let found = try await harness.search("Observation", [])
            #expect(found.map { $0["valueQuantity"]?["value"]?.numberText } == ["2"])
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
            #expect(try await MessageUpkeep(harness.ingest).applyDue() == 0)
        }
    }

    /// A trigger stands for whatever keeps a write from being done now.
    @Test func `what fails for a passing reason is tried again, and waits for a person after five times`() async throws
    {
        let schedule = RetrySchedule(delays: [0, 0, 0, 0])
        try await IngestHarness.with(schedule: schedule) { harness in
            try await harness.test.database.script(
                """
                CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'busy|busy' USING ERRCODE = 'MT409'; END $$;
                CREATE TRIGGER busy BEFORE INSERT ON observation FOR EACH ROW EXECUTE FUNCTION busy();
                """)
            let answer = await harness.send(IngestHarness.result(control: "C1"))
            #expect(answer?.contains("MSA|AE|C1") == true)
            #expect(answer?.contains("|206^") == true)
            try await harness.expect("retry", "SELECT state FROM hl7_message")
            let upkeep = MessageUpkeep(harness.ingest)
            for attempts in 2...4 {
                try await upkeep.applyDue()
                try await harness.expect(attempts, "SELECT attempts FROM hl7_message")
                try await harness.expect("retry", "SELECT state FROM hl7_message")
            }
            try await upkeep.applyDue()
            try await harness.expect("quarantined", "SELECT state FROM hl7_message")
            try await upkeep.applyDue()
            try await harness.expect(5, "SELECT attempts FROM hl7_message")
            try await harness.test.database.script("DROP TRIGGER busy ON observation")
            let number = try #require(try await harness.ingest.messages.list(.init(), limit: 1).first?.id)
            #expect(try await harness.ingest.replay(number).state == .applied)
            try await harness.expect(1, "SELECT count(*) FROM observation")
        }
    }

    @Test func `texts go when their time is over, and nothing else`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"retentionDays":30}"#)
            _ = await harness.code(IngestHarness.result(control: "C1"))
            _ = await harness.code(IngestHarness.result(control: "C2", filler: "F2"))
            _ = await harness.code(try IngestHarness.fixture("broken-no-pid.hl7"))
            try await harness.test.database.script(
                "UPDATE hl7_message SET received = received - interval '31 days' WHERE control_id <> 'C2'")
            #expect(try await MessageUpkeep(harness.ingest).removeExpired() == 1)
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE body IS NOT NULL")
            #expect(await harness.code(IngestHarness.result(control: "C1")) == "AA")
            try await harness.expect(3, "SELECT count(*) FROM hl7_message")
        }
    }
}
