import Foundation
import HL7Mapping
import HL7Syntax
import Testing

@testable import HL7Ingest

/// Every message of the public samples and of the simulated hospital gets `AA`, or the reason why not is written here.
@Suite struct CorpusAcceptanceTests {
    private struct Sample: Sendable {
        var name: String
        var bytes: [UInt8]
        var header: MessageHeader
    }

    /// What came of a sample.
    private struct Outcome: Sendable {
        var name: String
        var type: String
        var isSupported: Bool
        /// MSA-1 of every answer.
        var codes: [String]
        /// ERR-3 of the first answer.
        var errors: [String]
        var state: String
        var reason: String
    }

    /// Messages of a supported type that are not applied as they come, and what is wrong with them.
    private static let exceptions: [String: (state: String, code: String, reason: String)] = [
        "ADT-A41-02.hl7": ("quarantined", "AE", "no prior account"),
        // Filed, and shown to a person because an ED says Base64 and holds nothing (F-31).
        "ORU-R01-01.hl7": ("quarantined", "CA", "a document could not be decoded"),
        "OUL-R22-01.hl7": ("quarantined", "AA", "a document could not be decoded"),
    ]

    private static let folder: URL = {
        let environment = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        return (environment ?? IngestHarness.root.deletingLastPathComponent().appending(path: "shared/data"))
            .appending(path: "hl7v2")
    }()

    private static func samples() throws -> [Sample] {
        let root = folder.appending(path: "samples")
        let files = (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return try files.sorted { $0.path < $1.path }.flatMap { file in
            let bytes = Array(try Data(contentsOf: file))
            return try MessageBatch(splitting: bytes).messages.map { message in
                Sample(
                    name: file.lastPathComponent, bytes: message,
                    header: try #require(MessageHeader(reading: message), "\(file.lastPathComponent)"))
            }
        }
    }

    @Test func `every sample is accepted, or it is said why not`() async throws {
        let samples = try Self.samples()
        guard !samples.isEmpty else { return print("sample messages: skipped, no data") }
        // Each on its own: the samples use the same patient numbers for different people.
        let outcomes = try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var outcomes = [Outcome?](repeating: nil, count: samples.count)
            for (index, sample) in samples.enumerated() {
                if index >= 4, let (done, outcome) = try await group.next() { outcomes[done] = outcome }
                group.addTask { (index, try await Self.outcome(of: sample)) }
            }
            for try await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.compactMap(\.self)
        }
        #expect(outcomes.count == samples.count)
        for outcome in outcomes { Self.check(outcome) }
        let applied = outcomes.count { $0.state == "applied" }
        print("samples: \(applied) of \(outcomes.count) applied")
        for outcome in outcomes where outcome.state != "applied" {
            print("  \(outcome.name) \(outcome.type): \(outcome.codes.joined(separator: " ")), \(outcome.reason)")
        }
    }

    private static func outcome(of sample: Sample) async throws -> Outcome {
        var outcome: Outcome?
        try await IngestHarness.with { harness in
            let objection = harness.ingest.processor.gate(SourceSettings(name: "lab")).objection(sample.header)
            let answers = await harness.answers(sample.bytes)
            outcome = Outcome(
                name: sample.name, type: "\(sample.header.messageType)^\(sample.header.triggerEvent)",
                isSupported: objection == nil, codes: answers.map { IngestHarness.code($0) },
                errors: answers.first?.split(separator: "\r").filter { $0.hasPrefix("ERR|") }.map(String.init) ?? [],
                state: try await harness.text("SELECT state FROM hl7_message") ?? "none",
                reason: try await harness.text("SELECT coalesce(reason, '') FROM hl7_message") ?? "")
        }
        return try #require(outcome)
    }

    /// In enhanced mode the commit level stands for the answer, and a sender may want none: the log says how it went.
    private static func check(_ outcome: Outcome) {
        let words = Comment("\(outcome)")
        if !outcome.isSupported {
            #expect(outcome.state == "rejected", words)
            #expect(outcome.codes.allSatisfy { ["AR", "CR"].contains($0) }, words)
            #expect(outcome.errors.allSatisfy { $0.contains("|200^") || $0.contains("|201^") }, words)
        } else if let exception = exceptions[outcome.name] {
            #expect(outcome.state == exception.state && outcome.codes == [exception.code], words)
            #expect(outcome.reason.hasSuffix(exception.reason), words)
        } else {
            #expect(outcome.state == "applied", words)
            #expect(outcome.codes.allSatisfy { ["AA", "CA"].contains($0) }, words)
        }
    }

    @Test func `every message of the simulated hospital is accepted`() async throws {
        guard let data = try? Data(contentsOf: Self.folder.appending(path: "simhospital-messages.hl7")) else {
            return print("simulated hospital: skipped, no data")
        }
        let messages = try MessageBatch(splitting: Array(data)).messages
        try await IngestHarness.with { harness in
            var counts: [String: Int] = [:]
            for message in messages {
                let header = try #require(MessageHeader(reading: message))
                let isSupported =
                    harness.ingest.processor.gate(SourceSettings(name: "lab")).objection(header) == nil
                let answer = await harness.send(message)
                let code = IngestHarness.code(answer)
                #expect(code == (isSupported ? "AA" : "AR"), "\(answer ?? "no answer")")
                counts["\(header.messageType)^\(header.triggerEvent) \(code)", default: 0] += 1
            }
            let table = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            print("simulated hospital: \(messages.count) messages, \(table)")
            let states = try await harness.texts(
                "SELECT state || ' ' || count(*) FROM hl7_message GROUP BY state ORDER BY state")
            print("simulated hospital: \(states.joined(separator: ", "))")
            let held = try await harness.texts(
                """
                SELECT type || ': ' || coalesce(reason, '') || ' (' || count(*) || ')' FROM hl7_message
                WHERE state NOT IN ('applied', 'rejected') GROUP BY type, reason ORDER BY 1
                """)
            #expect(held.isEmpty, "\(held)")
        }
    }
}
