import Access
import FHIRServerTesting
import JSONTape
import Testing

/// The token endpoint with codes and refresh tokens: what it refuses, then what it grants.
@Suite struct TokenEndpointTests {
    private static func with(
        secret: String? = nil, _ body: @Sendable (AuthHouse, SampleApp) async throws -> Void
    ) async throws {
        try await AuthHouse.with { house in
            _ = try await house.client.put("Patient/ada", #"{"resourceType":"Patient","id":"ada"}"#)
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            try await body(house, try await SampleApp.make(house, secret: secret, person: person))
        }
    }

    @Test func codesAreBoundToWhatTheyWereAskedFor() async throws {
        try await Self.with { house, app in
            let code = try await app.code()
            let other = OAuthClient(
                id: "other", name: "Other", proof: .none, grants: [.authorizationCode], scope: ["openid"],
                redirects: [SampleApp.redirect])
            try await house.add(other)
            let wrong: [(String, String?)] = [
                ("code_verifier", RandomToken.make()), ("code_verifier", nil), ("code_verifier", app.challenge),
                ("redirect_uri", "https://app.example/other"), ("redirect_uri", SampleApp.redirect + "/"),
                ("redirect_uri", nil), ("client_id", "other"), ("code", RandomToken.make()),
            ]
            for (name, value) in wrong {
                let response = try await app.redeem(code, [name: value])
                #expect(response.status == 400)
                #expect(try response.oauthError() == "invalid_grant", "\(name) \(value ?? "missing")")
            }
            let missing = try await app.redeem(code, ["code": nil])
            #expect(try missing.oauthError() == "invalid_request")
            // None of that used the code up.
            #expect(try await app.redeem(code).status == 200)
        }
    }

    @Test func replayedCodeEndsWhatCameOfIt() async throws {
        try await Self.with { house, app in
            let code = try await app.code()
            let first = try await app.redeem(code)
            let tokens = try first.json
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            #expect(try await app.isValid(access))
            let second = try await app.redeem(code)
            #expect(second.status == 400)
            #expect(try second.oauthError() == "invalid_grant")
            #expect(try await !app.isValid(access))
            #expect(try await app.refresh(refresh).oauthError() == "invalid_grant")
        }
    }

    @Test func stolenRefreshTokenEndsItsFamily() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            let stolen = try #require(tokens["refresh_token"]?.string)
            let next = try await app.refresh(stolen).json
            let access = try #require(next["access_token"]?.string)
            let current = try #require(next["refresh_token"]?.string)
            #expect(current != stolen)
            #expect(try await app.isValid(access))
            #expect(try await app.refresh(stolen).oauthError() == "invalid_grant")
            #expect(try await !app.isValid(access))
            #expect(try await app.refresh(current).oauthError() == "invalid_grant")
        }
    }

    @Test func refreshOfManyAtOnceIsGrantedOnce() async throws {
        try await Self.with { house, app in
            let refresh = try #require(try await app.tokens()["refresh_token"]?.string)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { try await app.refresh(refresh).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 400 } == 15)
        }
    }

    @Test func refreshNeverWidens() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            let first = try #require(tokens["refresh_token"]?.string)
            #expect(try await app.refresh(first, ["scope": "patient/*.cruds"]).oauthError() == "invalid_scope")
            #expect(try await app.refresh(first, ["scope": "user/*.rs"]).oauthError() == "invalid_scope")
            let narrow = try await app.refresh(first, ["scope": "openid patient/Observation.rs"]).json
            #expect(narrow["scope"]?.string == "openid patient/Observation.rs")
            // The next one has what was granted, unless it asks for less again.
            let second = try #require(narrow["refresh_token"]?.string)
            #expect(try await app.refresh(second).json["scope"]?.string == SampleApp.scope)
        }
    }

    @Test func clientsProveWhoTheyAre() async throws {
        try await Self.with(secret: "a secret of the app") { house, app in
            let code = try await app.code()
            for secret in ["another secret", nil] {
                let response = try await app.redeem(code, ["client_secret": secret])
                #expect(response.status == 401)
                #expect(try response.oauthError() == "invalid_client")
            }
            #expect(try await app.redeem(code, ["client_id": "nobody"]).oauthError() == "invalid_client")
            let basic = try await house.client.form(
                "/auth/token", "grant_type=authorization_code&code=x", headers: [("Authorization", "Basic YXBwOng=")])
            #expect(basic.status == 401)
            #expect(basic[header: "WWW-Authenticate"]?.hasPrefix("Basic") == true)
            let both = try await house.client.form(
                "/auth/token", "grant_type=authorization_code&code=x&client_id=app&client_secret=y",
                headers: [("Authorization", "Basic YXBwOng=")])
            #expect(try both.oauthError() == "invalid_request")
            #expect(try await app.redeem(code).status == 200)
        }
    }

    @Test(arguments: [
        ("grant_type=password&username=a&password=b&client_id=app", 400, "unsupported_grant_type"),
        ("client_id=app", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=app", 400, "unauthorized_client"),
        ("grant_type=refresh_token&client_id=app", 400, "invalid_request"),
        ("grant_type=refresh_token&refresh_token=x&client_id=app", 400, "invalid_grant"),
        ("grant_type=refresh_token&grant_type=refresh_token&client_id=app", 400, "invalid_request"),
    ])
    func whatIsNoRequestIsRefused(form: String, status: Int, error: String) async throws {
        try await Self.with { house, _ in
            let response = try await house.client.form("/auth/token", form)
            #expect(response.status == status)
            #expect(try response.oauthError() == error)
        }
    }

    @Test func onlyFormsAreTaken() async throws {
        try await Self.with { house, _ in
            let json = try await house.client.send(
                "POST", "/auth/token", body: Array("{}".utf8), headers: [("Content-Type", "application/json")])
            #expect(json.status == 400)
            #expect(try json.oauthError() == "invalid_request")
            #expect(try await house.client.get("/auth/token").status == 405)
        }
    }

    @Test func answerHasEverythingThatSMARTWants() async throws {
        try await Self.with(secret: "a secret of the app") { house, app in
            let response = try await app.redeem(try await app.code())
            #expect(response.status == 200)
            #expect(response[header: "Cache-Control"] == "no-store")
            #expect(response[header: "Pragma"] == "no-cache")
            let tokens = try response.json
            #expect(tokens["token_type"]?.string == "Bearer")
            #expect(tokens["expires_in"]?.integer == 900)
            #expect(tokens["scope"]?.string == SampleApp.scope)
            #expect(tokens["patient"]?.string == "ada")
            let id = try JSONNode.claims(try #require(tokens["id_token"]?.string))
            #expect(id["iss"]?.string == house.issuer)
            #expect(id["aud"]?.string == "app")
            #expect(id["nonce"]?.string == "n-1")
            #expect(id["fhirUser"]?.string == house.base + "/Patient/ada")
            #expect(id["name"]?.string == "Anna Maria Berg")
            let access = try JSONNode.claims(try #require(tokens["access_token"]?.string))
            #expect(access["aud"]?.string == house.base)
            #expect(access["patient"]?.string == "ada")
        }
    }

    /// Access tokens are for us, id_tokens for the app: neither does for the other.
    @Test func identityTokensAreNoAccessTokens() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            #expect(try await app.isValid(try #require(tokens["access_token"]?.string)))
            #expect(try await !app.isValid(try #require(tokens["id_token"]?.string)))
        }
    }

    @Test func switchedOffAccountsAndClientsLoseTheirTokens() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            #expect(try await app.isValid(access))
            #expect(try await house.clients.setEnabled(false, "app"))
            try await Task.sleep(for: .seconds(1))
            #expect(try await !app.isValid(access))
            #expect(try await app.refresh(refresh).oauthError() == "invalid_client")
            #expect(try await app.open().status == 400)
        }
    }
}
