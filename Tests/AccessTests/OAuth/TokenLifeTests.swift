import Access
import FHIRServerTesting
import JSONTape
import Testing

/// Introspection, revocation, userinfo, launches, registration.
@Suite struct TokenLifeTests {
    private static let secret = "the secret of a service"

    private static func with(_ body: @Sendable (AuthHouse, SampleApp) async throws -> Void) async throws {
        try await AuthHouse.with { house in
            _ = try await house.client.put("Patient/ada", #"{"resourceType":"Patient","id":"ada"}"#)
            let encounter = """
                {"resourceType":"Encounter","id":"visit","status":"in-progress","class":{"system":
                "http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/ada"}}
                """
            #expect(try await house.client.put("Encounter/visit", encounter).status == 201)
            try await house.add(
                OAuthClient(
                    id: "service", name: "Service", proof: .secret(ClientSecret.hash(secret)),
                    grants: [.clientCredentials], scope: ["system/*.rs"]))
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            try await body(house, try await SampleApp.make(house, person: person))
        }
    }

    private static func introspect(_ house: AuthHouse, _ token: String) async throws -> JSONNode {
        let items = [("token", token), ("client_id", "service"), ("client_secret", secret)]
        return try await house.client.form("/auth/introspect", SampleApp.form(items)).json
    }

    @Test func introspectionTellsWhatATokenIsFor() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            let access = try #require(tokens["access_token"]?.string)
            let found = try await Self.introspect(house, access)
            #expect(found["active"]?.bool == true)
            #expect(found["client_id"]?.string == "app")
            #expect(found["patient"]?.string == "ada")
            #expect(found["scope"]?.string == SampleApp.scope)
            #expect(found["fhirUser"]?.string == house.base + "/Patient/ada")
            for token in ["abc", access + "x", String(access.dropLast(4)) + "AAAA"] {
                let unknown = try await Self.introspect(house, token)
                #expect(unknown["active"]?.bool == false)
                #expect(unknown.count == 1)
            }
            let form = SampleApp.form([("token", access), ("client_id", "app")])
            #expect(try await house.client.form("/auth/introspect", form).status == 401)
            #expect(try await house.client.form("/auth/introspect", "token=x").status == 401)
        }
    }

    @Test func revocationActsAtOnce() async throws {
        try await Self.with { house, app in
            let (first, second) = (try await app.tokens(), try await app.tokens())
            let access = try #require(first["access_token"]?.string)
            let revoke = { (token: String) in
                try await house.client.form("/auth/revoke", SampleApp.form([("token", token), ("client_id", "app")]))
            }
            #expect(try await app.isValid(access))
            #expect(try await revoke(access).status == 200)
            #expect(try await !app.isValid(access))
            #expect(try await Self.introspect(house, access)["active"]?.bool == false)
            // The refresh token of the first lives on; that of the second takes everything with it.
            #expect(try await app.refresh(try #require(first["refresh_token"]?.string)).status == 200)
            #expect(try await revoke(try #require(second["refresh_token"]?.string)).status == 200)
            #expect(try await !app.isValid(try #require(second["access_token"]?.string)))
            #expect(try await revoke("unknown").status == 200)
        }
    }

    @Test func tokensOfOthersAreNotRevoked() async throws {
        try await Self.with { house, app in
            let tokens = try await app.tokens()
            for name in ["access_token", "refresh_token"] {
                let items = [
                    ("token", try #require(tokens[named: name]?.string)), ("client_id", "service"),
                    ("client_secret", Self.secret),
                ]
                let response = try await house.client.form("/auth/revoke", SampleApp.form(items))
                #expect(try response.oauthError() == "unauthorized_client")
            }
            #expect(try await app.isValid(try #require(tokens["access_token"]?.string)))
        }
    }

    @Test func userInfoNeedsATokenOfAPerson() async throws {
        try await Self.with { house, app in
            let missing = try await house.client.get("/auth/userinfo")
            #expect(missing.status == 401)
            #expect(missing[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            let wrong = try await house.client.get("/auth/userinfo", headers: [("Authorization", "Bearer abc")])
            #expect(wrong[header: "WWW-Authenticate"]?.contains("invalid_token") == true)
            var silent = app
            silent.scope = "launch/patient patient/*.rs"
            let token = try #require(try await silent.tokens()["access_token"]?.string)
            let bare = try await house.client.get("/auth/userinfo", headers: [("Authorization", "Bearer \(token)")])
            #expect(bare.status == 403)
            let access = try #require(try await app.tokens()["access_token"]?.string)
            let found = try await house.client.get("/auth/userinfo", headers: [("Authorization", "Bearer \(access)")])
                .json
            #expect(found["fhirUser"]?.string == house.base + "/Patient/ada")
            #expect(found["given_name"]?.string == "Anna Maria")
            #expect(found["email"] == nil)
            var telling = app
            telling.scope = "openid email launch/patient patient/*.rs"
            let more = try #require(try await telling.tokens()["access_token"]?.string)
            let told = try await house.client.get("/auth/userinfo", headers: [("Authorization", "Bearer \(more)")]).json
            #expect(told["email"]?.string == "ada@example.org")
            #expect(told["email_verified"]?.bool == true)
        }
    }

    @Test func launchesCarryTheirContext() async throws {
        try await Self.with { house, app in
            var app = app
            app.scope = "openid user/*.rs"
            // In whose care the patient is not, that physician opens nothing.
            app.cookie = try await house.signIn(
                try await house.addPerson("doc@example.org", roles: ["physician"]))
            let stranger = try #require(try await app.tokens()["access_token"]?.string)
            app.cookie = try await house.signIn(try await house.addPerson("nurse@example.org", roles: ["nurse"]))
            let bearer = try #require(try await app.tokens()["access_token"]?.string)
            let open = { (body: String, token: String) in
                try await house.client.send(
                    "POST", "/auth/launch", body: Array(body.utf8),
                    headers: [("Content-Type", "application/json"), ("Authorization", "Bearer \(token)")])
            }
            let wrong = [
                #"{"patient":"ada"}"#, #"{"client":"nobody"}"#, #"{"client":"app","patient":"nobody"}"#,
                #"{"client":"app","encounter":"nothing"}"#, #"{"client":"app","patient":"b","encounter":"visit"}"#,
                "[]",
            ]
            for body in wrong { #expect(try await open(body, bearer).status == 400, "\(body)") }
            for body in [#"{"client":"app","patient":"ada"}"#, #"{"client":"app","encounter":"visit"}"#] {
                #expect(try await open(body, stranger).status == 400, "\(body)")
            }
            let body = #"{"client":"app","encounter":"Encounter/visit","need_patient_banner":false}"#
            let handle = try #require(try await open(body, bearer).json["launch"]?.string)
            app.scope = "launch openid patient/*.rs offline_access"
            app.changes = ["launch": handle]
            // Nobody else can use the handle.
            var thief = app
            thief.cookie = try await house.signIn(try await house.addPerson("eve@example.org", roles: ["nurse"]))
            #expect(try SampleApp.answer(try await thief.open())["error"] == "invalid_request")
            let tokens = try await app.tokens()
            #expect(tokens["patient"]?.string == "ada")
            #expect(tokens["encounter"]?.string == "visit")
            #expect(tokens["need_patient_banner"]?.bool == false)
            #expect(tokens["smart_style_url"]?.string == house.issuer + "/auth/style")
            // And nobody twice.
            #expect(try SampleApp.answer(try await app.open())["error"] == "invalid_request")
        }
    }

    @Test func patientsLaunchNothing() async throws {
        try await Self.with { house, app in
            let token = try #require(try await app.tokens()["access_token"]?.string)
            let response = try await house.client.form(
                "/auth/launch", "client=app&patient=ada", headers: [("Authorization", "Bearer \(token)")])
            #expect(response.status == 403)
        }
    }

    @Test func registrationIsOffUnlessSwitchedOn() async throws {
        try await Self.with { house, _ in
            let response = try await house.client.post("/auth/register", "{}")
            #expect(response.status == 404)
        }
        try await AuthHouse.with(takesRegistrations: true) { house in
            let register = { (body: String) in
                try await house.client.send(
                    "POST", "/auth/register", body: Array(body.utf8), headers: [("Content-Type", "application/json")])
            }
            let wrong = [
                (#"{"redirect_uris":["http://app.example/"]}"#, "invalid_redirect_uri"),
                (#"{"redirect_uris":["javascript:alert(1)"]}"#, "invalid_redirect_uri"),
                (#"{"redirect_uris":["https://app.example/#x"]}"#, "invalid_redirect_uri"),
                (#"{}"#, "invalid_redirect_uri"),
                (#"{"redirect_uris":["https://a.example/"],"scope":"system/*.rs"}"#, "invalid_client_metadata"),
                (#"{"redirect_uris":["https://a.example/"],"scope":"everything"}"#, "invalid_client_metadata"),
                (
                    #"{"redirect_uris":["https://a.example/"],"grant_types":["client_credentials"]}"#,
                    "invalid_client_metadata"
                ),
                (
                    #"{"redirect_uris":["https://a.example/"],"token_endpoint_auth_method":"private_key_jwt","#
                        + #""jwks_uri":"http://127.0.0.1/k"}"#,
                    "invalid_client_metadata"
                ),
                ("[]", "invalid_client_metadata"),
            ]
            for (body, error) in wrong {
                let response = try await register(body)
                #expect(response.status == 400)
                #expect(try response.oauthError() == error, "\(body)")
            }
            let made = try await register(
                #"{"client_name":"New","redirect_uris":["https://a.example/"],"grant_types":["authorization_code"]}"#)
            #expect(made.status == 201)
            let id = try #require(try made.json["client_id"]?.string)
            let secret = try #require(try made.json["client_secret"]?.string)
            let known = try #require(try await house.clients.find(id))
            guard case .secret(let hash) = known.proof else { throw CancellationError() }
            #expect(ClientSecret.matches(secret, hash))
        }
    }
}
