import Foundation
import JSONTape
import Testing

/// The hand-checked feed: every row of `fixtures/hl7/README.md` is acknowledged as the table says.
@Suite struct FixtureFeedTests {
    private struct Row {
        var file: String
        var code: String
        var error: String?
    }

    private static func rows() throws -> [Row] {
        let text = try String(
            contentsOf: IngestHarness.root.appending(path: "fixtures/hl7/README.md"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("| `"), cells.count > 4 else { return nil }
            // Cells may hold escaped bars, so the acknowledgement is the first cell that looks like one.
            guard let acknowledged = cells.dropFirst(2).first(where: { isCode($0) }) else { return nil }
            let error = acknowledged.firstMatch(of: /ERR (\d+)/).map { String($0.1) }
            return Row(
                file: cells[1].replacingOccurrences(of: "`", with: ""),
                code: acknowledged == "none" ? "none" : String(acknowledged.prefix(2)), error: error)
        }
    }

    private static func isCode(_ cell: String) -> Bool {
        cell == "none" || cell.prefixMatch(of: /[AC][AER]\b/) != nil
    }

    @Test func `every message of the feed is acknowledged as its table says`() async throws {
        let rows = try Self.rows()
        #expect(rows.count >= 70)
        try await IngestHarness.with { harness in
            for row in rows {
                let bytes = try IngestHarness.fixture(row.file)
                let answer = await harness.send(bytes)
                #expect(IngestHarness.code(answer) == row.code, "\(row.file): \(answer ?? "no answer")")
                if let error = row.error {
                    #expect(answer?.contains("|\(error)^") == true, "\(row.file): \(answer ?? "no answer")")
                }
            }
            let kept = try await harness.count("SELECT count(*) + sum(repeats) FROM hl7_message")
            #expect(kept == rows.count)
        }
    }

    @Test func `the values of the feed are found with their digits`() async throws {
        try await IngestHarness.with { harness in
            for file in ["oru-numeric.hl7", "oru-panel.hl7", "oru-life-1-preliminary.hl7", "oru-life-2-final.hl7"] {
                let bytes = try IngestHarness.fixture(file)
                #expect(await harness.code(bytes) == "AA")
            }
            let patients = try await harness.search("Patient", [("identifier", "urn:martlet:mrn|M2000001")])
            #expect(patients.count == 1)
            let glucose = try await harness.search(
                "Observation",
                [("code", "http://loinc.org|2345-7"), ("patient.identifier", "urn:martlet:mrn|M2000001")])
            #expect(glucose.contains { $0["valueQuantity"]?["value"]?.numberText == "112" })
            let potassium = try await harness.search("Observation", [("value-quantity", "4.20")])
            #expect(potassium.contains { $0["valueQuantity"]?["value"]?.numberText == "4.20" })
        }
    }
}
