import Foundation
import Testing

@Suite struct SimulatedHospitalTests {
    static var file: URL {
        let folder =
            ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"].map { URL(fileURLWithPath: $0) }
            ?? IngestHarness.root.deletingLastPathComponent().appending(path: "shared/data")
        return folder.appending(path: "hl7v2/simhospital-messages.hl7")
    }

    @Test func `every result of the simulated hospital is accepted`() async throws {
        guard let data = try? Data(contentsOf: Self.file) else {
            print("simulated hospital: skipped, no data")
            return
        }
        let messages = String(decoding: data, as: UTF8.self).components(separatedBy: "\n\n")
            .map { $0.trimmingCharacters(in: .newlines) }
            .filter { $0.contains("|ORU^R01|") }
        try await IngestHarness.with { harness in
            var accepted = 0
            for message in messages {
                let answer = await harness.send(Array((message + "\r").utf8))
                if IngestHarness.code(answer) == "AA" { accepted += 1 }
            }
            print("simulated hospital: \(accepted) of \(messages.count) results accepted")
            #expect(accepted == messages.count)
            let held = try await harness.count("SELECT count(*) FROM hl7_message WHERE state <> 'applied'")
            print("simulated hospital: \(held) of \(messages.count) held for review")
        }
    }
}
