import JSONTape
import Testing

@Suite struct JSONWriterTests {
    @Test func placesCommasAndColons() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Patient")
        writer.key("active")
        writer.bool(true)
        writer.key("name")
        writer.beginArray()
        writer.beginObject()
        writer.key(named: "fa\"mily")
        writer.string("Ø")
        writer.endObject()
        writer.null()
        writer.number(-5)
        writer.raw(Array("1.50".utf8))
        writer.endArray()
        writer.endObject()
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text == #"{"resourceType":"Patient","active":true,"name":[{"fa\"mily":"Ø"},null,-5,1.50]}"#)
    }

    @Test func escapesWhatJSONRequires() throws {
        let value = String(String.UnicodeScalarView((1..<0x100).compactMap(Unicode.Scalar.init))) + "\u{2028}😀"
        var writer = JSONWriter()
        writer.string(value)
        #expect(JSONNode(try Document.parse(writer.bytes)).string == value)
        #expect(writer.bytes.allSatisfy { $0 >= 0x20 })
    }

    @Test(arguments: [
        ("{ \"a\" : [ 1 , \"x y\" , { } , [ ] ] }\n", #"{"a":[1,"x y",{},[]]}"#),
        ("\t[\r\n]", "[]"), (" 1 ", "1"), (" \"a b\" ", "\"a b\""), ("[\" \\\" \", \" \"]", #"[" \" "," "]"#),
        ("{\"\\u0061\" :null}", #"{"\u0061":null}"#),
    ])
    func copiesWithoutWhiteSpace(_ text: String, _ compact: String) throws {
        var writer = JSONWriter()
        writer.copy(try Document.parse(text), Document.root)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == compact)
    }

    @Test func copiesPartsBetweenOtherValues() throws {
        let node = JSONNode(try Document.parse(#"{ "a" : { "b" : [ 1, 2 ] } , "c" : "d" }"#))
        var writer = JSONWriter()
        writer.beginArray()
        for member in node.members { writer.copy(member.value) }
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"b":[1,2]},"d"]"#)
    }

    @Test func sourceIsTheTextAsWritten() throws {
        let node = JSONNode(try Document.parse(#"{ "a" : { "b" : "c\n" } }"#))
        #expect(node["a"]?.source == Array(#"{ "b" : "c\n" }"#.utf8))
        #expect(node["a"]?["b"]?.source == Array(#""c\n""#.utf8))
    }
}
