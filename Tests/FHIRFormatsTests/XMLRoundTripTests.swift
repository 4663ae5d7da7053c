import FHIRDefinitions
import FHIRFormats
import Foundation
import JSONTape
import Testing

/// JSON → XML → JSON gives what was there: members, order within arrays, text of strings and digits of numbers.
@Suite struct XMLRoundTripTests {
    private static let reader = XMLResourceReader(definitions: .r4)
    private static let writer = XMLResourceWriter(definitions: .r4)

    @Test(arguments: [
        // Decimals by text
        #"{"resourceType":"Observation","valueQuantity":{"value":0.010}}"#,
        #"{"resourceType":"Observation","valueQuantity":{"value":1.2E+2}}"#,
        #"{"resourceType":"Observation","valueQuantity":{"value":-100.00}}"#,
        #"{"resourceType":"Observation","valueQuantity":{"value":123456789012345678901234567890.123456789}}"#,
        // Primitives with ids and extensions, with and without a value, aligned by null
        #"""
        {"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b","extension":[{"url":"u","valu\#
        eCode":"x"}]}}
        """#,
        #"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueDateTime":"1970-03"}]}}"#,
        #"""
        {"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"n"},{"extension":\#
        [{"url":"u","valueBoolean":true}]}]}]}
        """#,
        #"{"resourceType":"Patient","name":[{"_given":[{"id":"n"},{"id":"m"}]}]}"#,
        #"{"resourceType":"Patient","name":[{"id":"n1","family":"A"},{"family":"B"}]}"#,
        // Types
        #"{"resourceType":"Patient","active":false,"multipleBirthInteger":3,"telecom":[{"rank":1}]}"#,
        // Text that XML escapes, and line ends that attributes lose when written plainly
        #"{"resourceType":"Patient","name":[{"text":"a<b> & \"c\" 'd' \n\t\r ÄßΩ 😀 \\ /"}]}"#,
        #"{"resourceType":"Patient","name":[{"text":"  blanks at both ends  "}]}"#,
        // Contained and bundled resources, parameters
        #"""
        {"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"O"},{"reso\#
        urceType":"Basic","id":"b"}]}
        """#,
        #"""
        {"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","id":"1"},\#
        "request":{"method":"PUT","url":"Patient/1"}},{"request":{"method":"GET","url":"Patient?a=b&c=d"}\#
        }]}
        """#,
        #"""
        {"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","valueDecimal":1.0},{"n\#
        ame":"c","resource":{"resourceType":"Patient"}}]}]}
        """#,
        // Extensions inside extensions, modifier extensions
        #"""
        {"resourceType":"Basic","extension":[{"id":"e","url":"u","extension":[{"url":"v","valueQuantity":\#
        {"value":1}}]}],"modifierExtension":[{"url":"w","valueUri":"x"}]}
        """#,
        // Choices, recursion, ids of elements
        #"""
        {"resourceType":"Questionnaire","item":[{"linkId":"1","item":[{"linkId":"1.1","initial":[{"valueB\#
        oolean":true}]}]}]}
        """#,
        #"{"resourceType":"Patient","deceasedDateTime":"2020","_deceasedDateTime":{"id":"d"}}"#,
        // Narratives
        #"""
        {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999\#
        /xhtml\"><p class='a'>x &amp; y&#160;<br/> <b>ä</b></p><!-- c -->\n</div>"}}
        """#,
        #"""
        {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999\#
        /xhtml\"/>"}}
        """#,
        #"{"resourceType":"Patient"}"#,
    ])
    func comesBackEqual(_ json: String) throws {
        let document = try Document.parse(json, limits: .fhir)
        for isPretty in [false, true] {
            let xml = try #require(Self.writer.xml(document, isPretty: isPretty))
            let back = try Self.reader.document(xml)
            #expect(
                difference(JSONNode(document), JSONNode(back), at: "") == nil, "\(String(decoding: xml, as: UTF8.self))"
            )
        }
    }

    /// Every official example, where they are at hand.
    @Test func officialExamplesComeBackEqual() throws {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let folder = "\(data)/fhir-r4/examples"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            print("skipped: the official examples are not at \(folder)")
            return
        }
        let files = names.filter { $0.hasSuffix(".json") }.sorted()
        var failures: [String] = []
        for file in files {
            let document = try Document.parse(Array(try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))))
            guard let xml = Self.writer.xml(document) else {
                failures.append("\(file): not written")
                continue
            }
            do {
                let back = try Self.reader.document(xml)
                if let found = difference(JSONNode(document), JSONNode(back), at: "") {
                    failures.append("\(file): \(found)")
                }
            } catch {
                failures.append("\(file): \(error)")
            }
        }
        for failure in failures { print(failure) }
        print("official examples in XML: \(files.count - failures.count) of \(files.count) came back equal")
        #expect(failures.isEmpty)
    }

    /// XML that HL7 wrote itself, where it is at hand: XML → JSON → XML → JSON.
    @Test func officialXMLIsRead() throws {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let folder = "\(data)/fhir-r4/fhirpath/input"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            print("skipped: the official XML is not at \(folder)")
            return
        }
        for file in names.filter({ $0.hasSuffix(".xml") }) {
            let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
            let document = try Self.reader.document(bytes)
            let xml = try #require(Self.writer.xml(document))
            let back = try Self.reader.document(xml)
            #expect(difference(JSONNode(document), JSONNode(back), at: file) == nil)
        }
    }
}

/// The first place where the two differ; nil if they are equal.
func difference(_ left: JSONNode, _ right: JSONNode, at path: String) -> String? {
    if left.isObject, right.isObject {
        for key in Set(left.members.map(\.key)).union(right.members.map(\.key)).sorted() {
            guard let a = left[named: key], let b = right[named: key] else {
                return "\(path).\(key) is on one side only"
            }
            if let found = difference(a, b, at: "\(path).\(key)") { return found }
        }
        return nil
    }
    if left.isArray, right.isArray {
        guard left.count == right.count else { return "\(path) has another length" }
        for (index, (a, b)) in zip(left.elements, right.elements).enumerated() {
            if let found = difference(a, b, at: "\(path)[\(index)]") { return found }
        }
        return nil
    }
    if left.isString, right.isString { return left.string == right.string ? nil : "\(path) has another text" }
    return left.source == right.source ? nil : "\(path) differs"
}
