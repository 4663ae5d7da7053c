import Foundation
import HL7Syntax
import JSONTape
import Testing

/// Published sample messages of orders and results: all are accepted, and what they say is found again.
@Suite struct OrderResultCorpusTests {
    private static func messages(_ folder: String, _ types: Set<String>) throws -> [(name: String, bytes: [UInt8])] {
        let root = SimulatedHospitalTests.file.deletingLastPathComponent().appending(path: folder)
        let files = (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return try files.sorted { $0.path < $1.path }.flatMap { file in
            try MessageBatch(splitting: Array(Data(contentsOf: file))).messages
                .filter { MessageHeader(reading: $0).map { types.contains($0.messageType) } ?? false }
                .map { (file.lastPathComponent, $0) }
        }
    }

    @Test func `every sample of an order or a result is accepted`() async throws {
        let messages = try Self.messages("samples", ["ORU", "OUL", "ORM", "OML"])
        guard !messages.isEmpty else { return print("sample orders and results: skipped, no data") }
        var accepted = 0
        for message in messages {
            // Each on its own: the samples use the same patient numbers for different people.
            try await IngestHarness.with { harness async throws in
                let answer = await harness.send(message.bytes)
                // The commit level stands for it where the sender wants nothing more.
                let code = IngestHarness.code(answer)
                if ["AA", "CA"].contains(code) { accepted += 1 }
                #expect(["AA", "CA"].contains(code), "\(message.name): \(answer ?? "no answer")")
                let held = try await harness.count("SELECT count(*) FROM hl7_message WHERE state <> 'applied'")
                if held > 0 { print("held for review: \(message.name)") }
            }
        }
        print("sample orders and results: \(accepted) of \(messages.count) accepted")
    }

    @Test func `every number of a result is found with its digits`() async throws {
        guard let data = try? Data(contentsOf: SimulatedHospitalTests.file) else {
            return print("simulated results: skipped, no data")
        }
        let all = try MessageBatch(splitting: Array(data)).messages.map { try RawMessage(parsing: $0) }
        // The newest delivery of a result wins, so one message of each order is looked at.
        var orders: Set<String> = []
        let messages = all.filter {
            MessageHeader($0).messageType == "ORU"
                && orders.insert($0["OBR", field: 3].string + $0["PID", field: 3].string).inserted
        }.prefix(100)
        try await IngestHarness.with { harness async throws in
            var (found, wanted) = (0, 0)
            for message in messages where await harness.code(message.received) == "AA" {
                let filler = message["OBR", field: 3][component: 1].string
                guard !filler.isEmpty else { continue }
                let patient = message["PID", field: 3][component: 1].string
                let stored = try await harness.search(
                    "Observation", [("patient.identifier", patient), ("_count", "1000")])
                let digits = Set(stored.compactMap { $0["valueQuantity"]?["value"]?.numberText })
                for segment in message.segments(named: "OBX") where segment.text(2) == "NM" {
                    let text = segment.text(5).trimmingCharacters(in: .whitespaces)
                    guard Double(text) != nil, text.first != "+", text.first != ".",
                        !text.hasPrefix("0") || text.hasPrefix("0.")
                    else { continue }
                    wanted += 1
                    if digits.contains(text) { found += 1 } else { Issue.record("\(filler): \(segment.location)") }
                }
            }
            print("simulated results: \(found) of \(wanted) numbers found with their digits")
            #expect(found == wanted)
        }
    }
}
