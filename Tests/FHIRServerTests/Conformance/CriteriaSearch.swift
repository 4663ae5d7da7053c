import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import Testing

/// A server with resources to be found by criteria.
struct CriteriaSearch {
    let client: TestClient

    static func with(_ resources: [String], _ body: (CriteriaSearch) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = nil
            $0.checksStructure = false
        } _: { server in
            let search = CriteriaSearch(client: server.client)
            for resource in resources { try await search.put(resource) }
            try await body(search)
        }
    }

    /// Under which the server is reached, besides its port.
    private static let base = TestStore.base

    /// Stores a resource under the id it brings; `[base]` stands for the server's own address.
    func put(_ resource: String) async throws {
        let text = resource.replacing("[base]", with: Self.base)
        let node = JSONNode(try Document.parse(Array(text.utf8)))
        let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await client.put(address, text)
        #expect(answer.status == 201, "\(address): \(answer.text)")
    }

    /// The answer to `Type?name=value&…`, written without encoding but of `&`, `=` and `%` in values.
    func get(_ query: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await client.get(
            Self.encode(query.replacing("[base]", with: Self.base)), headers: headers)
    }

    private static func encode(_ query: String) -> String {
        var result = ""
        for byte in query.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "?&=%-._~:/,$*".contains(character) {
                result.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }

    /// Checks which ids searches find, sorted and joined by blanks.
    func expect(
        _ table: [(query: String, ids: String)], _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for (query, ids) in table {
            let answer = try await get(query)
            guard answer.status == 200 else {
                Issue.record("\(query): \(answer.status) \(answer.text)", sourceLocation: location)
                continue
            }
            let found = (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
            #expect(found.sorted().joined(separator: " ") == ids, "\(query)", sourceLocation: location)
        }
    }

    /// Checks that searches are refused, and that the outcome says of what.
    func expectRefused(
        _ table: [(query: String, word: String)], _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for (query, word) in table {
            let answer = try await get(query)
            #expect(answer.status == 400, "\(query): \(answer.status) \(answer.text)", sourceLocation: location)
            #expect(
                try answer.json["resourceType"]?.string == "OperationOutcome" && answer.text.contains(word),
                "\(query): \(answer.text)", sourceLocation: location)
        }
    }
}
