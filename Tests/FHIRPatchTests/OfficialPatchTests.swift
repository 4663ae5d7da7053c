import FHIRDefinitions
import FHIRPatch
import Foundation
import FoundationXML
import JSONTape
import Testing

/// The published tests of FHIRPath Patch, where the reference data is present.
@Suite struct OfficialPatchTests {
    @Test func `the published tests of FHIRPath Patch hold`() throws {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let path = "\(data)/fhir-r4/patch/fhir-patch-tests.xml"
        guard let bytes = FileManager.default.contents(atPath: path) else {
            print("skipped: the tests of FHIRPath Patch are not at \(path)")
            return
        }
        let cases = try XMLTree.parse(bytes).children.filter { $0.name == "case" }
        var passed = 0
        for test in cases {
            let name = test.attributes["name"] ?? ""
            let (input, diff, output) = (
                try json("input", of: test), try json("diff", of: test), try json("output", of: test)
            )
            do {
                let result = try PatchHarness.apply(diff, as: .resource, to: input)
                let (found, expected) = (try Self.normal(result), try Self.normal(output))
                #expect(found == expected, "\(name)")
                if found == expected { passed += 1 }
            } catch {
                Issue.record(error, "\(name)")
            }
        }
        print("published tests of FHIRPath Patch: \(passed) of \(cases.count) hold")
        #expect(!cases.isEmpty)
    }

    private func json(_ name: String, of test: XMLTree) throws -> String {
        let resource = try #require(test.children.first { $0.name == name }?.children.first)
        let type = try #require(FHIRDefinitions.r4.resourceType(named: resource.name))
        var writer = JSONWriter()
        resource.write(as: type, isResource: true, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// With members by name, and the narrative's layout left out: XML tools may change it.
    private static func normal(_ json: String) throws -> String {
        func normal(_ node: JSONNode) -> String {
            if node.isObject {
                let members = node.members.sorted { $0.key < $1.key }.map { "\($0.key):\(normal($0.value))" }
                return "{" + members.joined(separator: ",") + "}"
            }
            if node.isArray { return "[" + node.elements.map(normal).joined(separator: ",") + "]" }
            guard let text = node.string, text.hasPrefix("<div") else {
                return String(decoding: node.source, as: UTF8.self)
            }
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("> <", with: "><")
        }
        return normal(JSONNode(try Document.parse(json)))
    }
}

/// An XML element with what is in it.
private final class XMLTree {
    let name: String
    let attributes: [String: String]
    /// Elements, and text as nodes without a name.
    var content: [XMLTree] = []
    let text: String

    var children: [XMLTree] { content.filter { !$0.name.isEmpty } }

    init(name: String, attributes: [String: String], text: String = "") {
        self.name = name
        self.attributes = attributes
        self.text = text
    }

    static func parse(_ data: Data) throws -> XMLTree {
        let builder = Builder()
        let parser = XMLParser(data: data)
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else { throw CocoaError(.fileReadCorruptFile) }
        return root
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: XMLTree?
        private var open: [XMLTree] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let local = name.split(separator: ":").last.map(String.init) ?? name
            let element = XMLTree(name: local, attributes: attributes)
            open.last?.content.append(element)
            if root == nil { root = element }
            open.append(element)
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            open.last?.content.append(XMLTree(name: "", attributes: [:], text: text))
        }

        func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }
    }

    // MARK: - JSON (R4 json.html)

    func write(as type: TypeID, isResource: Bool, to writer: inout JSONWriter) {
        let definitions = FHIRDefinitions.r4
        writer.beginObject()
        if isResource { writer.member("resourceType", name) }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) where name == "id" || name == "url" {
            writer.key(named: name)
            writer.string(value)
        }
        var done: Set<String> = []
        for child in children where done.insert(child.name).inserted {
            guard let property = definitions.property(named: child.name, of: type) else { continue }
            let isRepeating = definitions[property.element].isRepeating
            let all = children.filter { $0.name == child.name }
            let isPrimitive = definitions[property.type].kind == .primitive
            if !isPrimitive || all.contains(where: { $0.attributes["value"] != nil || $0.name == "div" }) {
                writer.key(named: child.name)
                if isRepeating { writer.beginArray() }
                for one in all { one.writeValue(as: property.type, isPrimitive: isPrimitive, to: &writer) }
                if isRepeating { writer.endArray() }
            }
            guard isPrimitive, child.name != "div",
                all.contains(where: { !$0.children.isEmpty || $0.attributes["id"] != nil })
            else { continue }
            writer.key(named: "_" + child.name)
            if isRepeating { writer.beginArray() }
            for one in all {
                if one.children.isEmpty, one.attributes["id"] == nil {
                    writer.null()
                } else {
                    one.write(as: property.type, isResource: false, to: &writer)
                }
            }
            if isRepeating { writer.endArray() }
        }
        writer.endObject()
    }

    private func writeValue(as type: TypeID, isPrimitive: Bool, to writer: inout JSONWriter) {
        guard isPrimitive else { return write(as: type, isResource: false, to: &writer) }
        if name == "div" { return writer.string(markup) }
        guard let value = attributes["value"] else { return writer.null() }
        switch FHIRDefinitions.r4.name(of: type) {
        case "boolean", "integer", "positiveInt", "unsignedInt", "decimal": writer.raw(Array(value.utf8))
        default: writer.string(value)
        }
    }

    private var markup: String {
        guard !name.isEmpty else {
            return text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        }
        let namespace = name == "div" ? " xmlns=\"http://www.w3.org/1999/xhtml\"" : ""
        return "<\(name)\(namespace)>" + content.map(\.markup).joined() + "</\(name)>"
    }
}
