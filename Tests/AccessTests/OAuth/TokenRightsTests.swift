import Access
import FHIRServer
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import Testing

/// What the server's own tokens reach of the FHIR API: the whole way from signing in to rows.
@Suite struct TokenRightsTests {
    /// A house with two patients, and the headers of somebody who sees everything.
    private static func with(
        _ body: @Sendable (AuthHouse, _ all: [(String, String)]) async throws -> Void
    ) async throws {
        try await AuthHouse.with(needsToken: true) { house in
            let tokens = StandingTokens(database: house.server.test.database)
            let token = try await tokens.issue(.everything(name: "tests"), scope: nil, lifetimeSeconds: nil)
            let all = bearer(token)
            for id in ["ada", "ben"] {
                let patient = #"{"resourceType":"Patient","id":"\#(id)","name":[{"family":"Lind"}]}"#
                #expect(try await house.client.put("Patient/\(id)", patient, headers: all).status == 201)
            }
            try await body(house, all)
        }
    }

    private static func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    private static func ids(_ response: TestResponse) throws -> [String] {
        (try response.json["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }.sorted()
    }

    @Test func patientsReachTheirOwnRecord() async throws {
        try await Self.with { house, all in
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            let app = try await SampleApp.make(house, person: person)
            let token = Self.bearer(try #require(try await app.tokens()["access_token"]?.string))
            #expect(try await house.client.get("Patient/ada", headers: token).status == 200)
            #expect(try await house.client.get("Patient/ben", headers: token).status == 404)
            #expect(try Self.ids(try await house.client.get("Patient?family=Lind", headers: token)) == ["ada"])
            #expect(try Self.ids(try await house.client.get("Patient?family=Lind", headers: all)) == ["ada", "ben"])
            let changed = try await house.client.put(
                "Patient/ada", #"{"resourceType":"Patient","id":"ada"}"#, headers: token)
            #expect(changed.status == 403)
            #expect(changed[header: "WWW-Authenticate"]?.contains("insufficient_scope") == true)
        }
    }

    @Test func scopesNarrowWhatServicesReach() async throws {
        try await Self.with { house, _ in
            let secret = "the secret of a service"
            try await house.add(
                OAuthClient(
                    id: "service", name: "Service", proof: .secret(ClientSecret.hash(secret)),
                    grants: [.clientCredentials], scope: ["system/Patient.rs"]))
            let form = SampleApp.form([
                ("grant_type", "client_credentials"), ("client_id", "service"), ("client_secret", secret),
            ])
            let answer = try await house.client.form("/auth/token", form)
            let token = Self.bearer(try #require(try answer.json["access_token"]?.string))
            #expect(try Self.ids(try await house.client.get("Patient", headers: token)) == ["ada", "ben"])
            #expect(try await house.client.get("Observation", headers: token).status == 403)
            #expect(
                try await house.client.post("Patient", #"{"resourceType":"Patient"}"#, headers: token).status == 403)
        }
    }

    @Test func revokedTokensReachNothing() async throws {
        try await Self.with { house, _ in
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            let app = try await SampleApp.make(house, person: person)
            let access = try #require(try await app.tokens()["access_token"]?.string)
            #expect(try await house.client.get("Patient/ada", headers: Self.bearer(access)).status == 200)
            let form = SampleApp.form([("token", access), ("client_id", "app")])
            #expect(try await house.client.form("/auth/revoke", form).status == 200)
            let refused = try await house.client.get("Patient/ada", headers: Self.bearer(access))
            #expect(refused.status == 401)
            #expect(refused[header: "WWW-Authenticate"]?.contains("invalid_token") == true)
        }
    }

    @Test func tokensOfTheMachineAreThoseOfWhomTheyAreFor() async throws {
        try await Self.with { house, _ in
            let nurse = try await house.addPerson("nurse@example.org", roles: ["nurse"])
            let tokens = StandingTokens(database: house.server.test.database)
            let token = Self.bearer(try await tokens.issue(.person(nurse), scope: nil, lifetimeSeconds: 60))
            #expect(try await house.client.get("Patient/ben", headers: token).status == 200)
            #expect(try await house.client.delete("Patient/ben", headers: token).status == 403)
            let told = try await house.client.get("Person/$my-permissions", headers: token)
            #expect(told.status == 200, "\(told.text)")
            #expect(told.text.contains(nurse))
        }
    }

    /// Who tries what they may not is slowed down like everybody else.
    @Test func refusedRequestsCountAsOthersDo() async throws {
        try await AuthHouse.with(
            needsToken: true,
            configure: { $0.configuration.rates.account = RateLimiter.Rate(perSecond: 0.001, burst: 3) }
        ) { house in
            let person = try await house.addPerson("nurse@example.org", roles: ["nurse"])
            var app = try await SampleApp.make(house, person: person)
            app.scope = "openid user/Observation.rs"
            let token = try #require(try await app.tokens()["access_token"]?.string)
            let bearer = [("Authorization", "Bearer \(token)")]
            for status in [403, 403, 403, 429] {
                #expect(try await house.client.get("Condition", headers: bearer).status == status)
            }
            #expect(try await house.client.get("Observation", headers: bearer).status == 429)
        }
    }
}
