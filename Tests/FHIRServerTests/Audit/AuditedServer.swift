import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL

/// A server that keeps a record, and what is on it.
struct AuditedServer: Sendable {
    let server: TestServer

    var client: TestClient { server.client }

    static func with(
        _ configure: (inout TestServer.Options) -> Void = { _ in }, _ body: (AuditedServer) async throws -> Void
    ) async throws {
        try await TestServer.with { options in
            options.types = TestStore.commonTypes + ["AuditEvent", "Basic", "Binary"]
            options.isAudited = true
            configure(&options)
        } _: {
            try await body(AuditedServer(server: $0))
        }
    }

    /// What is on record of a request, in order.
    func events(of request: String) async throws -> [Event] {
        try await events().filter { $0.requestID == request }
    }

    /// All that is on record, in order.
    func events() async throws -> [Event] {
        try await server.store.audit?.settle()
        let rows = try await server.test.database.query(SQLStatement("SELECT record FROM audit_log ORDER BY seq"))
        return try (0..<rows.rowCount).map { Event(JSONNode(try Document.parse(rows.bytes($0, 0) ?? []))) }
    }

    /// Sends a request as somebody and returns its answer with what is on record of it.
    func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = [], id: String
    ) async throws -> (response: TestResponse, events: [Event]) {
        let all = headers + [("X-Request-Id", id), ("X-Martlet-Actor", "Practitioner/ada")]
        let response =
            if let body {
                try await client.send(method, path, json: Array(body.utf8), headers: all)
            } else {
                try await client.send(method, path, headers: all)
            }
        return (response, try await events(of: id))
    }
}

/// An AuditEvent, as far as tests look at it.
struct Event: CustomStringConvertible {
    let json: JSONNode

    init(_ json: JSONNode) { self.json = json }

    /// `read R 0`: interaction, action, outcome.
    var description: String {
        "\(json["subtype"]?.items.first?["code"]?.string ?? "-") \(json["action"]?.string ?? "-") \(outcome)"
    }
    var outcome: String { json["outcome"]?.string ?? "-" }
    var words: String { json["outcomeDesc"]?.string ?? "" }
    var requestID: String? {
        entities.lazy.compactMap { $0["what"]?["identifier"]?["value"]?.string }.first
    }
    var agents: [JSONNode] { json["agent"]?.items ?? [] }
    var who: String? { agents.lazy.compactMap { $0["who"]?["reference"]?.string }.first }
    var program: String? { agents.lazy.compactMap { $0["who"]?["identifier"]?["value"]?.string }.first }
    var address: String? { agents.lazy.compactMap { $0["network"]?["address"]?.string }.first }
    var profile: String? { json["meta"]?["profile"]?.items.first?.string }
    /// `Patient/1/_history/2`: all that it is about, without its request.
    var references: [String] { entities.compactMap { $0["what"]?["reference"]?.string } }
    var query: String? { entities.lazy.compactMap { $0["description"]?.string }.first }
    var before: String? {
        entities.lazy.compactMap { $0["detail"]?.items.first?["valueString"]?.string }.first
    }
    private var entities: [JSONNode] { json["entity"]?.items ?? [] }
}
