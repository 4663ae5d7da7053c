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
        ("8859/3", [0xA1], "Ħ"), ("8859/4", [0xBA], "ē"), ("8859/6", [0xC7], "ا"), ("8859/8", [0xE0], "א"),
        ("ISO IR6", Array("e".utf8), "e"), ("ISO IR14", [0xB1, 0xB2], "ｱｲ"), ("ISO_IR 13", [0xB1], "ｱ"),
        ("ISO IR159", [0x1B, 0x24, 0x28, 0x44, 0x30, 0x21, 0x1B, 0x28, 0x42], "丂"),
        ("GB18030", [0x81, 0x30, 0x81, 0x30], "\u{80}"), ("CNS 11643-1992", [0xA4, 0xA1], "０"),
        ("UNICODE", Array("é".utf8), "é"), ("UTF8", Array("é".utf8), "é"), ("WINDOWS-1251", [0xE0], "а"),
        // Second bytes that look like separators.
        ("BIG-5", [0xA5, 0x7C], "四"), ("GB 18030-2000", [0x95, 0x7C], "晐"),
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
        ("UNICODE UTF-16", Array("é".utf8), "é", true), ("UNICODE UTF-32", [0xE9], "é", true),
        ("8859/6", [0xFF], "ÿ", true), ("8859/12", [0xE9], "é", true),
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

    /// UTF-16 and UTF-32 with their marks and without.
    @Test(arguments: ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"], [true, false])
    func wideSetsAreRecognised(name: String, isMarked: Bool) throws {
        let text = "MSH|^~\\&|Ä|||||||||||||||UNICODE UTF-16\rPID|1||漢"
        let body = try #require(Charset.other(name).encode(Array((isMarked ? "\u{FEFF}" : "").utf8) + Array(text.utf8)))
        let message = try RawMessage(parsing: body)
        #expect(message["MSH", field: 3].string == "Ä" && message["PID", field: 3].string == "漢")
        #expect(!message.decoding.isGuess && message.decoding.declared == "UNICODE UTF-16")
        #expect(MessageBuilder(message).encode() == body)
        var changed = MessageBuilder(message)
        changed["PID"]?.set(3, "字")
        #expect(try RawMessage(parsing: changed.encode())["PID", field: 3].string == "字")
    }

    @Test func declarationBehindDoubleByteCharactersIsFound() throws {
        // The second byte of 四 in Big5 is the field separator.
        let bytes =
            Array("MSH|^~\\&|".utf8) + [0xA5, 0x7C] + Array("|B|C|D|2024||ADT^A01|1|P|2.5||||||BIG-5\rPID|1".utf8)
        let message = try RawMessage(parsing: bytes)
        #expect(message["MSH", field: 3].string == "四" && message["MSH", field: 10].string == "1")
        #expect(MessageBuilder(message).encode() == bytes)
    }

    @Test func aSourceMayOverrideTheDeclaration() throws {
        let bytes = Array("MSH|^~\\&|A|||||||||||||||8859/1\rPID|".utf8) + [0xE9]
        let message = try RawMessage(parsing: bytes, override: .other("ISO-8859-7"))
        #expect(message["PID", field: 1].string == "ι" && !message.decoding.isGuess)
        #expect(MessageBuilder(message).encode() == bytes)
    }

    static let alternates: [(String, [UInt8], String)] = [
        ("8859/1~8859/5", Array("a\\C2D4C\\".utf8) + [0xD0] + Array("\\C2842\\b".utf8), "aаb"),
        ("8859/1~8859/7", Array("\\C2D46\\".utf8) + [0xE9], "ι"),
        ("ASCII~ISO IR87", Array("x\\M2442\\0!\\C2842\\y".utf8), "x亜y"),
        ("ASCII~ISO IR159", Array("\\M242844\\0!\\C2842\\".utf8), "丂"),
        ("ASCII~ISO IR14", Array("\\C284A\\ab".utf8), "ab"),
        // A set that is not known, and bytes outside of it: everything stays.
        ("8859/1~X", Array("\\C2D7A\\a".utf8), "\\C2D7A\\a"),
        ("ASCII~ISO IR87", Array("\\M2442\\!\\C2842\\".utf8), "\\M2442\\!"),
    ]

    @Test(arguments: alternates)
    func alternateSetsAreDecoded(declared: String, bytes: [UInt8], text: String) throws {
        let message = try message(declared, name: bytes)
        #expect(message["PID", field: 5].string == text)
        #expect(MessageBuilder(message).encode() == message.received)
    }

    @Test func unknownSequencesAreNoted() throws {
        let message = try message("8859/1~X", name: Array("\\C2D7A\\a\\F\\\\Q\\".utf8))
        let note = try #require(message.notes.first { $0.code == .escapeUnresolved })
        #expect(note.location?.description == "PID-5")
    }
}
