import FHIRDefinitions
import FHIRFormats
import JSONTape
import Testing

/// What the reader refuses, and how it reads the spellings that XML allows.
@Suite struct XMLReaderTests {
    private static let reader = XMLResourceReader(definitions: .r4)

    struct Refusal: Sendable, CustomTestStringConvertible {
        var xml: String
        var code: FormatError.Code
        var line = 1

        init(_ xml: String, _ code: FormatError.Code, line: Int = 1) {
            self.xml = xml.replacing("<Patient>", with: "<Patient xmlns=\"http://hl7.org/fhir\">")
            self.code = code
            self.line = line
        }

        var testDescription: String { "\(code): \(xml.prefix(60))" }
    }

    @Test(arguments: [
        Refusal("", .endsEarly),
        Refusal("{}", .malformed),
        Refusal("<Patient>", .endsEarly),
        Refusal("<Patient>\n<active value=\"true\"></Patient>", .tagMismatch, line: 2),
        Refusal("<Patient><active value=\"true\"/></Patient><a/>", .malformed),
        Refusal("<Patient><active value=\"true\" value=\"true\"/></Patient>", .duplicateAttribute),
        Refusal("<Patient><f:active value=\"true\"/></Patient>", .undeclaredPrefix),
        Refusal("<Patient><id value=\"a&nbsp;b\"/></Patient>", .unknownEntity),
        Refusal("<Patient><id value=\"\u{1}\"/></Patient>", .invalidCharacter),
        // Entities and files from outside
        Refusal(
            "<!DOCTYPE Patient [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<Patient><id value=\"&x;\"/></Patient>",
            .documentType),
        Refusal("<!DOCTYPE Patient SYSTEM \"http://127.0.0.1:1/x.dtd\"><Patient/>", .documentType),
        Refusal(
            """
            <!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]><Patient><id value=\"\
            &b;\"/></Patient>
            """,
            .documentType),
        Refusal("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Patient><id value=\"a\"/></Patient>", .otherEncoding),
        // Names
        Refusal("<Patient xmlns=\"http://example.org\"/>", .wrongNamespace),
        Refusal("<Nothing xmlns=\"http://hl7.org/fhir\"/>", .unknownResource),
        Refusal("<DomainResource xmlns=\"http://hl7.org/fhir\"/>", .unknownResource),
        Refusal("<Patient>\n\n<colour value=\"red\"/></Patient>", .unknownElement, line: 3),
        Refusal("<Patient><resourceType value=\"Patient\"/></Patient>", .unknownElement),
        Refusal("<Patient><_birthDate value=\"1970\"/></Patient>", .unknownElement),
        Refusal("<Patient><name><id value=\"1\"/></name></Patient>", .unknownElement),
        Refusal("<Patient><active value=\"true\" colour=\"red\"/></Patient>", .unknownAttribute),
        Refusal("<Patient><name value=\"A\"/></Patient>", .unknownAttribute),
        Refusal("<Patient><name url=\"A\"><family value=\"B\"/></name></Patient>", .unknownAttribute),
        Refusal("<Patient id=\"1\"/>", .wrongNamespace),
        Refusal("<Patient xmlns=\"http://hl7.org/fhir\" id=\"1\"/>", .unknownAttribute),
        Refusal("<Patient><active xmlns=\"http://example.org\" value=\"true\"/></Patient>", .wrongNamespace),
        Refusal("<Patient><text><status value=\"empty\"/><div>x</div></text></Patient>", .wrongNamespace),
        Refusal("<Patient><p xmlns=\"http://www.w3.org/1999/xhtml\">x</p></Patient>", .unknownElement),
        // Content
        Refusal("<Patient>text</Patient>", .misplacedText),
        Refusal("<Patient><active value=\"true\">x</active></Patient>", .misplacedText),
        Refusal("<Patient><![CDATA[x]]></Patient>", .misplacedText),
        Refusal("<Patient><name/></Patient>", .empty),
        Refusal("<Patient><active value=\"\"/></Patient>", .empty),
        Refusal("<Patient><active/></Patient>", .empty),
        Refusal("<Patient><contained/></Patient>", .empty),
        Refusal(
            """
            <Patient><contained><Basic><id value=\"1\"/></Basic><Basic><id value=\"2\"/></Basic></contain\
            ed></Patient>
            """,
            .misplacedResource),
        Refusal("<Patient><active value=\"true\"/>\n<active value=\"false\"/></Patient>", .repeated, line: 2),
        // Values
        Refusal("<Patient><active value=\"1\"/></Patient>", .invalidValue),
        Refusal("<Patient><active value=\"TRUE\"/></Patient>", .invalidValue),
        Refusal("<Patient>\n<multipleBirthInteger value=\"two\"/></Patient>", .invalidValue, line: 2),
        Refusal("<Patient><multipleBirthInteger value=\"01\"/></Patient>", .invalidValue),
        Refusal("<Patient><multipleBirthInteger value=\" 1\"/></Patient>", .invalidValue),
        Refusal("<Patient><multipleBirthInteger value=\"1]\"/></Patient>", .invalidValue),
        Refusal("<Patient><multipleBirthInteger value=\"1e99999\"/></Patient>", .invalidValue),
        // Limits
        Refusal("<Patient>" + String(repeating: "<extension url=\"u\">", count: 70), .tooDeep),
        Refusal(
            "<Patient><active " + (0..<65).map { "a\($0)=\"\"" }.joined(separator: " ") + "/></Patient>",
            .tooManyAttributes),
        Refusal(
            "<Patient>"
                + (0..<4).map { depth in
                    "<extension url=\"u\" " + (0..<20).map { "xmlns:a\(depth)b\($0)=\"u\"" }.joined(separator: " ")
                        + ">"
                }.joined(), .tooManyAttributes),
    ])
    func refuses(_ refusal: Refusal) {
        let error = #expect(throws: FormatError.self) { try Self.reader.document(Array(refusal.xml.utf8)) }
        #expect(error?.code == refusal.code, "\(error.map(\.description) ?? "")")
        #expect(error?.line == refusal.line)
    }

    @Test func refusesTextThatIsNotUTF8() {
        var latin = Array("<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"a".utf8)
        latin += [0xE4]
        latin += Array("\"/></Patient>".utf8)
        #expect(throws: FormatError(.invalidCharacter, "", line: 1, column: 1)) { try Self.reader.document(latin) }
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in "<Patient xmlns=\"http://hl7.org/fhir\"/>".utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(throws: FormatError(.otherEncoding, "", line: 1, column: 1)) { try Self.reader.document(wide) }
    }

    @Test func refusesWhatIsTooLarge() {
        let limits = JSONLimits(maximumByteCount: 20)
        #expect(throws: FormatError(.tooLarge, "", line: 1, column: 1)) {
            try Self.reader.document(Array("<Patient xmlns=\"http://hl7.org/fhir\"/>".utf8), limits: limits)
        }
    }

    @Test(arguments: [
        // Elements of one name that stand apart, elements out of order
        (
            """
            <gender value=\"male\"/><name><family value=\"A\"/></name><active value=\"true\"/><name><fami\
            ly value=\"B\"/></name>
            """,
            #"{"resourceType":"Patient","active":true,"name":[{"family":"A"},{"family":"B"}],"gender":"male"}"#
        ),
        // White space, comments and processing instructions between elements
        (
            " \n\t<!-- a --><?x y?><active value=\"true\"> </active>\r\n",
            #"{"resourceType":"Patient","active":true}"#
        ),
        // References and line ends in attributes (XML 1.0 §3.3.3)
        (
            "<id value='&#65;&#x42;&lt;&quot;&apos;&gt;&amp;'/><name><text value=\"a\nb&#10;c\td\"/></name>",
            #"{"resourceType":"Patient","id":"AB<\"'>&","name":[{"text":"a b\nc d"}]}"#
        ),
        // A prefix of the sender's own, and hints for XML schema
        (
            "<h:active xmlns:h=\"http://hl7.org/fhir\" value=\"true\"/>",
            #"{"resourceType":"Patient","active":true}"#
        ),
        // Prefixes of XHTML go, also those from outside (R4 json.html#xhtml)
        (
            """
            <text xmlns:x=\"http://www.w3.org/1999/xhtml\"><status value=\"empty\"/><x:div><x:p>1</x:p></\
            x:div></text>
            """,
            #"""
            {"resourceType":"Patient","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/\#
            1999/xhtml\"><p>1</p></div>"}}
            """#
        ),
        (
            """
            <text><status value=\"empty\"/><h:div xmlns:h=\"http://www.w3.org/1999/xhtml\" xml:lang=\"de\"><!-- c -->\
            <h:p title=\"&lt;&quot;\" class='a'>1 &lt; <![CDATA[2 & 3]]><h:br/><h:b></h:b> </h:p><h:i/></h:div></text>
            """,
            #"""
            {"resourceType":"Patient","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\" \#
            xml:lang=\"de\"><p title=\"&lt;&quot;\" class=\"a\">1 &lt; 2 &amp; 3<br/><b></b> </p><i></i></div>"}}
            """#
        ),
        // A prefix within, and one that is not of XHTML
        (
            """
            <text xmlns:y=\"urn:y\"><status value=\"empty\"/><div xmlns=\"http://www.w3.org/1999/xhtml\" \
            xmlns:x=\"http://www.w3.org/1999/xhtml\">a<x:b y:c=\"d\">e</x:b></div></text>
            """,
            #"""
            {"resourceType":"Patient","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">\#
            a<b xmlns:y=\"urn:y\" y:c=\"d\">e</b></div>"}}
            """#
        ),
        // Line ends in a narrative (XML 1.0 §2.11)
        (
            "<text><status value=\"empty\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">a\r\nb\rc</div></text>",
            #"""
            {"resourceType":"Patient","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999\#
            /xhtml\">a\nb\nc</div>"}}
            """#
        ),
    ])
    func reads(_ content: String, _ json: String) throws {
        let schema =
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
            + "xsi:schemaLocation=\"http://hl7.org/fhir p.xsd\""
        let start = "\u{FEFF}<?xml version=\"1.0\"?><Patient xmlns=\"http://hl7.org/fhir\" \(schema)>"
        let xml = start + content + "</Patient>\n"
        let document = try Self.reader.document(Array(xml.utf8))
        #expect(String(decoding: document.text, as: UTF8.self) == json)
    }

    @Test func placesAreThoseOfTheXML() throws {
        let xml =
            """
            <Patient xmlns=\"http://hl7.org/fhir\">\n  <active value=\"true\"/>\n  <name>\n    <family va\
            lue=\"A\"/>\n  </name>\n</Patient>
            """
        let document = try Self.reader.document(Array(xml.utf8))
        let family = try #require(JSONNode(document)["name"]?.items.first?["family"])
        #expect(document.places.last(upTo: document.byteRange(family.index).lowerBound)?.line == 4)
    }
}
