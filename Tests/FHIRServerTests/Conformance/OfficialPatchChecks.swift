import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// The published tests of FHIRPath Patch as clients send them: as XML by PATCH, and as entries of bundles.
@Suite struct OfficialPatchChecks {
    private struct Case {
        var name: String
        /// XML, with its namespaces.
        var input: String
        var diff: String
        var output: String
    }

    private static func cases() throws -> [Case] {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let path = "\(data)/fhir-r4/patch/fhir-patch-tests.xml"
        guard let bytes = FileManager.default.contents(atPath: path) else {
            print("skipped: the tests of FHIRPath Patch are not at \(path)")
            return []
        }
        return try String(decoding: bytes, as: UTF8.self).components(separatedBy: "<case ").dropFirst().map { text in
            Case(
                name: text.components(separatedBy: "\"")[1], input: try resource("input", in: text),
                diff: try resource("diff", in: text), output: try resource("output", in: text))
        }
    }

    private static func resource(_ name: String, in text: String) throws -> String {
        let start = try #require(text.range(of: "<\(name)>"))
        let end = try #require(text.range(of: "</\(name)>"))
        // The file has prefixes for its namespaces, which are declared outside of what is sent.
        var resource = text[start.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
            .replacing("ns0:", with: "")
            .replacing("<html:div", with: #"<div xmlns="http://www.w3.org/1999/xhtml""#)
            .replacing("html:", with: "")
        let space = try #require(resource.firstIndex { ">/ \n".contains($0) })
        resource.insert(contentsOf: #" xmlns="http://hl7.org/fhir""#, at: space)
        return resource
    }

    private func send(
        _ client: TestClient, _ method: String, _ path: String, xml: String
    ) async throws -> TestResponse {
        let headers = [("Content-Type", "application/fhir+xml"), ("Accept", "application/fhir+json")]
        return try await client.send(method, path, body: Array(xml.utf8), headers: headers)
    }

    /// Members by name, without what the server sets; the layout of narratives left out.
    private func normal(_ response: TestResponse) throws -> String {
        func normal(_ node: JSONNode, isRoot: Bool = false) -> String {
            if node.isObject {
                let members = node.members.filter { !isRoot || $0.key != "id" && $0.key != "meta" }
                return "{" + members.map { "\($0.key):\(normal($0.value))" }.sorted().joined(separator: ",") + "}"
            }
            if node.isArray { return "[" + node.elements.map { normal($0) }.joined(separator: ",") + "]" }
            guard let text = node.string else { return String(decoding: node.source, as: UTF8.self) }
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("> <", with: "><")
        }
        return normal(try response.json, isRoot: true)
    }

    @Test("C13: the published tests of FHIRPath Patch hold in PATCH and in bundles", .check("C13"))
    func published() async throws {
        let cases = try Self.cases()
        guard !cases.isEmpty else { return }
        try await TestServer.with { server in
            let client = server.client
            for test in cases {
                let expected = try normal(await send(client, "POST", "$convert", xml: test.output))
                let diff =
                    test.diff.contains("operation")
                    ? try await send(client, "POST", "$convert", xml: test.diff).text
                    : #"{"resourceType":"Parameters"}"#
                for way in ["PATCH", "batch", "transaction"] {
                    let created = try await send(client, "POST", "Patient", xml: test.input)
                    let id = try #require(created.id, "\(test.name): \(created.text)")
                    if way == "PATCH" {
                        let answer = try await send(client, "PATCH", "Patient/\(id)", xml: test.diff)
                        #expect(answer.status == 200, "\(test.name): \(answer.text)")
                    } else {
                        let answer = try await client.post(
                            "", RequestBundles.bundle(way, [RequestBundles.entry("PATCH", "Patient/\(id)", diff)]))
                        #expect(try answer.entryStatuses == ["200"], "\(test.name): \(answer.text)")
                    }
                    #expect(try normal(await client.get("Patient/\(id)")) == expected, "\(test.name) by \(way)")
                }
            }
        }
    }
}
