import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import Testing

/// A server with resources to be found by their values.
enum ValueSearch {
    /// One list for all suites, so that they share a template of the database.
    private static let types =
        (TestStore.commonTypes + ["CarePlan", "ChargeItem", "DocumentReference", "RiskAssessment"]).sorted()

    /// - Parameter resources: `Type/id` and the members besides `resourceType` and `id`, as JSON.
    static func with(
        _ resources: [(String, String)], _ body: (TestClient) async throws -> Void
    ) async throws {
        try await TestServer.with {
            $0.types = types
        } _: { server in
            for (address, members) in resources { try await put(address, members, server.client) }
            try await body(server.client)
        }
    }

    static func put(_ address: String, _ members: String, _ client: TestClient) async throws {
        let parts = address.split(separator: "/")
        let rest = members.isEmpty ? "" : "," + members
        let answer = try await client.put(
            address, #"{"resourceType":"\#(parts[0])","id":"\#(parts[1])"\#(rest)}"#)
        #expect(answer.status == 201 || answer.status == 200, "\(address): \(answer.text)")
    }

    /// Ids of all matches, sorted, joined by blanks.
    static func ids(
        _ client: TestClient, _ query: String, _ location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let answer = try await client.get(query + "&_count=200")
        #expect(answer.status == 200, "\(query): \(answer.text)", sourceLocation: location)
        guard answer.status == 200 else { return "status \(answer.status)" }
        return (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }.sorted()
            .joined(separator: " ")
    }
}

extension TestClient {
    /// Checks that queries, written without encoding, find these ids.
    func expect(
        _ type: String, _ table: [(query: String, ids: String)], _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for (query, ids) in table {
            let (name, value) = (query.prefix { $0 != "=" }, query.drop { $0 != "=" }.dropFirst())
            let encoded = name + "=" + FHIRQuery.encode(String(value))
            let found = try await ValueSearch.ids(self, "\(type)?\(encoded)", location)
            #expect(found == ids, "\(type)?\(query)", sourceLocation: location)
        }
    }

    /// Checks that queries are refused as invalid values.
    func expectRefused(
        _ type: String, _ queries: [String], _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for query in queries {
            let (name, value) = (query.prefix { $0 != "=" }, query.drop { $0 != "=" }.dropFirst())
            let answer = try await get("\(type)?\(name)=\(FHIRQuery.encode(String(value)))")
            #expect(answer.status == 400 && answer.isOutcome, "\(query): \(answer.status)", sourceLocation: location)
        }
    }
}
