import JSONTape
import Testing

@Suite struct DocumentTests {
    static let numbers = [
        "0", "-0", "1", "1.0", "1.00", "0.000", "-1.50", "1e5", "1E+05", "1.0e-7", "123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890", "3.1400", "1e1000", "-9223372036854775808",
    ]

    @Test(arguments: numbers)
    func numbersKeepTheirText(_ text: String) throws {
        #expect(JSONNode(try Document.parse(text)).numberText == text)
        #expect(JSONNode(try Document.parse("{\"v\":\(text)}"))["v"]?.numberText == text)
        var writer = JSONWriter()
        writer.copy(try Document.parse("[ \(text) ]"), Document.root)
        #expect(writer.bytes == Array("[\(text)]".utf8))
    }

    @Test(arguments: [
        (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\uDE00!""#, "😀!"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"), (#""""#, ""),
        (#""1234567é""#, "1234567é"), (#""\u0001""#, "\u{1}"),
        // Found by fuzzing: Foundation drops this U+FEFF.
        ("\" [\\\\\u{FEFF}333\\f\"", " [\\\u{FEFF}333\u{C}"),
    ])
    func stringsDecode(_ text: String, _ value: String) throws {
        let document = try Document.parse(text)
        #expect(JSONNode(document).string == value)
        #expect(Array(value.utf8).withUnsafeBufferPointer { document.isString(Document.root, equalTo: $0) })
        #expect(!document.isString(Document.root, equalTo: "something else"))
    }

    /// The layout that the type's documentation draws.
    @Test func tapeIsAsDrawn() throws {
        let document = try Document.parse(#"{"a":[1,true]}"#)
        #expect(document.entryCount == 7)
        #expect(document.kind(0) == .object && document.count(0) == 1 && document.next(0) == 7)
        #expect(document.byteRange(0) == 0..<14)
        #expect(document.kind(2) == .string && document.byteRange(2) == 1..<4)
        #expect(document.kind(3) == .array && document.count(3) == 2 && document.next(3) == 7)
        #expect(document.byteRange(3) == 5..<13)
        #expect(document.kind(5) == .number && document.byteRange(5) == 6..<7)
        #expect(document.kind(6) == .true && document.byteRange(6) == 8..<12)
    }

    @Test func membersAreFoundByName() throws {
        let node = JSONNode(try Document.parse(#"{"a":1,"b":{"a":[2,3]},"\u0063":"x","long name, over 8":4}"#))
        #expect(node["a"]?.integer == 1)
        #expect(node["b"]?["a"]?.elements.map(\.integer) == [2, 3])
        #expect(node["c"]?.string == "x")
        #expect(node[named: "long name, over 8"]?.integer == 4)
        #expect(node["d"] == nil)
        #expect(node["a"]?["a"] == nil)
        #expect(node.members.map(\.key) == ["a", "b", "c", "long name, over 8"])
        #expect(node["b"]?.items.count == 1)
        #expect(node["b"]?["a"]?.items.count == 2)
    }

    @Test func kindsAnswerOnlyForThemselves() throws {
        let node = JSONNode(try Document.parse(#"["1",1,1.0,true,null,{},[]]"#))
        let items = Array(node.elements)
        #expect(items.map(\.kind) == [.string, .number, .number, .true, .null, .object, .array])
        #expect(items.map(\.integer) == [nil, 1, nil, nil, nil, nil, nil])
        #expect(items.map(\.bool) == [nil, nil, nil, true, nil, nil, nil])
        #expect(items.map(\.string) == ["1", nil, nil, nil, nil, nil, nil])
        #expect(items.map(\.count) == [0, 0, 0, 0, 0, 0, 0])
        #expect(items.allSatisfy { $0.elements.map(\.index).isEmpty && $0.members.map(\.key).isEmpty })
    }

    @Test func byteOrderMarkIsSkipped() throws {
        let node = JSONNode(try Document.parse("\u{FEFF} {\"a\":1}"))
        #expect(node["a"]?.integer == 1)
    }

    @Test func tapeGrowsForDenseText() throws {
        let text = "[" + Array(repeating: "[1]", count: 20_000).joined(separator: ",") + "]"
        let document = try Document.parse(text)
        #expect(document.count(Document.root) == 20_000)
        #expect(document.entryCount == 60_002)
    }
}
