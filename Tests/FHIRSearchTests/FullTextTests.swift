import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRSearch

@Suite struct FullTextTests {
    @Test(arguments: ["", " ", "*", "\"\"", "()", "and or not", "- !", "'", "\u{1F600}"])
    func textsWithoutAWordAreRefused(_ text: String) {
        #expect(throws: SearchError.self) { try FullTextQuery(text) }
    }

    @Test func limits() {
        #expect(throws: SearchError.self) { try FullTextQuery(String(repeating: "x ", count: 101)) }
        #expect(throws: SearchError.self) { try FullTextQuery(String(repeating: "(", count: 30) + "x") }
    }

    @Test(
        arguments: [
            ("Bone", "'bone'", "'bone'"), ("bone tumour", "('bone' & 'tumour')", "('bone' & 'tumour')"),
            ("\"Bone tumour\"", "('bone' <-> 'tumour')", "('bone' <-> 'tumour')"),
            ("metast*", "'metast':*", "'metast':*"),
            ("a or b c", "('a' | ('b' & 'c'))", "('a' | ('b' & 'c'))"), ("a -b", "('a' & !'b')", "'a'"),
            ("not a", "!'a'", nil),
            ("a or -b", "('a' | !'b')", nil), ("(a OR b) and c", "(('a' | 'b') & 'c')", "(('a' | 'b') & 'c')"),
            ("- - a", "'a'", "'a'"), ("a)b", "('a' & 'b')", "('a' & 'b')"),
            ("Müller's", "('muller' <-> 's')", "('muller' <-> 's')"),
            ("covid-19*", "('covid' <-> '19':*)", "('covid' <-> '19':*)"),
            ("it's:*|x", "(('it' <-> 's':*) | 'x')", "(('it' <-> 's':*) | 'x')"),
        ] as [(String, String, String?)])
    func understands(_ text: String, _ expression: String, _ required: String?) throws {
        let query = try FullTextQuery(text)
        #expect(query.expression == expression)
        #expect(query.required == required)
    }

    @Test(arguments: [
        (#""code":{"text":"Weiß, Größe"}"#, "weiss grosse"),
        (
            #"""
            "code":{"coding":[{"system":"http://s","code":"A1","display":"Same"},{"display":"Same"}]}
            """#, "a1 same"
        ),
        (#""subject":{"reference":"Patient/1","display":"Ilse"},"id":"x"}"#.dropLast().description, "ilse"),
        (#""text":{"div":"<div>One &lt;two&gt; &#x41;<br/>three</div>"}"#, "\none two a three"),
        (#""effectiveDateTime":"2020-01-01","status":"final""#, ""), (#""note":[{"text":"Head\nline"}]"#, "head line"),
        (
            #"""
            "contained":[{"resourceType":"Patient","name":[{"family":"Inner"}],"text":{"div":"<b>deep</b>"}}]
            """#, "inner deep"
        ),
        (#""unknown":"x","_status":{"extension":[]},"valueQuantity":{"value":1,"unit":"mm Hg"}"#, "mm hg"),
    ])
    func wordsOfResources(_ members: String, _ words: String) throws {
        let indexer = SearchIndexer(definitions: .r4)
        let type = try #require(indexer.definitions.resourceType(named: "Observation"))
        let document = try Document.parse(#"{"resourceType":"Observation",\#(members)}"#)
        let entries = indexer.entries(for: JSONNode(document), type: type, id: "x")
        #expect(String(decoding: entries.words ?? [], as: UTF8.self) == words)
    }

    @Test func wordsHaveLimits() throws {
        let long = String(repeating: "x", count: 65)
        #expect(WordText.words("ok \(long) fine"[...]).map { String(decoding: $0, as: UTF8.self) } == ["ok", "fine"])
        let indexer = SearchIndexer(definitions: .r4)
        let type = try #require(indexer.definitions.resourceType(named: "Observation"))
        let many = (0..<50_000).map { "w\($0)" }.joined(separator: " ")
        let document = try Document.parse(#"{"resourceType":"Observation","note":[{"text":"\#(many)"}]}"#)
        let words = indexer.entries(for: JSONNode(document), type: type, id: "x").words ?? []
        #expect(words.count > WordCollector.maximumByteCount - 20 && words.count <= WordCollector.maximumByteCount)
    }
}
