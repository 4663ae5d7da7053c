import FHIRServerTesting
import JSONTape
import Testing

/// A server with terminologies on it, and short forms of questions and answers.
enum TerminologyServer {
    static func with(_ resources: [String], _ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.types = ["CodeSystem", "ValueSet", "ConceptMap", "Patient"]
        } _: { server in
            for resource in resources { try await put(resource, on: server.client) }
            try await body(server.client)
        }
    }

    static func put(_ resource: String, on client: TestClient) async throws {
        let node = JSONNode(try Document.parse(resource))
        let path = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await client.put(path, resource)
        #expect(answer.status == 200 || answer.status == 201, "\(path): \(answer.text)")
    }

    /// A Parameters resource with these, each a JSON member such as `"valueCode":"x"`.
    static func parameters(_ parameters: [(String, String)]) -> String {
        let list = parameters.map { #"{"name":"\#($0.0)",\#($0.1)}"# }.joined(separator: ",")
        return #"{"resourceType":"Parameters","parameter":[\#(list)]}"#
    }

    static let colours = #"""
        {"resourceType":"CodeSystem","id":"colours","url":"http://c.example/colours","version":"2","name":"Colours",
         "status":"active","language":"en","caseSensitive":true,"hierarchyMeaning":"is-a","content":"complete",
         "property":[{"code":"warm","type":"boolean"},{"code":"status","type":"code"}],
         "concept":[{"code":"colour","display":"Colour","property":[{"code":"notSelectable","valueBoolean":true}],
          "concept":[{"code":"red","display":"Red","definition":"As blood.",
            "designation":[{"language":"de","use":{"system":"urn:use","code":"short"},"value":"Rot"}],
            "property":[{"code":"warm","valueBoolean":true}],
            "concept":[{"code":"crimson","display":"Crimson"}]},
           {"code":"blue","display":"Blue","property":[{"code":"warm","valueBoolean":false}]},
           {"code":"puce","display":"Puce","property":[{"code":"status","valueCode":"retired"}]}]}]}
        """#

    static func valueSet(_ id: String, _ compose: String, more: String = "") -> String {
        #"""
        {"resourceType":"ValueSet","id":"\#(id)","url":"http://c.example/vs/\#(id)","name":"N",
         "status":"active",\#(more)"compose":{\#(compose)}}
        """#
    }

    static let all = valueSet("all", #""include":[{"system":"http://c.example/colours"}]"#)
}

extension TestResponse {
    /// The parameter of a Parameters resource: its value as text.
    func parameter(_ name: String) throws -> String? {
        #expect(status == 200, "\(text)")
        return try json.parameter(name)
    }

    /// The codes of an expansion in order, those within others in brackets.
    func codes() throws -> String {
        #expect(status == 200, "\(text)")
        func text(_ node: JSONNode?) -> String {
            (node?["contains"]?.items ?? []).map { entry in
                let inner = text(entry)
                return (entry["code"]?.string ?? "-") + (inner.isEmpty ? "" : "(\(inner))")
            }.joined(separator: " ")
        }
        return text(try json["expansion"])
    }
}

extension JSONNode {
    /// The parameters or parts of this name.
    func parameters(_ name: String) -> [JSONNode] {
        (self["parameter"] ?? self["part"])?.items.filter { $0["name"]?.string == name } ?? []
    }

    func parameter(_ name: String) -> String? {
        guard let node = parameters(name).first else { return nil }
        for (key, value) in node.members where key.hasPrefix("value") {
            return value["code"]?.string ?? value.string ?? value.numberText ?? value.bool.map { $0 ? "true" : "false" }
        }
        return nil
    }
}
