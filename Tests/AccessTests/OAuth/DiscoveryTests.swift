import Access
import FHIRServerTesting
import JSONTape
import Testing

/// What clients read before they begin, and from where scripts may read it.
@Suite struct DiscoveryTests {
    @Test func documentsNameWhatIsThere() async throws {
        try await AuthHouse.with { house in
            let smart = try await house.client.get(".well-known/smart-configuration")
            #expect(smart.status == 200)
            #expect(smart[header: "Content-Type"] == "application/json")
            let configuration = try smart.json
            #expect(configuration["issuer"]?.string == house.issuer)
            #expect(configuration["token_endpoint"]?.string == house.tokenEndpoint)
            #expect(configuration["code_challenge_methods_supported"]?.items.compactMap(\.string) == ["S256"])
            let capabilities = configuration["capabilities"]?.items.compactMap(\.string) ?? []
            for capability in ["launch-ehr", "launch-standalone", "client-confidential-asymmetric", "permission-v2"] {
                #expect(capabilities.contains(capability))
            }
            // Each endpoint that is named answers.
            for member in configuration.members where member.key.hasSuffix("_endpoint") || member.key == "jwks_uri" {
                let address = try #require(member.value.string)
                let path = String(address.dropFirst(house.issuer.count))
                #expect(try await house.client.get(path).status != 404, "\(path)")
            }
            #expect(configuration["registration_endpoint"] == nil)
            let open = try await house.client.get("/.well-known/openid-configuration").json
            #expect(open["id_token_signing_alg_values_supported"]?.items.compactMap(\.string) == ["RS256"])
            #expect(open["subject_types_supported"] != nil)
            let server = try await house.client.get("/.well-known/oauth-authorization-server")
            #expect(server.status == 200)
            let root = try await house.client.get("/.well-known/smart-configuration")
            #expect(root.status == 307)
            #expect(root[header: "Location"] == house.base + "/.well-known/smart-configuration")
        }
    }

    @Test func publishedKeysAreOnlyPublic() async throws {
        try await AuthHouse.with { house in
            let keys = try await house.client.get("/auth/jwks").json["keys"]?.items ?? []
            #expect(Set(keys.compactMap { $0["alg"]?.string }) == ["ES384", "RS256"])
            for key in keys {
                #expect(key["kid"] != nil)
                for name in ["d", "p", "q", "dp", "dq", "qi"] { #expect(key[named: name] == nil) }
            }
        }
    }

    @Test func capabilitiesTellWhereTokensComeFrom() async throws {
        try await AuthHouse.with(needsToken: true) { house in
            let security = try #require(try await house.client.get("metadata").json["rest"]?.items.first?["security"])
            #expect(security["service"]?.items.first?["coding"]?.items.first?["code"]?.string == "SMART-on-FHIR")
            let uris = security["extension"]?.items.first
            let token = uris?["extension"]?.items.first { $0["url"]?.string == "token" }
            #expect(token?["valueUri"]?.string == house.tokenEndpoint)
        }
    }

    @Test func scriptsAskFromRegisteredOriginsOnly() async throws {
        try await AuthHouse.with { house in
            try await house.add(
                OAuthClient(
                    id: "app", name: "App", proof: .none, grants: [.authorizationCode], scope: ["openid"],
                    redirects: ["https://app.example/"], origins: ["https://app.example"]))
            let plan = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization")]
            for path in ["/auth/token", "/fhir/Patient", "/fhir/.well-known/smart-configuration"] {
                let known = try await house.client.send(
                    "OPTIONS", path, headers: plan + [("Origin", "https://app.example")])
                #expect(known.status == 204)
                #expect(known[header: "Access-Control-Allow-Origin"] == "https://app.example")
                #expect(known[header: "Access-Control-Allow-Headers"]?.contains("Authorization") == true)
                #expect(known[header: "Access-Control-Allow-Credentials"] == nil)
                for origin in [
                    "https://evil.example", "https://app.example.evil.example", "http://app.example", "null",
                ] {
                    let other = try await house.client.send("OPTIONS", path, headers: plan + [("Origin", origin)])
                    #expect(other[header: "Access-Control-Allow-Origin"] == nil, "\(origin)")
                    let answer = try await house.client.get("metadata", headers: [("Origin", origin)])
                    #expect(answer[header: "Access-Control-Allow-Origin"] == nil)
                }
            }
            let read = try await house.client.get("Patient", headers: [("Origin", "https://app.example")])
            #expect(read[header: "Access-Control-Allow-Origin"] == "https://app.example")
            #expect(read[header: "Access-Control-Expose-Headers"]?.contains("ETag") == true)
            let open = try await house.client.get(
                ".well-known/smart-configuration", headers: [("Origin", "https://other.example")])
            #expect(open[header: "Access-Control-Allow-Origin"] == "*")
        }
    }
}
