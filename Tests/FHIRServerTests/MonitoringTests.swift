import FHIRServerTesting
import Testing

@Suite struct MonitoringTests {
    @Test func healthAndMetrics() async throws {
        try await TestServer.with { server in
            #expect(try await server.client.get("/health/live").status == 200)
            #expect(try await server.client.get("/health/ready").text == #"{"status":"ready"}"#)
            _ = try await server.client.get("Patient/secret-id")
            let metrics = try await server.client.get("/metrics")
            #expect(metrics[header: "Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let line = #"martlet_http_requests_total{route="/fhir/{type}/{id}",method="GET",status="404"} 1"#
            #expect(metrics.text.contains(line))
            #expect(metrics.text.contains("martlet_database_reads_total"))
            #expect(!metrics.text.contains("secret-id"))
        }
    }

    static let requestIDsAreEchoedIfHarmlessCases: [(String, Bool)] = [
        ("my-id.1", true), ("bad id", false), (String(repeating: "x", count: 65), false),
    ]

    @Test func requestIDsAreEchoedIfHarmless() async throws {
        try await TestServer.with { server in
            for (id, isEchoed) in Self.requestIDsAreEchoedIfHarmlessCases {
                let answer = try await server.client.get("/health/live", headers: [("X-Request-Id", id)])
                #expect((answer[header: "X-Request-Id"] == id) == isEchoed)
                #expect(answer[header: "X-Request-Id"]?.isEmpty == false)
            }
        }
    }
}
