import Access
import FHIRServerTesting
import FHIRStore
import JSONTape
import PostgreSQL
import FHIRStoreTesting
import Testing

/// Who signed in, who failed to, and which programs got tokens.
@Suite struct SignInRecordTests {
    private static let secret = "correct-horse-battery-staple"

    /// `session.started 0 Person/1 app`
    private func words(_ house: AuthHouse) async throws -> [String] {
        try await house.server.store.audit?.settle()
        let rows = try await house.server.test.database.query(
            SQLStatement("SELECT record FROM audit_log ORDER BY seq"))
        return try (0..<rows.rowCount).compactMap { row in
            let event = JSONNode(try Document.parse(rows.bytes(row, 0) ?? []))
            let codes = (event["subtype"]?.items ?? []).compactMap { $0["code"]?.string }
            guard let deed = codes.last, deed.contains(".") else { return nil }
            let agents = event["agent"]?.items ?? []
            let person = agents.lazy.compactMap { $0["who"]?["reference"]?.string }.first ?? "-"
            let program = agents.lazy.compactMap { $0["who"]?["identifier"]?["value"]?.string }.first ?? "-"
            #expect(agents.contains { $0["network"]?["address"]?.string == "127.0.0.1" })
            return "\(deed) \(event["outcome"]?.string ?? "-") \(person) \(program)"
        }
    }

    @Test func signInsAreOnRecordWithTheirFailures() async throws {
        try await AuthHouse.with(isAudited: true) { house in
            let person = try await house.addPerson("ada@clinic.example", roles: ["nurse"])
            let wrong = #"{"email":"ada@clinic.example","password":"wrong password 1"}"#
            let answer = try await house.client.send(
                "POST", "/auth/sign-in", body: Array(wrong.utf8), headers: [("Content-Type", "application/json")])
            #expect(answer.status == 401)
            let cookie = try await house.signIn(person)
            let out = try await house.client.send(
                "POST", "/auth/sign-out", body: [],
                headers: [("Cookie", "martlet_session=\(cookie)")])
            #expect(out.status < 400, "\(out.text)")
            let found = try await words(house)
            #expect(found.contains("session.refused 4 - -"))
            #expect(found.contains("session.ended 0 Person/\(person) -"))
            let texts = try await house.server.test.database.query(
                SQLStatement("SELECT count(*) FROM audit_log WHERE record LIKE '%wrong password%'"))
            #expect(texts.int64(0, 0) == 0)
        }
    }

    @Test func tokensAreOnRecordWithTheirRefusals() async throws {
        try await AuthHouse.with(isAudited: true) { house in
            try await house.add(
                OAuthClient(
                    id: "lab", name: "Laboratory", proof: .secret(ClientSecret.hash(Self.secret)),
                    grants: [.clientCredentials], scope: ["system/Patient.rs"]))
            func ask(_ secret: String) async throws -> TestResponse {
                try await house.client.form(
                    "/auth/token", "grant_type=client_credentials&client_id=lab&client_secret=\(secret)")
            }
            #expect(try await ask(Self.secret).status == 200)
            #expect(try await ask("wrong-secret-wrong-secret").status == 401)
            let found = try await words(house)
            #expect(found == ["token.issued 0 - lab", "token.refused 4 - lab"])
            let texts = try await house.server.test.database.query(
                SQLStatement("SELECT count(*) FROM audit_log WHERE record LIKE '%secret%'"))
            #expect(texts.int64(0, 0) == 0)
        }
    }

    @Test func consentsAreOnRecord() async throws {
        try await AuthHouse.with(isAudited: true) { house in
            let person = try await house.addPerson("ada@clinic.example", roles: ["nurse"])
            var app = try await SampleApp.make(house, person: person)
            app.scope = "openid user/*.rs"
            _ = try await app.tokens()
            // Nobody is asked now, so there is no consent, but a token.
            _ = try await app.tokens()
            #expect(try await house.client.delete("/auth/consents/app", headers: app.browser).status == 200)
            let found = try await words(house).filter { !$0.hasPrefix("session.") }
            #expect(
                found == [
                    "consent.given 0 Person/\(person) app", "token.issued 0 Person/\(person) app",
                    "token.issued 0 Person/\(person) app", "consent.revoked 0 Person/\(person) app",
                ])
        }
    }
}
