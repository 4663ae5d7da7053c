import Testing

@testable import HL7Syntax

/// Faults F-1 to F-3: what ends a segment.
@Suite struct LineEndTests {
    static let messages: [(text: String, names: [String], lineEnd: LineEnd?, stray: Int, blank: Int)] = [
        ("MSH|^~\\&|A\rPID|1\rOBX|1", ["MSH", "PID", "OBX"], .carriageReturn, 0, 0),
        ("MSH|^~\\&|A\nPID|1\nOBX|1\n", ["MSH", "PID", "OBX"], .lineFeed, 0, 0),
        ("MSH|^~\\&|A\r\nPID|1\r\nOBX|1\r\n", ["MSH", "PID", "OBX"], .both, 0, 0),
        ("MSH|^~\\&|A\n\rPID|1\n\rOBX|1", ["MSH", "PID", "OBX"], .carriageReturn, 0, 0),
        ("MSH|^~\\&|A", ["MSH"], nil, 0, 0),
        // With carriage returns a line feed is text, even where a segment seems to follow.
        ("MSH|^~\\&|A\rNTE|1||see\nOBX|not a segment\rOBX|1", ["MSH", "NTE", "OBX"], .carriageReturn, 1, 0),
        // Without any, only what looks like a segment begins one.
        ("MSH|^~\\&|A\nNTE|1||see\nbelow\nPID|1", ["MSH", "NTE", "PID"], .lineFeed, 1, 0),
        // A return at the very end, or in the text, does not make the line feeds text.
        ("MSH|^~\\&|A\nPID|1\nOBX|1\r", ["MSH", "PID", "OBX"], .lineFeed, 0, 0),
        ("MSH|^~\\&|A\nNTE|1||a\rb\nPID|1", ["MSH", "NTE", "PID"], .lineFeed, 1, 0),
        ("MSH|^~\\&|A\r\r\rPID|1\r \rOBX|1", ["MSH", "PID", "OBX"], .carriageReturn, 0, 3),
        ("MSH|^~\\&|A\r\n\r\nPID|1", ["MSH", "PID"], .both, 0, 1),
        ("MSH|^~\\&|A\rNTE|1||one\rtwo\r\nthree\rPID|1", ["MSH", "NTE", "PID"], .carriageReturn, 2, 0),
        ("MSH|^~\\&|A\rMSH\rO\rZZZBX|1\rPID|1", ["MSH", "MSH", "PID"], .carriageReturn, 2, 0),
        ("\r\n MSH|^~\\&|A\r\tPID|1", ["MSH", "PID"], .carriageReturn, 0, 0),
    ]

    @Test(arguments: messages.indices)
    func segmentsEndWhereTheyShould(index: Int) throws {
        let expected = Self.messages[index]
        let message = try RawMessage(parsing: Array(expected.text.utf8))
        #expect(message.segments.map(\.name) == expected.names)
        #expect(message.lineEnd == expected.lineEnd)
        #expect(message.strayLineBreakCount == expected.stray)
        #expect(message.blankLineCount == expected.blank)
        let rebuilt = MessageBuilder(message)
        #expect(rebuilt.encode() == message.received)
        var text: [UInt8] = Array(message.text[..<(message.segments.first?.range.lowerBound ?? 0)])
        for segment in rebuilt.segments { segment.encode(into: &text) }
        #expect(text == message.text)
    }

    @Test func textKeepsItsLines() throws {
        let message = try RawMessage(parsing: Array("MSH|^~\\&|A\rNTE|1||one\ntwo\rthree\r\nfour|x\rPID|1".utf8))
        #expect(message["NTE", field: 3].string == "one\ntwo\nthree\nfour")
        #expect(message["NTE", field: 4].string == "x")
    }

    /// Every separator and line end at every offset of the eight bytes read at once.
    @Test func everyAlignmentIsFound() throws {
        for padding in 0..<17 {
            for length in 0..<17 {
                let a = String(repeating: "a", count: padding)
                let b = String(repeating: "b", count: length)
                let message = try RawMessage(parsing: Array("MSH|^~\\&|\(a)|\(b)\rPID|\(b)|\(a)\r\nZZZ|\(a)|".utf8))
                #expect(message.segmentCount == 3)
                #expect(message["MSH", field: 3].string == a && message["MSH", field: 4].string == b)
                #expect(message["PID", field: 1].string == b && message["PID", field: 2].string == a)
                #expect(message["ZZZ", field: 1].string == a && message["ZZZ"]?.fieldCount == 2)
            }
        }
    }

    @Test func separatorsOnlyAreStillFields() throws {
        let message = try RawMessage(parsing: Array(("MSH|^~\\&" + String(repeating: "|", count: 5000)).utf8))
        #expect(message["MSH"]?.fieldCount == 5002)
    }

    @Test func manySegmentsAreNumbered() throws {
        let lines = (1...100).map { "OBX|\($0)\rZ\($0 % 10)A|1" }
        let message = try RawMessage(parsing: Array(("MSH|^~\\&|A\r" + lines.joined(separator: "\r")).utf8))
        #expect(message.segments(named: "OBX").map(\.sequence) == Array(1...100))
        #expect(message.segments(named: "Z3A").map(\.sequence) == Array(1...10))
    }

    /// Nothing here may cost more than its length: with squares these would take hours.
    @Test(arguments: ["\r", "\n", "\r ", "\n ", "\r\n ", "\n\r\t", " \n\n\r"], ["x", "PID|1", ""])
    func longRunsOfBlankLinesAreCheap(run: String, last: String) throws {
        let text = "MSH|^~\\&|A\rPID|1" + String(repeating: run, count: 500_000) + last
        let message = try RawMessage(parsing: Array(text.utf8))
        #expect(message.segmentCount <= 3)
        #expect(MessageBuilder(message).encode() == message.received)
        _ = try RawMessage(parsing: Array(text.utf8.map { $0 == 0x0D ? 0x0A : $0 }))
    }

    @Test func partsKnowTheirPlace() throws {
        let message = try RawMessage(parsing: Array("MSH|^~\\&|A\rOBX|1\rOBX|2||a~b^c&d&e^||x".utf8))
        let field = message.segments(named: "OBX")[1][field: 3]
        #expect(field.place?.description == "OBX[2]-3")
        let component = field[repetition: 2][component: 2]
        #expect(component.place?.description == "OBX[2]-3[2].2")
        #expect(component[subcomponent: 3].place?.description == "OBX[2]-3[2].2.3")
        #expect(field[repetition: 2][component: 1].place?.description == "OBX[2]-3[2].1")
        #expect(message["PID", field: 1].place == nil)
        #expect(message["MSH", field: 3][component: 1].place?.description == "MSH-3.1")
    }
}
