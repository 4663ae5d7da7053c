import FHIRDefinitions
import FHIRFormats
import JSONTape
import Testing

/// The XML of resources, as R4 xml.html has it.
@Suite struct XMLWriterTests {
    private static let writer = XMLResourceWriter(definitions: .r4)

    private func xml(_ json: String, isPretty: Bool = false) throws -> String {
        let document = try Document.parse(json)
        return String(decoding: try #require(Self.writer.xml(document, isPretty: isPretty)), as: UTF8.self)
    }

    private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Patient xmlns=\"http://hl7.org/fhir\""

    @Test(arguments: [
        (#"{"resourceType":"Patient"}"#, "/>"),
        // The standard's order, whatever the JSON's
        (
            #"{"gender":"male","active":true,"id":"1","resourceType":"Patient"}"#,
            "><id value=\"1\"/><active value=\"true\"/><gender value=\"male\"/></Patient>"
        ),
        (
            #"""
            {"resourceType":"Patient","_birthDate":{"extension":[{"valueCode":"x","url":"u"}],"id":"b"},"\#
            birthDate":"1970"}
            """#,
            """
            ><birthDate id=\"b\" value=\"1970\"><extension url=\"u\"><valueCode value=\"x\"/></extension>\
            </birthDate></Patient>
            """
        ),
        (
            #"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"n"}]}]}"#,
            "><name><given value=\"A\"/><given id=\"n\"/></name></Patient>"
        ),
        // What XML cannot say is left out
        (#"{"resourceType":"Patient","colour":"red","active":true}"#, "><active value=\"true\"/></Patient>"),
        (#"{"resourceType":"Patient","contained":[{"id":"1"}],"active":true}"#, "><active value=\"true\"/></Patient>"),
        // Characters that XML cannot hold
        ("{\"resourceType\":\"Patient\",\"id\":\"a\\u0001\\uFFFEb\"}", "><id value=\"a\u{FFFD}\u{FFFD}b\"/></Patient>"),
        // Narratives: entities of HTML, no namespace, not well-formed
        (
            #"{"resourceType":"Patient","text":{"div":"<div>a&nbsp;&amp;&eacute;</div>"}}"#,
            "><text><div xmlns=\"http://www.w3.org/1999/xhtml\">a\u{A0}&amp;é</div></text></Patient>"
        ),
        (
            #"{"resourceType":"Patient","text":{"div":" <?xml version='1.0'?> <div>a</div>"}}"#,
            """
            ><text><div xmlns=\"http://www.w3.org/1999/xhtml\"> &lt;?xml version='1.0'?&gt; &lt;div&gt;a&\
            lt;/div&gt;</div></text></Patient>
            """
        ),
        (
            #"{"resourceType":"Patient","text":{"div":"<div>a</p></Patient>"}}"#,
            """
            ><text><div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;div&gt;a&lt;/p&gt;&lt;/Patient&gt;</di\
            v></text></Patient>
            """
        ),
        (
            #"{"resourceType":"Patient","text":{"div":"<!DOCTYPE div [<!ENTITY x \"y\">]><div>&x;</div>"}}"#,
            """
            ><text><div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;!DOCTYPE div [&lt;!ENTITY x \"y\"&gt;]\
            &gt;&lt;div&gt;&amp;x;&lt;/div&gt;</div></text></Patient>
            """
        ),
    ])
    func writes(_ json: String, _ expected: String) throws {
        #expect(try xml(json) == Self.head + expected)
    }

    @Test func prettyHasAnElementALine() throws {
        let json =
            #"""
            {"resourceType":"Patient","name":[{"given":["A"]}],"text":{"div":"<div xmlns=\"http://www.w3.\#
            org/1999/xhtml\"><p>a</p></div>"}}
            """#
        #expect(
            try xml(json, isPretty: true) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Patient xmlns="http://hl7.org/fhir">
                  <text>
                    <div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div>
                  </text>
                  <name>
                    <given value="A"/>
                  </name>
                </Patient>

                """)
    }

    @Test func whatIsNoResourceIsNotWritten() throws {
        #expect(Self.writer.xml(try Document.parse(#"{"resourceType":"Nothing"}"#)) == nil)
        #expect(Self.writer.xml(json: Array("[]".utf8)) == nil)
    }
}
