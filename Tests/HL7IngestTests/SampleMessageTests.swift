import Foundation
import Testing

/// Messages of HL7's own sample set, as their authors wrote them.
@Suite struct SampleMessageTests {
    static var folder: URL {
        SimulatedHospitalTests.file.deletingLastPathComponent().appending(path: "samples")
    }

    /// Types of these maps, and the samples among them that are answered AE, with the reason.
    static let types: Set<String> = ["SIU", "MDM", "VXU", "DFT", "BAR", "RDE", "RDS", "REF", "QBP"]
    static let justified: [String: String] = [:]

    @Test func `every sample of these types is accepted`() async throws {
        let files =
            ((try? FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)) ?? [])
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else {
            print("samples: skipped, no data")
            return
        }
        var accepted = 0
        var sent = 0
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let text = String(decoding: bytes, as: UTF8.self)
            guard let header = text.split(whereSeparator: \.isNewline).first(where: { $0.contains("MSH|") }),
                let type = header.split(separator: "|", omittingEmptySubsequences: false).dropFirst(8).first,
                Self.types.contains(String(type.prefix(3)))
            else { continue }
            sent += 1
            let name = file.lastPathComponent
            try await IngestHarness.with { harness in
                let answer = await harness.send(bytes)
                let held = try await harness.count("SELECT count(*) FROM hl7_message WHERE state <> 'applied'")
                if ["AA", "CA"].contains(IngestHarness.code(answer)), held == 0 {
                    accepted += 1
                } else {
                    print("sample \(name): \(held) held; \(answer ?? "no answer")")
                    #expect(Self.justified[name] != nil, "\(name)")
                }
            }
        }
        print("samples: \(accepted) of \(sent) accepted")
    }
}
