import Testing

@testable import HL7Syntax

@Suite struct CharsetTests {
    private func message(_ declared: String, name: [UInt8]) throws -> RawMessage {
        let head = "MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5||||||\(declared)\rPID|1||1||"
        return try RawMessage(parsing: Array(head.utf8) + name)
    }

    static let declared: [(String, [UInt8], String)] = [
        ("8859/1", [0xE9], "é"), ("ISO-8859-1", [0xE9], "é"), ("8859/2", [0xE8], "č"), ("8859/5", [0xD0], "а"),
        ("8859/7", [0xE9], "ι"), ("8859/9", [0xFE], "ş"), ("8859/15", [0xA4], "€"),
        ("UNICODE UTF-8", Array("é漢".utf8), "é漢"), ("ASCII", Array("e".utf8), "e"),
        ("GB 18030-2000", [0xB0, 0xA1], "啊"), ("BIG-5", [0xA4, 0x40], "一"), ("KS X 1001", [0xB0, 0xA1], "가"),
        ("ISO IR87", [0x1B, 0x24, 0x42, 0x30, 0x21, 0x1B, 0x28, 0x42], "亜"), ("8859/1~8859/5", [0xE9], "é"),
    ]

    @Test(arguments: declared)
    func declaredSetIsUsed(name: String, bytes: [UInt8], text: String) throws {
        let message = try message(name, name: bytes)
        #expect(message["PID", field: 5].string == text)
        #expect(!message.decoding.isGuess)
        #expect(MessageBuilder(message).encode() == message.received)
    }

    static let guessed: [(String, [UInt8], String, Bool)] = [
        ("", [0xE9], "é", true), ("", [0x80, 0x93], "€“", true), ("", Array("é".utf8), "é", false),
        ("ASCII", Array("é".utf8), "é", true), ("UNICODE UTF-8", [0xE9], "é", true), ("KLINGON", [0xE9], "é", true),
        ("", [0x81, 0xFF], "\u{81}ÿ", true), ("", Array("e".utf8), "e", false),
    ]

    @Test(arguments: guessed)
    func wrongDeclarationIsOvercome(name: String, bytes: [UInt8], text: String, isGuess: Bool) throws {
        let message = try message(name, name: bytes)
        #expect(message["PID", field: 5].string == text)
        #expect(message.decoding.isGuess == isGuess)
        #expect(MessageBuilder(message).encode() == message.received)
    }

    @Test func sourceFallbackComesBeforeWindows() throws {
        let bytes = Array("MSH|^~\\&|A\rPID|".utf8) + [0xE9]
        let message = try RawMessage(parsing: bytes, fallback: .other("ISO-8859-7"))
        #expect(message["PID", field: 1].string == "ι")
    }

    @Test func byteOrderMarksAreTakenOff() throws {
        let text = "MSH|^~\\&|Ä\rPID|1"
        let utf8 = try RawMessage(parsing: [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(utf8["MSH", field: 3].string == "Ä")
        #expect(MessageBuilder(utf8).encode() == utf8.received)
        let wide: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let utf16 = try RawMessage(parsing: wide)
        #expect(utf16["MSH", field: 3].string == "Ä" && utf16["PID", field: 1].string == "1")
        #expect(MessageBuilder(utf16).encode() == wide)
    }
}
