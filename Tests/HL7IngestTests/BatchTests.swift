import FHIRStoreTesting
import HL7Ingest
import Testing

/// Several messages in a frame (F-6), and batches with envelope (F-7).
@Suite struct BatchTests {
    private func message(_ control: String, type: String = "ORU^R01^ORU_R01") -> String {
        String(decoding: IngestHarness.result(control: control, filler: "F-\(control)"), as: UTF8.self)
            .replacing("ORU^R01^ORU_R01", with: type)
    }

    private func batch(_ messages: [String], count: Int) -> [UInt8] {
        let head = "FHS|^~\\&|LAB|NL|MARTLET|CLINIC\rBHS|^~\\&|LAB|NL|MARTLET|CLINIC|20260101||||B77\r"
        return Array((head + messages.joined() + "BTS|\(count)\rFTS|1\r").utf8)
    }

    @Test func `messages without envelope are answered one by one`() async throws {
        try await IngestHarness.with { harness in
            let frame = [message("C1"), message("C2", type: "XYZ^Z01"), message("C3")].joined()
            let answers = await harness.answers(Array(frame.utf8))
            #expect(answers.map { IngestHarness.code($0) } == ["AA", "AR", "AA"])
            try await harness.expect(3, "SELECT count(*) FROM hl7_message")
        }
    }

    @Test func `one answer for all is the worst`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"multiMsh":"single"}"#)
            let frame = [message("C1"), message("C2", type: "XYZ^Z01"), message("C3")].joined()
            let answers = await harness.answers(Array(frame.utf8))
            #expect(answers.count == 1)
            #expect(answers.first?.contains("MSA|AR|C2") == true)
            let good = await harness.answers(Array([message("C4"), message("C5")].joined().utf8))
            #expect(good.count == 1 && good.first?.contains("MSA|AA|") == true)
        }
    }

    @Test func `a batch whose count is right is answered message by message`() async throws {
        try await IngestHarness.with { harness in
            let answers = await harness.answers(batch([message("C1"), message("C2")], count: 2))
            #expect(answers.map { IngestHarness.code($0) } == ["AA", "AA"])
        }
    }

    @Test func `a batch whose count is wrong gets AE, and its messages are applied and flagged`() async throws {
        try await IngestHarness.with { harness in
            let answers = await harness.answers(batch([message("C1"), message("C2")], count: 5))
            #expect(answers.map { IngestHarness.code($0) } == ["AA", "AA", "AE"])
            #expect(answers.last?.contains("MSA|AE|B77|") == true)
            #expect(answers.last?.contains("|207^") == true)
            #expect(answers.last?.contains("|W|") == true)
            try await harness.expect(2, "SELECT count(*) FROM observation")
            try await harness.expect(
                2, "SELECT count(*) FROM hl7_message WHERE state = 'applied' AND reason LIKE '207%'")
        }
    }

    @Test func `a batch may be answered by a batch`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"batchAcknowledgement":"single"}"#)
            let answers = await harness.answers(batch([message("C1"), message("C2", type: "XYZ^Z01")], count: 2))
            #expect(answers.count == 1)
            let segments = answers.first?.split(separator: "\r").map(String.init) ?? []
            #expect(segments.first?.hasPrefix("BHS|^~\\&|MARTLET|CLINIC|LAB|NL|") == true)
            #expect(segments.first?.hasSuffix("|B77") == true)
            #expect(segments.last == "BTS|2")
            #expect(segments.filter { $0.hasPrefix("MSA|") }.map { String($0.prefix(6)) } == ["MSA|AA", "MSA|AR"])
        }
    }

    @Test func `an envelope around one message is a batch`() async throws {
        try await IngestHarness.with { harness in
            let answers = await harness.answers(batch([message("C1")], count: 1))
            #expect(answers.map { IngestHarness.code($0) } == ["AA"])
            try await harness.expect("applied", "SELECT state FROM hl7_message")
        }
    }
}
