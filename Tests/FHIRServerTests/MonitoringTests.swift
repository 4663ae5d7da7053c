import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import PostgreSQL
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

    @Test func whatWaitsForReceiversIsMeasured() async throws {
        try await TestServer.with { options in
            options.migrations = OutboundMigrations.all
        } _: { server in
            #expect(try await !server.client.get("/metrics").text.contains("martlet_hl7_delivery"))
            try await server.test.database.script(
                """
                INSERT INTO hl7_destination (name, settings) VALUES ('out.lab-1', '{}'), ('idle', '{}');
                INSERT INTO hl7_delivery (destination, key, kind, control_id, resource, version, body, state)
                SELECT 'out.lab-1', 'k', 'ADT^A28', n::text, 'Patient/secret-' || n, 1, '', s
                FROM unnest('{1,2,3}'::int[], '{waiting,waiting,dead}'::text[]) x (n, s);
                """)
            let text = try await server.client.get("/metrics").text
            for line in [
                #"martlet_hl7_delivery_waiting{destination="out.lab-1"} 2"#,
                #"martlet_hl7_delivery_dead{destination="out.lab-1"} 1"#,
                #"martlet_hl7_delivery_waiting{destination="idle"} 0"#,
                #"martlet_hl7_delivery_oldest_seconds{destination="idle"} 0"#,
            ] { #expect(text.contains(line + "\n"), "\(line)") }
            #expect(text.contains("martlet_hl7_delivery_oldest_seconds{destination=\"out.lab-1\"} "))
            #expect(!text.contains("secret"))
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

    @Test func lagOfTheRecordIsMeasured() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.get("Patient/none")
            try await audited.server.store.audit?.settle()
            let settled = try await audited.client.get("/metrics").text
            #expect(settled.contains("martlet_audit_waiting 0\n"))
            #expect(settled.contains("martlet_audit_lag_seconds 0\n"))
            try await audited.server.test.database.script(
                """
                INSERT INTO audit_inbox (happened, effect, status, context)
                SELECT now() - interval '90 seconds', 'R', 200, '{"deed":"read"}' FROM generate_series(1, 3)
                """)
            let text = try await audited.client.get("/metrics").text
            #expect(text.contains("martlet_audit_waiting 3\n"))
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("martlet_audit_lag_seconds ") })
            #expect(line.split(separator: " ").last.flatMap { Int($0) } ?? 0 >= 90)
        }
    }
}
