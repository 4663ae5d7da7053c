import Access
import Crypto
import FHIRServer
import FHIRServerTesting
import FHIRStore
import Testing
import TransportSecurity

/// Access tokens that somebody made up, changed or took from elsewhere, at the FHIR API (RFC 8725 §2, RFC 9068 §4).
@Suite struct ForgedTokenTests {
    /// What a genuine token of the service `lab` says.
    private struct Claims {
        var audience: String
        var client: String? = "lab"
        var expires: Int? = SystemClock.seconds + 300
        var id: String? = RandomToken.make()
        var scope = "system/Patient.rs"
        var others = ""

        var json: String {
            var parts = [#""iss":"\#(audience)","sub":"lab","aud":"\#(audience)","scope":"\#(scope)""#]
            if let client { parts.append(#""client_id":"\#(client)""#) }
            if let expires { parts.append(#""exp":\#(expires)"#) }
            if let id { parts.append(#""jti":"\#(id)""#) }
            if !others.isEmpty { parts.append(others) }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    private static func with(_ body: (AuthHouse, SigningKey) async throws -> Void) async throws {
        try await AuthHouse.with(needsToken: true) { house in
            try await house.add(
                OAuthClient(
                    id: "lab", name: "Laboratory", proof: .secret(ClientSecret.hash("a secret of the lab")),
                    grants: [.clientCredentials], scope: ["system/Patient.rs"]))
            try await body(house, try house.keys.current(.es384))
        }
    }

    private static func sign(_ claims: Claims, _ key: SigningKey, type: String = "at+jwt") throws -> String {
        try CompactJWT.sign(Array(claims.json.utf8), with: key, type: type)
    }

    private static func status(_ house: AuthHouse, _ token: String) async throws -> Int {
        try await house.client.get("Patient", headers: [("Authorization", "Bearer \(token)")]).status
    }

    @Test func onlyOurOwnSignatureCounts() async throws {
        let stranger = try await TestKey.es384("x")
        try await Self.with { house, key in
            let claims = Claims(audience: house.base)
            let genuine = try Self.sign(claims, key)
            #expect(try await Self.status(house, genuine) == 200)
            let parts = genuine.split(separator: ".").map(String.init)
            func header(_ algorithm: String) -> String {
                #"{"alg":"\#(algorithm)","typ":"at+jwt","kid":"\#(key.id)"}"#
            }
            func encode(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
            var wider = claims
            wider.scope = "system/*.cruds"
            // The public key is no secret (RFC 8725 §2.1).
            let published = SymmetricKey(data: Array(try await house.client.get("/auth/jwks").body))
            let hashed = encode(header("HS256")) + "." + parts[1]
            let code = Array(HMAC<SHA256>.authenticationCode(for: Array(hashed.utf8), using: published))
            let wrong = [
                ("no signature", parts[0] + "." + parts[1] + "."),
                ("alg none", encode(header("none")) + "." + parts[1] + "."),
                ("alg none with a signature", encode(header("none")) + "." + parts[1] + "." + parts[2]),
                ("alg nOnE", encode(header("nOnE")) + "." + parts[1] + "."),
                ("public key as a secret", hashed + "." + Base64URL.encode(code)),
                ("another algorithm's name", encode(header("RS384")) + "." + parts[1] + "." + parts[2]),
                ("a stranger's key", try stranger.token(claims.json, header: header("ES384"))),
                ("other claims", parts[0] + "." + encode(wider.json) + "." + parts[2]),
                // CVE-2022-21449.
                (
                    "a signature of zeros",
                    parts[0] + "." + parts[1] + "." + Base64URL.encode([UInt8](repeating: 0, count: 96))
                ),
                ("half a signature", parts[0] + "." + parts[1] + "." + String(parts[2].prefix(64))),
                ("four parts", genuine + ".x"), ("two parts", parts[0] + "." + parts[1]),
                (
                    "an unknown key",
                    try stranger.token(claims.json, header: #"{"alg":"ES384","typ":"at+jwt","kid":"x"}"#)
                ),
                (
                    "a key of a path",
                    try stranger.token(claims.json, header: #"{"alg":"ES384","typ":"at+jwt","kid":"../../dev/null"}"#)
                ),
                ("no key", try stranger.token(claims.json, header: #"{"alg":"ES384","typ":"at+jwt"}"#)),
                (
                    "a key of its own",
                    try stranger.token(
                        claims.json, header: #"{"alg":"ES384","typ":"at+jwt","kid":"x","jwk":\#(stranger.jwk)}"#)
                ),
                ("very long", genuine + String(repeating: "A", count: 20_000)),
            ]
            for (name, token) in wrong { #expect(try await Self.status(house, token) == 401, "\(name)") }
            #expect(try await Self.status(house, genuine) == 200)
        }
    }

    /// Signed by us, and still no access token that is good now and here.
    @Test func eachClaimCounts() async throws {
        try await Self.with { house, key in
            let usual = Claims(audience: house.base)
            let wrong: [(String, (inout Claims) -> Void)] = [
                ("expired", { $0.expires = SystemClock.seconds - 1 }), ("never ends", { $0.expires = nil }),
                ("of no client", { $0.client = nil }), ("of an unknown client", { $0.client = "nobody" }),
                ("without id", { $0.id = nil }), ("of a grant that there is not", { $0.others = #""grant":"x""# }),
            ]
            for (name, change) in wrong {
                var claims = usual
                change(&claims)
                let token = try Self.sign(claims, key)
                #expect(try await Self.status(house, token) == 401, "\(name)")
            }
            let identity = try Self.sign(usual, key, type: "JWT")
            #expect(try await Self.status(house, identity) == 401, "an id_token")
            // Where the address of the API is set, tokens for another are refused.
            let strict = TokenVerifier(
                database: house.server.store.database, keys: house.keys, accounts: house.accounts,
                changes: house.changes, audience: "https://fhir.example.org/fhir")
            #expect(try await strict.principal(token: try Self.sign(usual, key)) == nil)
            let here = Claims(audience: "https://fhir.example.org/fhir")
            #expect(try await strict.principal(token: try Self.sign(here, key)) != nil)
        }
    }

    /// Who has not signed in yet gets no memory for more than a form.
    @Test func formsAreSmall() async throws {
        try await AuthHouse.with { house in
            let head = "POST /auth/token HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
            let type = "Content-Type: application/x-www-form-urlencoded\r\n"
            let chunk = "10000\r\n" + String(repeating: "x", count: 1 << 16) + "\r\n"
            let chunked = head + type + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n"
            let refused = try await house.client.raw(Array(chunked.utf8))
            #expect(refused.hasPrefix("HTTP/1.1 413"), "\(refused.prefix(200))")
            let packed = try await house.client.form("/auth/token", "x", headers: [("Content-Encoding", "gzip")])
            #expect(packed.status == 415)
        }
    }

    /// One address that guesses is not listened to for a while; others are.
    @Test func secretsOfClientsAreNotGuessed() async throws {
        let proxy = AddressRange("127.0.0.1")
        try await AuthHouse.with(configure: { options in
            options.configuration.trustedProxies = proxy.map { [$0] } ?? []
            options.configuration.rates.stranger = RateLimiter.Rate(perSecond: 0.001, burst: 5)
        }) { house in
            try await house.add(
                OAuthClient(
                    id: "lab", name: "Laboratory", proof: .secret(ClientSecret.hash("a secret of the lab")),
                    grants: [.clientCredentials], scope: ["system/Patient.rs"]))
            func ask(_ secret: String, from address: String) async throws -> Int {
                let form = [("grant_type", "client_credentials"), ("client_id", "lab"), ("client_secret", secret)]
                return try await house.client.form(
                    "/auth/token", SampleApp.form(form), headers: [("X-Forwarded-For", address)]
                ).status
            }
            for number in 0..<5 { #expect(try await ask("guess number \(number)", from: "192.0.2.1") == 401) }
            #expect(try await ask("guess number 5", from: "192.0.2.1") == 429)
            #expect(try await ask("a secret of the lab", from: "192.0.2.1") == 429, "nor is a right one told apart")
            #expect(try await ask("a secret of the lab", from: "192.0.2.2") == 200)
        }
    }
}
