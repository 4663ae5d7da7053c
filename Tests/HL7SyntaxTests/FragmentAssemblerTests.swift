import Testing

@testable import HL7Syntax

@Suite struct FragmentAssemblerTests {
    private func message(_ id: Int, pointer: String = "", _ lines: String...) throws -> RawMessage {
        let head = "MSH|^~\\&|LAB|N|||2024||ORU^R01|\(id)|P|2.5||\(pointer)"
        return try RawMessage(parsing: Array(([head] + lines).joined(separator: "\r").utf8))
    }

    private func text(_ message: RawMessage) -> [String] {
        message.segments.map { String(decoding: $0.raw, as: UTF8.self) }
    }

    @Test func aMessageByItselfIsWhole() throws {
        var assembler = FragmentAssembler()
        guard case .whole(let whole) = try assembler.take(message(1, "PID|1")) else {
            Issue.record("not whole")
            return
        }
        #expect(whole.segmentCount == 2 && assembler.openCount == 0)
    }

    @Test func partsBecomeOneMessage() throws {
        var assembler = FragmentAssembler()
        guard case .partial = try assembler.take(message(1, "PID|1", "OBX|1|FT|A||The pat", "ADD|", "DSC|p1|F")),
            case .partial = try assembler.take(message(2, pointer: "p1", "ADD|ient is", "DSC|p2|F")),
            case .assembled(let whole, let count) = try assembler.take(
                message(3, pointer: "p2", "ADD| well||||F", "OBX|2|NM|B||1"))
        else {
            Issue.record("not assembled")
            return
        }
        #expect(count == 3 && assembler.openCount == 0)
        #expect(text(whole).dropFirst() == ["PID|1", "OBX|1|FT|A||The patient is well||||F", "OBX|2|NM|B||1"])
        #expect(whole["MSH", field: 10].string == "1")
    }

    @Test func wholeSegmentsGoOnInTheNextPart() throws {
        var assembler = FragmentAssembler()
        _ = try assembler.take(message(1, "PID|1", "DSC|p1"))
        guard case .assembled(let whole, 2) = try assembler.take(message(2, pointer: "p1", "OBX|1")) else {
            Issue.record("not assembled")
            return
        }
        #expect(text(whole).dropFirst() == ["PID|1", "OBX|1"])
    }

    @Test func addendaInOneMessageAreJoined() throws {
        var assembler = FragmentAssembler()
        guard
            case .whole(let whole) = try assembler.take(message(1, "OBX|1||one ", "ADD|two ", "ADD|three||x", "NTE|1"))
        else {
            Issue.record("not whole")
            return
        }
        #expect(text(whole).dropFirst() == ["OBX|1||one two three||x", "NTE|1"])
    }

    @Test func othersDoNotMix() throws {
        var assembler = FragmentAssembler()
        assembler.openLimit = 2
        guard case .orphan = try assembler.take(message(1, pointer: "p9", "OBX|1")) else {
            Issue.record("not an orphan")
            return
        }
        // A query's next page is no part of a message.
        guard case .whole = try assembler.take(message(1, "PID|1", "DSC|p1|I")) else {
            Issue.record("not whole")
            return
        }
        for number in 1...3 { _ = try assembler.take(message(number, "PID|1", "DSC|q\(number)|F")) }
        #expect(assembler.openCount == 2)
        guard case .orphan = try assembler.take(message(4, pointer: "q1", "OBX|1")) else {
            Issue.record("the oldest was not given up")
            return
        }
    }

    @Test func partsHaveALimit() throws {
        var assembler = FragmentAssembler()
        assembler.byteLimit = 100
        _ = try assembler.take(message(1, "PID|1", "DSC|p1|F"))
        let error = #expect(throws: HL7SyntaxError.self) {
            try assembler.take(message(2, pointer: "p1", "NTE|1||" + String(repeating: "x", count: 100), "DSC|p2|F"))
        }
        #expect(error?.code == .messageTooLarge && assembler.openCount == 0)
    }

    @Test func batchesComeBackAsTheyWere() throws {
        let messages = [Array("MSH|^~\\&|A\rPID|1\r".utf8), Array("MSH|^~\\&|B\rPID|2".utf8)]
        var builder = BatchBuilder(
            fileHeader: SegmentBuilder("FHS"), batchHeader: SegmentBuilder("BHS").setting(3, "L"))
        for message in messages { builder.append(message) }
        let batch = try MessageBatch(splitting: builder.encode())
        #expect(batch.messages == [messages[0], messages[1] + [0x0D]])
        #expect(batch.groups[0].declaredCount == 2 && batch.declaredGroupCount == 1 && !batch.isMiscounted)
        #expect(batch.groups[0].header?["BHS", field: 3].string == "L")
    }
}
