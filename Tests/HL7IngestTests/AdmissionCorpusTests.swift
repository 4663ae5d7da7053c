import Foundation
import HL7Syntax
import Testing

/// Every ADT message of the public samples and of the simulated hospital.
@Suite struct AdmissionCorpusTests {
    private static let folder = IngestHarness.root.deletingLastPathComponent().appending(path: "shared/data/hl7v2")

    /// Messages that are refused, with the reason.
    private static let refused = ["ADT-A41-02.hl7": "names no prior account"]

    @Test func samplesAreAccepted() async throws {
        let samples = Self.folder.appending(path: "samples")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: samples.path) else {
            print("no sample messages here; skipped")
            return
        }
        var accepted = 0
        var total = 0
        for name in names.sorted() {
            let bytes = Array(try Data(contentsOf: samples.appending(path: name)))
            let messages = (try? MessageBatch(splitting: bytes))?.messages ?? [bytes]
            let admissions = messages.filter { MessageHeader(reading: $0)?.messageType == "ADT" }
            guard !admissions.isEmpty else { continue }
            try await IngestHarness.with { harness in
                for message in admissions {
                    total += 1
                    let answer = await harness.send(message)
                    let code = IngestHarness.code(answer)
                    if ["AA", "CA"].contains(code) { accepted += 1 }
                    let wanted = Self.refused[name] == nil ? ["AA", "CA", "none"] : ["AE", "CA"]
                    #expect(wanted.contains(code), "\(name): \(answer ?? "")")
                    try await harness.expect(0, "SELECT count(*) FROM hl7_message WHERE state = 'failed'")
                }
            }
        }
        print("ADT samples: \(accepted) of \(total) accepted")
    }

    @Test func theSimulatedHospitalIsAccepted() async throws {
        guard let data = try? Data(contentsOf: Self.folder.appending(path: "simhospital-messages.hl7")) else {
            print("no simulated hospital here; skipped")
            return
        }
        let text = String(decoding: data, as: UTF8.self)
        var messages: [[UInt8]] = []
        for part in text.components(separatedBy: "MSH|").dropFirst() {
            let lines = ("MSH|" + part).split(whereSeparator: \.isNewline).filter { !$0.isEmpty }
            messages.append(Array((lines.joined(separator: "\r") + "\r").utf8))
        }
        let admissions = messages.filter { MessageHeader(reading: $0)?.messageType == "ADT" }
        try await IngestHarness.with { harness in
            var accepted = 0
            for message in admissions {
                let answer = await harness.send(message)
                if IngestHarness.code(answer) == "AA" { accepted += 1 } else { Issue.record("\(answer ?? "none")") }
            }
            print("simulated hospital ADT: \(accepted) of \(admissions.count) accepted")
            #expect(accepted == admissions.count)
            try await harness.expect(0, "SELECT count(*) FROM hl7_message WHERE state = 'failed'")
        }
    }
}
