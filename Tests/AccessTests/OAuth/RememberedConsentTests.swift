import Access
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// What people have allowed an app: when they are asked again, and how they take it back.
@Suite struct RememberedConsentTests {
    private static func with(_ body: @Sendable (AuthHouse, SampleApp) async throws -> Void) async throws {
        try await AuthHouse.with { house in
            for id in ["ada", "ben"] {
                _ = try await house.client.put("Patient/\(id)", #"{"resourceType":"Patient","id":"\#(id)"}"#)
            }
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            try await body(house, try await SampleApp.make(house, person: person))
        }
    }

    /// Whether the person is shown a page in place of being sent back to the app.
    private func asks(_ app: SampleApp) async throws -> Bool {
        let response = try await app.open()
        if response.status == 302 {
            #expect(try SampleApp.answer(response)["code"] != nil)
            return false
        }
        #expect(response.text.contains("name=\"decision\""))
        return true
    }

    @Test func whoAsksForNoMoreIsLetThrough() async throws {
        try await Self.with { house, app in
            #expect(try await asks(app))
            let first = try await app.tokens()
            #expect(try await !asks(app))
            let second = try await app.tokens()
            #expect(second["scope"]?.string == first["scope"]?.string)
            #expect(second["patient"]?.string == "ada")
            #expect(try await app.isValid(try #require(second["access_token"]?.string)))
            var less = app
            less.scope = "openid patient/Observation.rs"
            #expect(try await less.tokens()["scope"]?.string == less.scope)
            // Others are asked themselves.
            var other = app
            other.cookie = try await house.signIn(try await house.addPerson("ben@example.org", patient: "ben"))
            #expect(try await asks(other))
        }
    }

    @Test func whoAsksForMoreAsksAgain() async throws {
        try await Self.with { _, app in
            var app = app
            app.scope = "openid patient/Observation.rs"
            _ = try await app.tokens()
            for more in [
                "openid user/Observation.cruds", "openid patient/*.rs", "openid patient/Observation.rs email",
                "openid patient/Observation.rs offline_access", "openid user/Observation.rs",
            ] {
                var other = app
                other.scope = more
                #expect(try await asks(other), "\(more)")
            }
            // What is allowed at different times adds up.
            var other = app
            other.scope = "openid patient/Condition.rs"
            _ = try await other.tokens()
            #expect(try await !asks(app))
            other.scope = "openid patient/Observation.rs patient/Condition.rs"
            #expect(try await !asks(other))
        }
    }

    /// A part that was refused is asked for again, and is not given by way of what was allowed before.
    @Test func refusalsCount() async throws {
        try await Self.with { _, app in
            var app = app
            app.scope = "openid patient/Observation.rs"
            _ = try await app.tokens()
            var wider = app
            wider.scope = "openid patient/Observation.rs patient/Condition.rs"
            let page = try await wider.open()
            _ = try await wider.allow(page, but: ["patient/Observation.rs"])
            #expect(try await asks(app))
            _ = try await app.tokens()
            var anew = app
            anew.changes = ["prompt": "consent"]
            let again = try await anew.open()
            #expect(again.status == 200)
            let denial = [("ticket", try SampleApp.ticket(again)), ("decision", "deny")]
            let denied = try await app.submit("/auth/authorize/consent", denial)
            #expect(try SampleApp.answer(denied)["error"] == "access_denied")
            #expect(try await asks(app))
        }
    }

    /// OIDC Core §3.1.2.1.
    @Test func promptsAreHeeded() async throws {
        try await Self.with { house, app in
            var silent = app
            silent.changes = ["prompt": "none"]
            #expect(try SampleApp.answer(try await silent.open())["error"] == "consent_required")
            _ = try await app.tokens()
            #expect(try SampleApp.answer(try await silent.open())["code"] != nil)
            var asking = app
            asking.changes = ["prompt": "consent"]
            #expect(try await asks(asking))
            var old = app
            old.changes = ["prompt": "login"]
            let age = SQLStatement("UPDATE account_session SET started = now() - interval '2 minutes'")
            _ = try await house.server.test.database.write(WriteJob([(age, SQLParameters())]))
            #expect(try await old.open()[header: "Location"]?.hasPrefix("/auth/sign-in") == true)
            silent.changes = ["prompt": "none", "max_age": "60"]
            #expect(try SampleApp.answer(try await silent.open())["error"] == "login_required")
        }
    }

    /// Anybody on a device can stand at its own addresses: only who is known comes back unasked.
    @Test func appsThatNobodyKnowsAskEachTime() async throws {
        try await Self.with { house, app in
            for (id, redirect, secret, isRemembered) in [
                ("native", "org.example.app:/back", nil, false), ("local", "http://127.0.0.1/back", nil, false),
                ("known", "http://127.0.0.1/back", "a secret of the app", true),
            ] as [(String, String, String?, Bool)] {
                try await house.add(
                    OAuthClient(
                        id: id, name: id, proof: secret.map { .secret(ClientSecret.hash($0)) } ?? .none,
                        grants: [.authorizationCode], scope: ScopeNegotiation.words(SampleApp.scope),
                        redirects: [redirect]))
                var other = app
                other.client = id
                other.changes = ["redirect_uri": redirect]
                let page = try await other.open()
                #expect(try await other.allow(page).status == 303)
                #expect(try await other.open().status == (isRemembered ? 302 : 200), "\(id)")
            }
        }
    }

    @Test func anotherAddressOrRegistrationAsksAgain() async throws {
        try await Self.with { house, app in
            let places = [SampleApp.redirect, SampleApp.redirect + "/two"]
            try await house.add(
                OAuthClient(
                    id: "two", name: "Two", proof: .none, grants: [.authorizationCode],
                    scope: ScopeNegotiation.words(SampleApp.scope), redirects: places))
            var first = app
            first.client = "two"
            let page = try await first.open()
            #expect(try await first.allow(page).status == 303)
            #expect(try await first.open().status == 302)
            var second = first
            second.changes = ["redirect_uri": places[1]]
            #expect(try await second.open().status == 200)
            let wider = SQLStatement("UPDATE oauth_client SET scope = scope || 'user/*.rs'::text WHERE id = 'two'")
            _ = try await house.server.test.database.write(WriteJob([(wider, SQLParameters())]))
            #expect(try await first.open().status == 200)
        }
    }

    @Test func staffStillChooseThePatient() async throws {
        try await Self.with { house, app in
            var app = app
            app.cookie = try await house.signIn(try await house.addPerson("nurse@example.org", roles: ["nurse"]))
            for (patient, asks) in [("ada", true), ("ben", false)] {
                let ticket = try SampleApp.ticket(try await app.open())
                var next = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", patient)])
                #expect((next.status == 200) == asks)
                if asks { next = try await app.allow(next) }
                let code = try #require(try SampleApp.answer(next)["code"])
                #expect(try await app.redeem(code).json["patient"]?.string == patient)
            }
        }
    }

    @Test func consentsAreListedAndTakenBack() async throws {
        try await Self.with { house, app in
            #expect(try await house.client.get("/auth/consents").status == 401)
            let tokens = try await app.tokens()
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            let list = try await house.client.get("/auth/consents", headers: app.browser).json["consents"]?.items ?? []
            #expect(list.map { $0["client"]?.string } == ["app"])
            #expect(list.first?["scope"]?.string == SampleApp.scope)
            #expect(list.first?["remembered"]?.bool == true)
            // Nobody else sees or ends it.
            let other = try await house.signIn(try await house.addPerson("ben@example.org", patient: "ben"))
            let stranger = [("Cookie", "martlet_session=\(other)")]
            #expect(try await house.client.get("/auth/consents", headers: stranger).json["consents"]?.count == 0)
            #expect(try await house.client.delete("/auth/consents/app", headers: stranger).status == 404)
            let foreign = app.browser + [("Origin", "https://evil.example")]
            #expect(try await house.client.delete("/auth/consents/app", headers: foreign).status == 403)
            #expect(try await app.isValid(access))
            #expect(try await house.client.delete("/auth/consents/app", headers: app.browser).status == 200)
            #expect(try await !app.isValid(access))
            #expect(try await app.refresh(refresh).oauthError() == "invalid_grant")
            #expect(try await house.client.get("/auth/consents", headers: app.browser).json["consents"]?.count == 0)
            #expect(try await house.client.delete("/auth/consents?client=app", headers: app.browser).status == 404)
            #expect(try await asks(app))
        }
    }

    @Test func thePageTakesThemBackWithoutScript() async throws {
        try await Self.with { house, app in
            _ = try await app.tokens()
            let browser = app.browser + [("Accept", "text/html")]
            #expect(
                try await house.client.get("/auth/consents", headers: browser)[header: "Location"]
                    == "/auth/consents/end")
            let page = try await house.client.get("/auth/consents/end", headers: browser)
            #expect(page.text.contains("<h2>Growth &lt;chart&gt;</h2>"))
            let token = try #require(SampleApp.values(of: "csrf", in: page.text).first)
            let cookie = try #require(page[header: "Set-Cookie"]?.split(separator: ";").first.map(String.init))
            let both = [("Accept", "text/html"), ("Cookie", "martlet_session=\(app.cookie); \(cookie)")]
            let form = SampleApp.form([("client", "app"), ("csrf", token)])
            #expect(try await house.client.form("/auth/consents/end", "client=app", headers: both).status == 403)
            #expect(try await house.client.form("/auth/consents/end", form, headers: both).status == 303)
            #expect(try await asks(app))
        }
    }
}
