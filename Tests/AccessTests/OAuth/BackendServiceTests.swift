import Access
import CarriersTesting
import FHIRServerTesting
import JSONTape
import Testing

/// SMART Backend Services: `private_key_jwt`, each claim of it wrong once.
@Suite struct BackendServiceTests {
    private static func service(_ proof: OAuthClient.Proof, id: String = "lab") -> OAuthClient {
        OAuthClient(
            id: id, name: "Laboratory", proof: proof, grants: [.clientCredentials],
            scope: ["system/Observation.cruds", "system/Patient.rs"])
    }

    private static func claims(_ house: AuthHouse) -> AssertionClaims {
        AssertionClaims(
            issuer: "lab", subject: "lab", audience: house.tokenEndpoint, expires: SystemClock.seconds + 240,
            id: RandomToken.make())
    }

    private static func ask(
        _ house: AuthHouse, _ assertion: String, scope: String? = "system/Observation.rs",
        extra: [(String, String)] = []
    ) async throws -> TestResponse {
        var items = [
            ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.type),
            ("client_assertion", assertion),
        ]
        if let scope { items.append(("scope", scope)) }
        return try await house.client.form("/auth/token", SampleApp.form(items + extra))
    }

    @Test(arguments: ["ES384", "RS384"])
    func keysProveWhoAsks(algorithm: String) async throws {
        let key = algorithm == "ES384" ? try await TestKey.es384("k1") : try await TestKey.rs384("k1")
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(key).utf8))))
            let response = try await Self.ask(house, try key.token(Self.claims(house).json))
            #expect(response.status == 200, "\(response.text)")
            #expect(response[header: "Cache-Control"] == "no-store")
            let token = try response.json
            #expect(token["scope"]?.string == "system/Observation.rs")
            #expect(token["expires_in"]?.integer == 300)
            #expect(token["refresh_token"] == nil)
            let access = try #require(token["access_token"]?.string)
            let principal = try #require(try await house.verifier.principal(token: access))
            #expect(principal.subject == .client("lab"))
            #expect(principal.scopes?.map(\.text) == ["system/Observation.rs"])
        }
    }

    @Test func eachClaimCounts() async throws {
        let key = try await TestKey.es384("k1")
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(key).utf8))))
            let now = SystemClock.seconds
            let wrong: [(String, (inout AssertionClaims) -> Void)] = [
                ("expired", { $0.expires = now - 1 }), ("lasts too long", { $0.expires = now + 3600 }),
                ("never ends", { $0.expires = nil }), ("other issuer", { $0.issuer = "other" }),
                ("no issuer", { $0.issuer = nil }), ("other subject", { $0.subject = "other" }),
                ("for another server", { $0.audience = "https://other.example/auth/token" }),
                ("for the FHIR API", { $0.audience = house.base }), ("for nobody", { $0.audience = nil }),
                ("without id", { $0.id = nil }), ("of the future", { $0.others = #""nbf":\#(now + 600)"# }),
                ("issued in the future", { $0.others = #""iat":\#(now + 600)"# }),
            ]
            for (name, change) in wrong {
                var claims = Self.claims(house)
                change(&claims)
                let response = try await Self.ask(house, try key.token(claims.json))
                #expect(response.status == 401, "\(name)")
                #expect(try response.oauthError() == "invalid_client", "\(name)")
            }
            var several = Self.claims(house)
            several.audience = nil
            several.others = #""aud":["https://other.example","\#(house.tokenEndpoint)"]"#
            #expect(try await Self.ask(house, try key.token(several.json)).status == 200)
        }
    }

    @Test func headersAreNotBelieved() async throws {
        let (key, rsa, stranger) = (
            try await TestKey.es384("k1"), try await TestKey.rs384("k2"), try await TestKey.es384("k1")
        )
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(key, rsa).utf8))))
            let claims = { Self.claims(house).json }
            let none = try key.token(claims(), header: #"{"alg":"none","typ":"JWT"}"#)
            let bare = none.split(separator: ".").dropLast().joined(separator: ".") + "."
            let wrong = [
                ("alg none", none), ("alg none without signature", bare),
                ("HS256", try key.token(claims(), header: #"{"alg":"HS256","kid":"k1"}"#)),
                ("RS256", try rsa.token(claims(), header: #"{"alg":"RS256","kid":"k2"}"#)),
                ("algorithm of another key", try key.token(claims(), header: #"{"alg":"RS384","kid":"k2"}"#)),
                ("unknown kid", try key.token(claims(), header: #"{"alg":"ES384","kid":"k9"}"#)),
                ("no kid", try key.token(claims(), header: #"{"alg":"ES384"}"#)),
                ("a stranger's key under the same kid", try stranger.token(claims())),
                (
                    "own key in the header",
                    try stranger.token(
                        claims(), header: #"{"alg":"ES384","kid":"k1","jwk":\#(stranger.jwk)}"#)
                ),
                (
                    "keys elsewhere",
                    try key.token(
                        claims(), header: #"{"alg":"ES384","kid":"k1","jku":"https://evil.example/keys"}"#)
                ),
                (
                    "what must be understood",
                    try key.token(
                        claims(), header: #"{"alg":"ES384","kid":"k1","crit":["b64"],"b64":false}"#)
                ),
                ("no token", "abc"),
            ]
            for (name, assertion) in wrong {
                let response = try await Self.ask(house, assertion)
                #expect(response.status == 401, "\(name)")
                #expect(try response.oauthError() == "invalid_client", "\(name)")
            }
        }
    }

    @Test func assertionsServeOnce() async throws {
        let key = try await TestKey.es384("k1")
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(key).utf8))))
            let assertion = try key.token(Self.claims(house).json)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await Self.ask(house, assertion).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 401 } == 7)
        }
    }

    @Test func swappedKeysNoLongerServe() async throws {
        let (old, new) = (try await TestKey.es384("k1"), try await TestKey.es384("k1"))
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(old).utf8))))
            #expect(try await Self.ask(house, try old.token(Self.claims(house).json)).status == 200)
            #expect(try await house.clients.replace(.keys(Array(TestKey.set(new).utf8)), of: "lab"))
            #expect(try await Self.ask(house, try old.token(Self.claims(house).json)).status == 401)
            #expect(try await Self.ask(house, try new.token(Self.claims(house).json)).status == 200)
        }
    }

    @Test func keysAtAnAddressAreFetched() async throws {
        let (old, new) = (try await TestKey.es384("k1"), try await TestKey.es384("k2"))
        try await AuthHouse.with { house in
            try await HTTPSink.with { sink in
                try await house.add(Self.service(.keysURL("http://127.0.0.1:\(sink.port)/keys")))
                let answer = { (key: TestKey, age: Int) in
                    HTTPSink.Answer.status(200, headers: ["Cache-Control": "max-age=\(age)"], body: TestKey.set(key))
                }
                sink.answer(answer(old, 0), answer(new, 600))
                #expect(try await Self.ask(house, try old.token(Self.claims(house).json)).status == 200)
                // Nothing may be kept of the first answer, so the swap is known at once.
                #expect(try await Self.ask(house, try old.token(Self.claims(house).json)).status == 401)
                #expect(try await Self.ask(house, try new.token(Self.claims(house).json)).status == 200)
                #expect(sink.requests.count == 2)
                #expect(sink.requests.allSatisfy { $0.method == "GET" && $0.path == "/keys" })
            }
        }
    }

    @Test func unreachableKeysRefuse() async throws {
        let key = try await TestKey.es384("k1")
        try await AuthHouse.with { house in
            try await HTTPSink.with { sink in
                try await house.add(Self.service(.keysURL("http://127.0.0.1:\(sink.port)/keys")))
                sink.answer(
                    .status(302, headers: ["Location": "http://127.0.0.1:\(sink.port)/other"]), .status(500),
                    .status(200, body: "no keys"), .drop,
                    .status(200, body: String(repeating: " ", count: 300_000) + TestKey.set(key)))
                for _ in 0..<5 {
                    let response = try await Self.ask(house, try key.token(Self.claims(house).json))
                    #expect(try response.oauthError() == "invalid_client")
                }
                #expect(sink.requests.count == 5)
            }
        }
    }

    @Test func scopesAreThoseOfTheClient() async throws {
        let key = try await TestKey.es384("k1")
        try await AuthHouse.with { house in
            try await house.add(Self.service(.keys(Array(TestKey.set(key).utf8))))
            let table: [(String?, String?)] = [
                ("system/*.rs", "system/Observation.rs system/Patient.rs"),
                (nil, "system/Observation.cruds system/Patient.rs"),
                ("system/Patient.cruds", "system/Patient.rs"), ("system/Condition.rs", nil), ("user/*.rs", nil),
                ("openid offline_access", nil),
            ]
            for (asked, granted) in table {
                let response = try await Self.ask(house, try key.token(Self.claims(house).json), scope: asked)
                if let granted {
                    #expect(try response.json["scope"]?.string == granted)
                } else {
                    #expect(response.status == 400)
                    #expect(try response.oauthError() == "invalid_scope")
                }
            }
            let other = try await Self.ask(
                house, try key.token(Self.claims(house).json), extra: [("client_id", "somebody")])
            #expect(try other.oauthError() == "invalid_client")
        }
    }
}
