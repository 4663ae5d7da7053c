import Testing

@testable import HL7Syntax

@Suite struct RawMessageTests {
    static let refused: [(String, HL7SyntaxError.Code)] = [
        ("", .empty), (" \r\n\t", .empty), ("PID|1", .headerMissing), ("MSH", .headerMissing),
        ("hello", .headerMissing), ("MSH|", .delimitersInvalid), ("MSH||A", .delimitersInvalid),
        ("MSH|^^\\&|", .delimitersInvalid),
        ("MSHAbcde", .delimitersInvalid), ("MSH|^~\\&#@|", .delimitersInvalid), ("MSH|a~\\&|", .delimitersInvalid),
    ]

    @Test(arguments: refused)
    func brokenHeaderIsRefused(text: String, code: HL7SyntaxError.Code) {
        let error = #expect(throws: HL7SyntaxError.self) { try RawMessage(parsing: Array(text.utf8)) }
        #expect(error?.code == code)
    }

    @Test func limitsHold() {
        func code(_ change: (inout HL7Limits) -> Void) -> HL7SyntaxError.Code? {
            var limits = HL7Limits()
            change(&limits)
            let bytes = Array("MSH|^~\\&|A|B\rPID|1|2|3\rPV1|1".utf8)
            do throws(HL7SyntaxError) { _ = try RawMessage(parsing: bytes, limits: limits) } catch { return error.code }
            return nil
        }
        #expect(code { $0.messageByteCount = 10 } == .messageTooLarge)
        #expect(code { $0.segmentCount = 2 } == .tooManySegments)
        #expect(code { $0.fieldCount = 5 } == .tooManyFields)
        #expect(code { $0.segmentCount = 3 } == nil)
    }

    @Test(arguments: ["\r", "\n", "\r\n", "\r\r", "\n\n", "\r\n\r\n", "\r  "])
    func anyLineEndSeparatesSegments(end: String) throws {
        let lines = ["MSH|^~\\&|APP|FAC", "PID|1||77^^^M^MR~88", "ZPI|x|y", "OBX|1", "OBX|2"]
        let message = try RawMessage(parsing: Array(("\r\n " + lines.joined(separator: end) + end).utf8))
        #expect(message.segments.map(\.name) == ["MSH", "PID", "ZPI", "OBX", "OBX"])
        #expect(message.segments.map { String(decoding: $0.raw, as: UTF8.self) } == lines)
        #expect(message.segments(named: "OBX").map(\.sequence) == [1, 2])
        #expect(message.strayLineBreakCount == 0)
    }

    @Test func lineBreaksInsideTextStayText() throws {
        let message = try RawMessage(
            parsing: Array("MSH|^~\\&|\rNTE|1||first\nsecond line\rthird\r\rZZZ\rOBX|1\nEND".utf8))
        #expect(message.segments.map(\.name) == ["MSH", "NTE", "ZZZ", "OBX"])
        #expect(message["NTE", field: 3].string == "first\nsecond line\nthird")
        #expect(message["OBX", field: 1].string == "1\nEND")
        #expect(message.strayLineBreakCount == 3)
    }

    @Test func positionsAreThoseOfTheStandard() throws {
        let message = try RawMessage(
            parsing: Array("MSH|^~\\&|APP^1.2^ISO|F\rPID|1||A&x&y^^^M~B^c|\"\"||\r".utf8))
        #expect(message["MSH", field: 1].string == "|")
        #expect(message["MSH", field: 2].string == "^~\\&")
        #expect(message["MSH", field: 2][component: 1].string == "^~\\&")
        #expect(message["MSH", field: 3][component: 2].string == "1.2")
        #expect(message["MSH", field: 9].isEmpty)
        #expect(message["MSH"]?.fieldCount == 4)
        let field = message["PID", field: 3]
        #expect(field.repetitions.count == 2)
        #expect(field[repetition: 1].components.map(\.string) == ["A&x&y", "", "", "M"])
        #expect(field[component: 1].subcomponents.map(\.string) == ["A", "x", "y"])
        #expect(field[component: 1][subcomponent: 2].string == "x")
        #expect(field[repetition: 2][component: 2][subcomponent: 1].string == "c")
        #expect(field[repetition: 3].isEmpty && field[component: 9].isEmpty)
        #expect(message["PID", field: 4].isNull && !message["PID", field: 4].isValued)
        #expect(message["PID", field: 4].value == nil)
        #expect(message["PID"]?.fieldCount == 6)
        #expect(message["PID", field: 99].isEmpty && message["XXX", field: 1].isEmpty)
        #expect(message["PID", field: 0].isEmpty)
        #expect(message["PID", field: 3].location?.description == "PID-3")
    }

    @Test(arguments: ["MSH$%#@!$A", "MSH!*:?;!A", "MSH#^~\\&#A"])
    func anySeparatorsWork(header: String) throws {
        let marks = Array(header)
        let (field, component) = (marks[3], marks[4])
        let text = "\(header)\rPID\(field)1\(field)\(field)77\(component)x\(marks[7])y"
        let message = try RawMessage(parsing: Array(text.utf8))
        #expect(message["PID", field: 3][component: 1].string == "77")
        #expect(message["PID", field: 3][component: 2][subcomponent: 2].string == "y")
    }

    @Test func shortEncodingCharactersDoNotSeparate() throws {
        let message = try RawMessage(parsing: Array("MSH|^~|A\rPID|a&b\\F\\c^d".utf8))
        #expect(message["PID", field: 1][component: 1].string == "a&b\\F\\c")
        #expect(message["PID", field: 1][component: 1][subcomponent: 1].string == "a&b\\F\\c")
        let newer = try RawMessage(parsing: Array("MSH|^~\\&#|A\rPID|long\\P\\".utf8))
        #expect(newer["PID", field: 1].string == "long#")
    }
}
