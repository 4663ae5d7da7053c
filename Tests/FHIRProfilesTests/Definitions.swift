import JSONTape

@testable import FHIRProfiles

/// StructureDefinitions of a test, by name.
struct Definitions: StructureDefinitionSource {
    private var nodes: [String: JSONNode] = [:]

    init(_ texts: String...) throws { try self.init(texts) }

    init(_ texts: [String]) throws {
        for text in texts {
            let node = JSONNode(try Document.parse(text))
            nodes[node["url"]?.string ?? ""] = node
        }
    }

    func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? { nodes[canonical.url] }

    static func url(_ name: String) -> String { "https://clinic.example/StructureDefinition/\(name)" }

    static func profile(
        _ name: String, type: String = "Patient", base: String? = nil, elements: [String]
    ) -> String {
        #"""
        {"resourceType": "StructureDefinition", "url": "\#(url(name))", "name": "\#(name)", "status": "active",
         "kind": "resource", "abstract": false, "type": "\#(type)", "derivation": "constraint",
         "baseDefinition": "\#(base ?? "http://hl7.org/fhir/StructureDefinition/\(type)")",
         "differential": {"element": [\#(elements.joined(separator: ", "))]}}
        """#
    }

    /// An extension with a value, or with another extension that it walks into.
    static func `extension`(_ name: String, valueType: String = "string", inner: String? = nil) -> String {
        let content =
            inner.map { inner in
                #"""
                {"id": "Extension.extension:inner", "path": "Extension.extension", "sliceName": "inner",
                 "type": [{"code": "Extension", "profile": ["\#(inner)"]}]},
                {"id": "Extension.extension:inner.value[x]", "path": "Extension.extension.value[x]", "min": 1}
                """#
            } ?? #"{"path": "Extension.value[x]", "min": 1, "type": [{"code": "\#(valueType)"}]}"#
        return #"""
            {"resourceType": "StructureDefinition", "url": "\#(url(name))", "name": "\#(name)", "status": "active",
             "kind": "complex-type", "abstract": false, "type": "Extension", "derivation": "constraint",
             "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
             "differential": {"element": [
               {"path": "Extension.url", "fixedUri": "\#(url(name))"}, \#(content)]}}
            """#
    }

    /// The snapshot of one of them.
    func snapshot(_ name: String) throws -> TestSnapshot {
        guard let node = nodes[Self.url(name)] else { throw SnapshotError(.unknownBase, name) }
        let result = try SnapshotGenerator(source: self).generate(node)
        return TestSnapshot(elements: result.definition["snapshot"]?["element"]?.items ?? [], issues: result.issues)
    }
}

struct TestSnapshot {
    var elements: [JSONNode]
    var issues: [SnapshotIssue]

    var ids: [String] { elements.compactMap { $0["id"]?.string } }

    subscript(id: String) -> JSONNode? { elements.first { $0["id"]?.string == id } }
}
