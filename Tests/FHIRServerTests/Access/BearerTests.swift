import FHIRServer
import FHIRServerTesting
import FHIRStoreTesting
import Testing

@Suite struct AccessTests {
    @Test func withoutAValidTokenNothingIsToldButTheCapabilities() async throws {
        try await TestServer.with {
            $0.needsToken = true
        } _: { server in
            for header in ["", "Bearer nonsense", "Basic abc", "Bearer"] {
                let headers = header.isEmpty ? [] : [("Authorization", header)]
                let answer = try await server.client.get("Patient/1", headers: headers)
                #expect(answer.status == 401)
                #expect(answer.issueCodes == ["unauthorized"])
                #expect(answer[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            }
            #expect(try await server.client.get("Nonsense/1").status == 401)
            #expect(try await server.client.get("metadata").status == 200)
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    @Test func tokensAreIssuedAndExpire() async throws {
        try await TestServer.with {
            $0.needsToken = true
        } _: { server in
            let tokens = AccessTokens(database: server.test.database)
            let lasting = try await tokens.issue(name: "lasting", lifetimeSeconds: nil)
            let late = try await tokens.issue(name: "late", lifetimeSeconds: 3600)
            let expired = try await tokens.issue(name: "gone", lifetimeSeconds: 0)
            for (token, status) in [(lasting, 404), (late, 404), (expired, 401)] {
                let answer = try await server.client.get("Patient/1", headers: [("Authorization", "bearer \(token)")])
                #expect(answer.status == status)
            }
        }
    }
}
