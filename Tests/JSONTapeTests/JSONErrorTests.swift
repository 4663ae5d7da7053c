import JSONTape
import Testing

/// Every error code with the byte it points at.
@Suite struct JSONErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var code: JSONSyntaxError.Code
        var offset: Int
        var limits = JSONLimits()

        init(_ text: String, _ code: JSONSyntaxError.Code, at offset: Int, _ limits: JSONLimits = JSONLimits()) {
            self.text = text
            self.code = code
            self.offset = offset
            self.limits = limits
        }

        var testDescription: String { "\(code.rawValue) \(text.prefix(40))" }
    }

    static let syntax: [Refusal] = [
        Refusal("", .unexpectedEnd, at: 0),
        Refusal("  \n", .unexpectedEnd, at: 3),
        Refusal("\u{FEFF}", .unexpectedEnd, at: 3),
        Refusal("{", .unexpectedEnd, at: 1),
        Refusal("[1,", .unexpectedEnd, at: 3),
        Refusal("{\"a\"", .unexpectedEnd, at: 4),
        Refusal("{\"a\":", .unexpectedEnd, at: 5),
        Refusal("\"abc", .unexpectedEnd, at: 4),
        Refusal("\"abc\\", .unexpectedEnd, at: 4),
        Refusal("\"\\u12", .unexpectedEnd, at: 1),
        Refusal("tru", .unexpectedEnd, at: 3),
        Refusal("-", .unexpectedEnd, at: 1),
        Refusal("1.", .unexpectedEnd, at: 2),
        Refusal("1e", .unexpectedEnd, at: 2),
        Refusal("1e+", .unexpectedEnd, at: 3),
        Refusal("x", .unexpectedCharacter, at: 0),
        Refusal("trUe", .unexpectedCharacter, at: 2),
        Refusal("[1,]", .unexpectedCharacter, at: 3),
        Refusal("[1 2]", .unexpectedCharacter, at: 3),
        Refusal("{,}", .unexpectedCharacter, at: 1),
        Refusal("{\"a\" 1}", .unexpectedCharacter, at: 5),
        Refusal("{\"a\":1,}", .unexpectedCharacter, at: 7),
        Refusal("{a:1}", .unexpectedCharacter, at: 1),
        Refusal("{'a':1}", .unexpectedCharacter, at: 1),
        Refusal("[1}", .unexpectedCharacter, at: 2),
        Refusal("{\"a\":1]", .unexpectedCharacter, at: 6),
        Refusal("[1]/*c*/", .trailingCharacters, at: 3),
        Refusal("\u{B}1", .unexpectedCharacter, at: 0),
        Refusal("\u{A0}1", .unexpectedCharacter, at: 0),
        Refusal("\u{FEFF}\u{FEFF}1", .unexpectedCharacter, at: 3),
        Refusal("NaN", .unexpectedCharacter, at: 0),
        Refusal("Infinity", .unexpectedCharacter, at: 0),
        Refusal("+1", .unexpectedCharacter, at: 0),
        Refusal(".5", .unexpectedCharacter, at: 0),
        Refusal("1 2", .trailingCharacters, at: 2),
        Refusal("{}{}", .trailingCharacters, at: 2),
        Refusal("truefalse", .trailingCharacters, at: 4),
        Refusal("1\u{0}", .trailingCharacters, at: 1),
        Refusal("[01]", .invalidNumber, at: 1),
        Refusal("-01", .invalidNumber, at: 0),
        Refusal("[00]", .invalidNumber, at: 1),
        Refusal("[1.]", .invalidNumber, at: 1),
        Refusal("[1.e1]", .invalidNumber, at: 1),
        Refusal("[1e]", .invalidNumber, at: 1),
        Refusal("[1e+]", .invalidNumber, at: 1),
        Refusal("[-]", .invalidNumber, at: 1),
        Refusal("[-a]", .invalidNumber, at: 1),
        Refusal("1.2.3", .invalidNumber, at: 0),
        Refusal("0x10", .trailingCharacters, at: 1),
        Refusal("\"a\u{1}\"", .controlCharacter, at: 2),
        Refusal("\"\t\"", .controlCharacter, at: 1),
        Refusal("\"12345678\n\"", .controlCharacter, at: 9),
        Refusal("\"\u{0}\"", .nulCharacter, at: 1),
        Refusal("\"\\u0000\"", .nulCharacter, at: 1),
        Refusal("{\"\\u0000\":1}", .nulCharacter, at: 2),
        Refusal("\"\\x41\"", .invalidEscape, at: 1),
        Refusal("\"\\u12g4\"", .invalidEscape, at: 1),
        Refusal("\"\\u123\"", .invalidEscape, at: 1),
        Refusal("\"\\U0041\"", .invalidEscape, at: 1),
        Refusal("\"\\ud83d\"", .loneSurrogate, at: 1),
        Refusal("\"\\ude00\"", .loneSurrogate, at: 1),
        Refusal("\"\\ude00\\ud83d\"", .loneSurrogate, at: 1),
        Refusal("\"\\ud83d\\u0041\"", .loneSurrogate, at: 1),
        Refusal("\"\\ud83dx\"", .loneSurrogate, at: 1),
        Refusal("\"\\ud83d\\n\"", .loneSurrogate, at: 1),
        Refusal("\"\\ud83d\\ud83d\\ude00\"", .loneSurrogate, at: 1),
        Refusal("\"\\ud83d\\u00", .unexpectedEnd, at: 7),
        Refusal("\"\\ud83d\\u00z0\"", .invalidEscape, at: 7),
    ]

    static let empties: [Refusal] = [
        Refusal("{\"a\": \"\"}", .emptyString, at: 6, .fhir),
        Refusal("{\"\": 1}", .emptyString, at: 1, .fhir),
        Refusal("{\"a\":[ ]}", .emptyArray, at: 5, .fhir),
        Refusal("{\"a\":{ \n}}", .emptyObject, at: 5, .fhir),
        Refusal("{}", .emptyObject, at: 0, .fhir),
        Refusal("{\"a\":null}", .misplacedNull, at: 5, .fhir),
        Refusal("null", .misplacedNull, at: 0, .fhir),
    ]

    static let limits: [Refusal] = [
        Refusal("[123456]", .numberTooLong, at: 1, JSONLimits(maximumNumberByteCount: 5)),
        Refusal("[\(String(repeating: "1", count: 257))]", .numberTooLong, at: 1),
        Refusal("1e1001", .exponentTooLarge, at: 0),
        Refusal("[1E-99999999999999999999]", .exponentTooLarge, at: 1),
        Refusal("[[[1]]]", .tooDeep, at: 2, JSONLimits(maximumDepth: 2)),
        Refusal("{\"a\":[{}]}", .tooDeep, at: 6, JSONLimits(maximumDepth: 2)),
        Refusal("[1,2,3]", .tooLarge, at: 6, JSONLimits(maximumByteCount: 6)),
    ]

    @Test(arguments: syntax + empties + limits)
    func refusesWithCodeAndPlace(_ refusal: Refusal) {
        expectRefusal(Array(refusal.text.utf8), refusal.code, at: refusal.offset, refusal.limits)
    }

    static let malformedUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x28, 0x98, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test(arguments: malformedUTF8)
    func refusesMalformedUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        expectRefusal([quote, 0x61] + bytes + [quote], .invalidUTF8, at: 2)
        expectRefusal(Array("{\"".utf8) + bytes + Array("\":1}".utf8), .invalidUTF8, at: 2)
    }

    @Test(arguments: ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"])
    func acceptsTheEdgesOfUTF8(_ character: String) throws {
        let node = JSONNode(try Document.parse("\"a\(character)b\""))
        #expect(node.string == "a\(character)b")
    }

    @Test func everyTruncationIsRefused() {
        let text = #"{"a":[1.50,-2e3,true,false,null,"x\u00e9\n\ud83d\ude00é"],"b":{"c":{"d":[[]]}},"é":"ü"}"#
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try Document.parse(bytes) }
        for length in 0..<bytes.count {
            #expect(throws: JSONSyntaxError.self, "\(length)") { try Document.parse(Array(bytes[..<length])) }
        }
    }

    @Test func nestingStopsAt64() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try Document.parse(nested(64)) }
        expectRefusal(Array(nested(65).utf8), .tooDeep, at: 64)
        expectRefusal(Array(repeating: UInt8(ascii: "["), count: 1_000_000), .tooDeep, at: 64)
    }

    @Test func nullIsAllowedInsideArraysOfFHIR() throws {
        #expect(throws: Never.self) { try Document.parse(#"{"given":["a",null]}"#, limits: .fhir) }
    }

    @Test func placeIsToldAsLineAndColumn() {
        let text = "{\n  \"a\": x}"
        let error = JSONSyntaxError(.unexpectedCharacter, at: 9)
        #expect(error.lineAndColumn(in: Array(text.utf8)) == (2, 8))
        #expect(JSONSyntaxError(.unexpectedEnd, at: 0).lineAndColumn(in: []) == (1, 1))
    }

    @Test func descriptionsQuoteNothing() {
        #expect(throws: JSONSyntaxError(.duplicateKey, at: 0)) { try Document.parse(#"{"Meyer":1,"Meyer":2}"#) }
        #expect(!JSONSyntaxError(.duplicateKey, at: 11).description.contains("Meyer"))
    }
}

/// Expects that parsing `bytes` fails with `code` at `offset`.
func expectRefusal(
    _ bytes: [UInt8], _ code: JSONSyntaxError.Code, at offset: Int, _ limits: JSONLimits = JSONLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        _ = try Document.parse(bytes, limits: limits)
        Issue.record("accepted", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, sourceLocation: sourceLocation)
        #expect(error.byteOffset == offset, sourceLocation: sourceLocation)
    }
}
