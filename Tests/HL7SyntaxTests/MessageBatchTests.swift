import Testing

@testable import HL7Syntax

@Suite struct MessageBatchTests {
    private func batch(_ lines: String...) throws -> MessageBatch {
        try MessageBatch(splitting: Array(lines.joined(separator: "\r").utf8))
    }

    @Test func oneMessageIsNoBatch() throws {
        let batch = try batch("MSH|^~\\&|A", "PID|1", "")
        #expect(!batch.isBatch && batch.messages.count == 1)
        #expect(batch.messages[0] == Array("MSH|^~\\&|A\rPID|1\r".utf8))
    }

    @Test func envelopesAreReadAndCounted() throws {
        let batch = try batch(
            "FHS|^~\\&|LAB", "BHS|^~\\&|LAB||||||||B1", "MSH|^~\\&|1", "PID|1", "MSH|^~\\&|2", "BTS|2",
            "BHS|^~\\&|LAB", "MSH|^~\\&|3", "BTS|5", "FTS|2")
        #expect(batch.isBatch && batch.messages.count == 3)
        #expect(batch.fileHeader?["FHS", field: 3].string == "LAB")
        #expect(batch.groups.map(\.declaredCount) == [2, 5])
        #expect(batch.groups.map(\.isMiscounted) == [false, true])
        #expect(batch.groups[0].header?["BHS", field: 11].string == "B1")
        #expect(batch.declaredGroupCount == 2 && batch.isMiscounted)
    }

    @Test func severalMessagesWithoutEnvelope() throws {
        let batch = try batch("\n\n  MSH|^~\\&|1", "NTE|1||MSH is a word", "MSH means header", "MSH|^~\\&|2")
        #expect(batch.messages.count == 2 && batch.isBatch && !batch.isMiscounted)
    }

    @Test(arguments: [
        ("", HL7SyntaxError.Code.empty), ("\r\n", .empty), ("junk", .headerMissing),
        ("PID|1\rMSH|^~\\&|", .headerMissing),
        ("BTS|1", .envelopeBroken), ("MSH|^~\\&|\rBTS|1", .envelopeBroken), ("MSH|^~\\&|\rFTS|1", .envelopeBroken),
    ])
    func brokenEnvelopeIsRefused(text: String, code: HL7SyntaxError.Code) {
        let error = #expect(throws: HL7SyntaxError.self) { try MessageBatch(splitting: Array(text.utf8)) }
        #expect(error?.code == code)
    }
}
