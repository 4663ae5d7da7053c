import ClinicTesting
import ClinicWorkflows
import FHIRSearch
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import JSONTape
import Logging
import PostgreSQL
import Testing

/// Prescriptions and dispenses that come as HL7 v2 messages keep within what was prescribed, like all others.
@Suite struct DispenseMessageTests {
    private typealias Fixture = MedicinesFixture

    private static func with(_ body: @escaping (Fixture, MessageIngest) async throws -> Void) async throws {
        try await ClinicServer.with({
            $0.migrations = ClinicWorkflows.migrations + MessageMigrations.all
        }) { server in
            let store = server.store
            let ingest = MessageIngest(
                store: store, finder: ResourceFinder(store: store, service: SearchService(store)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                sources: SourceRegistry(store: store, freshness: .zero))
            let fixture = Fixture(server: server)
            try await fixture.furnish()
            try await body(fixture, ingest)
        }
    }

    private static func send(
        _ ingest: MessageIngest, _ kind: String, _ control: String, at time: String, _ segments: [String]
    ) async -> String {
        let head = [
            "MSH|^~\\&|RX|NORTH|MARTLET|CLINIC|\(time)+0000||\(kind)|\(control)|P|2.5.1",
            "PID|1||M1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F",
        ]
        let bytes = Array(((head + segments).joined(separator: "\r") + "\r").utf8)
        guard case .send(let answers) = await ingest.receive(bytes, source: "pharmacy"), let answer = answers.first,
            let line = String(decoding: answer, as: UTF8.self).split(separator: "\r").first(where: {
                $0.hasPrefix("MSA|")
            })
        else { return "none" }
        return String(line.dropFirst(4).prefix(2))
    }

    /// Thirty tablets, and twice again.
    private static func order(_ ingest: MessageIngest, _ action: String, _ control: String) async -> String {
        await send(
            ingest, "RDE^O11^RDE_O11", control, at: action == "NW" ? "20260101080000" : "20260101120000",
            [
                "ORC|\(action)|P1^CPOE|||||||20260101|||9^Orders^Olga",
                "RXE||0143^Drug 40 MG^NDC|1|2|mg^^UCUM|TAB^Tablet|||N|30|TAB^Tablet|2", "TQ1|1||TID",
            ])
    }

    private static func dispense(_ ingest: MessageIngest, _ number: Int, _ quantity: String = "30") async -> String {
        await send(
            ingest, "RDS^O13^RDS_O13", "d\(number)", at: "20260101100000",
            [
                "ORC|RE|P1^CPOE",
                "RXD|\(number + 1)|0143^Drug 40 MG^NDC|202601011000|\(quantity)|TAB^Tablet||RX\(number)|2|||N",
            ])
    }

    @Test func messagesAndWritesTogetherKeepTheLimit() async throws {
        try await Self.with { pharmacy, ingest in
            #expect(await Self.order(ingest, "NW", "o1") == "AA")
            let id = try await pharmacy.text("SELECT id FROM medicationrequest")
            let client = pharmacy.client
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<48 {
                    group.addTask {
                        if number % 3 != 0 { return await Self.dispense(ingest, number) }
                        let record = Fixture.record("w\(number)", prescription: "MedicationRequest/\(id)")
                        let answer = try await client.put("MedicationDispense/w\(number)", record)
                        return "\(answer.status)"
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect((answers["AA"] ?? 0) + (answers["201"] ?? 0) == 3, "\(answers)")
            #expect((answers["AE"] ?? 0) + (answers["422"] ?? 0) == 45, "\(answers)")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationdispense") == "3")
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM medication_fill") == "90")
        }
    }

    @Test func nothingIsHandedOverAfterTheStop() async throws {
        try await Self.with { pharmacy, ingest in
            #expect(await Self.order(ingest, "NW", "o1") == "AA")
            #expect(await Self.dispense(ingest, 1, "31") == "AA")
            #expect(await Self.dispense(ingest, 2, "60") == "AE")
            #expect(await Self.order(ingest, "DC", "o2") == "AA")
            let status = "SELECT content ->> 'status' FROM medicationrequest"
            #expect(try await pharmacy.text(status) == "stopped")
            // What was handed over before the server learnt of the stop may still be told; a message of now may not.
            let id = try await pharmacy.text("SELECT id FROM medicationrequest")
            let late = try await pharmacy.client.put(
                "MedicationDispense/late", Fixture.record("late", prescription: "MedicationRequest/\(id)"))
            #expect(late.status == 422)
            #expect(late.issueCodes == ["prescription-inactive"])
            let now = await Self.send(
                ingest, "RDS^O13^RDS_O13", "d9", at: "20991231100000",
                ["ORC|RE|P1^CPOE", "RXD|9|0143^Drug 40 MG^NDC|209912311000|1|TAB^Tablet||RX9|2|||N"])
            #expect(now == "AE")
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM medication_fill") == "31")
        }
    }
}
