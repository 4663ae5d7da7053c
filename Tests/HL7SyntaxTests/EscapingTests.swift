import Testing

@testable import HL7Syntax

@Suite struct EscapingTests {
    static let sequences: [(String, String)] = [
        ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"),
        ("\\X0D0A\\", "\r\n"), ("\\X41\\\\X42\\", "AB"), ("\\XC3A9\\", "é"), ("\\XC3\\\\XA9\\", "é"),
        ("a\\.br\\b\\.BR\\c", "a\nb\nc"), ("a\\.sp\\b", "a\nb"), ("a\\.sp+2\\b", "a\n\nb"), ("a\\.ce\\b", "a\nb"),
        ("a\\.in+3\\b", "a   b"), ("a\\.ti2\\b", "a  b"), ("a\\.sk+1\\b", "a b"), ("a\\.fi\\b\\.nf\\c", "abc"),
        ("\\H\\loud\\N\\", "loud"),
        // Kept as they are:
        ("\\X4\\", "\\X4\\"), ("\\XZZ\\", "\\XZZ\\"), ("\\X\\", "\\X\\"), ("\\Z1\\", "\\Z1\\"),
        ("\\C2842\\a", "a"), ("\\C2999\\", "\\C2999\\"), ("\\M2A4142\\", "\\M2A4142\\"), ("\\Q\\", "\\Q\\"),
        ("C:\\temp", "C:\\temp"),
        ("a\\", "a\\"), ("\\\\", "\\\\"), ("\\.xx\\", "\\.xx\\"), ("C:\\dir\\F\\", "C:\\dir|"), ("\\P\\", "\\P\\"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ]

    @Test(arguments: sequences)
    func sequenceBecomesText(raw: String, text: String) {
        let bytes = Array(raw.utf8)
        #expect(Unescaping.string(bytes[...], delimiters: .standard, charset: .utf8) == text)
    }

    @Test func hexIsInTheCharsetOfTheMessage() {
        let raw = Array("\\XE9\\".utf8)[...]
        #expect(Unescaping.string(raw, delimiters: .standard, charset: .latin1) == "é")
        #expect(Unescaping.string(raw, delimiters: .standard, charset: .ascii) == "é")
        #expect(Unescaping.string(raw, delimiters: .standard, charset: .other("ISO-8859-7")) == "ι")
    }

    @Test func aHugeCountIsBounded() {
        let raw = Array("\\.in+999999999\\".utf8)[...]
        #expect(Unescaping.string(raw, delimiters: .standard, charset: .utf8).count == 80)
    }

    @Test func anyTextSurvives() throws {
        var generator = SeededGenerator(seed: 42)
        let alphabet = Array("ab|^~\\&#\r\n\t\u{0B}\u{1C}é漢😀\"X.0F ")
        for _ in 0..<2000 {
            let length = Int.random(in: 0..<24, using: &generator)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
            var builder = MessageBuilder()
            builder.append(SegmentBuilder("MSH").setting(3, "A"))
            builder.append(SegmentBuilder("NTE").setting(3, .text(text)).setting(4, .components([text, "", text])))
            let message = try RawMessage(parsing: builder.encode())
            #expect(message.segmentCount == 2)
            #expect(Array(message["NTE", field: 3].string.unicodeScalars) == Array(text.unicodeScalars))
            #expect(Array(message["NTE", field: 4][component: 3].string.unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test func withoutAnEscapeCharacterSeparatorsBecomeBlanks() throws {
        let delimiters = try Delimiters(field: 0x7C, encodingCharacters: [0x5E])
        #expect(Escaping.escape("a|b^c~", delimiters: delimiters) == Array("a b c~".utf8))
    }
}

/// SplitMix64: the same sequence for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
