import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Whoever tries what is not theirs leaves a trace: every refused call is on record, with what it was refused for.
@Suite struct RefusedCallTests {
    @Test func `every refused call is on record`() async throws {
        try await MarkedClinic.with(isAudited: true) { server in
            let statement = try await server.client.get("metadata").json
            let roads = DeclaredRoads(statement, types: MarkedClinic.types).all
            var refused: [String: String] = [:]
            for role in ["physician", "cashier", "patient", "system"] {
                let client = server.client(role: role, tenant: "b")
                for road in roads where (road.number + role.utf8.count) % 60 == 0 {
                    var asked = road.with(MarkedClinic.prefix)
                    let id = "\(role)-\(refused.count)"
                    asked.headers.append(("X-Request-Id", id))
                    let answer = try await asked.send(client)
                    if answer.status >= 400 { refused[id] = "\(answer.status) \(role) \(road.method) \(road.path)" }
                }
            }
            let recorded = try await Self.refusalsOnRecord(server)
            let missing = refused.filter { !recorded.contains($0.key) }.map(\.value).sorted()
            #expect(missing.isEmpty, "\(missing.count) of \(refused.count): \(missing.prefix(20))")
            #expect(refused.count > 100)
        }
    }

    /// Ids of requests for which there is an event that says something went wrong.
    private static func refusalsOnRecord(_ server: TestServer) async throws -> Set<String> {
        try await server.store.audit?.settle()
        let rows = try await server.test.database.query(SQLStatement("SELECT record FROM audit_log ORDER BY seq"))
        var ids: Set<String> = []
        for row in 0..<rows.rowCount {
            let event = JSONNode(try Document.parse(rows.bytes(row, 0) ?? []))
            guard event["outcome"]?.string != "0" else { continue }
            for entity in event["entity"]?.items ?? [] {
                if let id = entity["what"]?["identifier"]?["value"]?.string { ids.insert(id) }
            }
        }
        return ids
    }
}
