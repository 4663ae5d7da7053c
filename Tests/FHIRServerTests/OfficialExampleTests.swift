import FHIRDefinitions
import FHIRFormats
import FHIRServerTesting
import FoundationEssentials
import JSONTape
import Testing

/// Every official R4 example goes in by PUT and comes back equal: numbers by text, no key lost. Once in JSON; once in
/// XML, read back in both.
@Suite struct OfficialExampleTests {
    private static var folder: String {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        return "\(data)/fhir-r4/examples"
    }

    @Test(arguments: [false, true])
    func allComeBackEqual(asXML: Bool) async throws {
        let folder = Self.folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            print("skipped: the official examples are not at \(folder)")
            return
        }
        let files = names.filter { $0.hasSuffix(".json") }.sorted()
        let failures = try await TestServer.with {
            $0.types = nil
        } _: { server in
            try await withThrowingTaskGroup(of: String?.self) { group in
                var failures: [String] = []
                for (number, file) in files.enumerated() {
                    if number >= 16, let failure = try await group.next() ?? nil { failures.append(failure) }
                    group.addTask { try await Self.roundTrip("\(folder)/\(file)", asXML: asXML, server.client) }
                }
                for try await case let failure? in group { failures.append(failure) }
                return failures
            }
        }
        for failure in failures { print(failure) }
        let format = asXML ? "XML" : "JSON"
        let equal = files.count - failures.count
        print("official examples as \(format): \(equal) of \(files.count) came back equal")
        #expect(failures.isEmpty)
    }

    private static let reader = XMLResourceReader(definitions: .r4)
    private static let writer = XMLResourceWriter(definitions: .r4)

    /// Nil if the file came back equal, else what went wrong.
    private static func roundTrip(_ path: String, asXML: Bool, _ client: TestClient) async throws -> String? {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let file = path.split(separator: "/").last ?? ""
        let sent = JSONNode(try Document.parse(bytes))
        guard let type = sent["resourceType"]?.string, let id = sent["id"]?.string else {
            return "\(file): no type or id"
        }
        let body = asXML ? writer.xml(sent.document) ?? [] : bytes
        let format = "application/fhir+\(asXML ? "xml" : "json")"
        let put = try await client.send(
            "PUT", "\(type)/\(id)", body: body, headers: [("Content-Type", format), ("Accept", format)])
        guard put.status == 201 || put.status == 200 else { return "\(file): \(put.status) \(put.text.prefix(400))" }
        let read = try await client.get("\(type)/\(id)", headers: [("Accept", "application/fhir+json")])
        guard read.status == 200 else { return "\(file): read \(read.status)" }
        if let found = difference(sent, try read.json, at: type) { return "\(file): \(found)" }
        guard asXML else { return nil }
        let xml = try await client.get("\(type)/\(id)", headers: [("Accept", "application/fhir+xml")])
        guard xml.status == 200 else { return "\(file): read as XML \(xml.status)" }
        return difference(sent, JSONNode(try reader.document(xml.body)), at: type).map { "\(file) as XML: \($0)" }
    }

    /// The first place where the two differ; what the server sets in `meta` is left out.
    private static func difference(_ left: JSONNode, _ right: JSONNode, at path: String) -> String? {
        if left.isObject, right.isObject {
            var keys = Set(left.members.map(\.key)).union(right.members.map(\.key))
            if path.hasSuffix(".meta") && path.filter({ $0 == "." }).count == 1 {
                keys.subtract(["versionId", "lastUpdated"])
            }
            for key in keys.sorted() {
                let inside = "\(path).\(key)"
                if inside.hasSuffix(".meta"), left["meta"] == nil { continue }
                guard let a = left[named: key], let b = right[named: key] else {
                    return "\(inside) is on one side only"
                }
                if let found = difference(a, b, at: inside) { return found }
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
}
