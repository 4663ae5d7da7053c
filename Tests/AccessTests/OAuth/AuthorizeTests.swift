import Access
import FHIRServerTesting
import JSONTape
import Testing

/// `/auth/authorize`: what people are told, what apps are told, and what people choose.
@Suite struct AuthorizeTests {
    private static func with(_ body: @Sendable (AuthHouse, SampleApp) async throws -> Void) async throws {
        try await AuthHouse.with { house in
            for id in ["ada", "ben"] {
                _ = try await house.client.put(
                    "Patient/\(id)",
                    #"{"resourceType":"Patient","id":"\#(id)","name":[{"family":"Lind","given":["\#(id)"]}]}"#)
            }
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            try await body(house, try await SampleApp.make(house, person: person))
        }
    }

    /// Nobody knows who waits at an address that is not registered: the person is told, and goes nowhere.
    @Test func strangeAddressesAreNotGoneTo() async throws {
        try await Self.with { _, app in
            let wrong: [(String, String?)] = [
                ("redirect_uri", "https://evil.example/callback"), ("redirect_uri", SampleApp.redirect + "/x"),
                ("redirect_uri", SampleApp.redirect + "?a=b"), ("redirect_uri", "https://app.example/CALLBACK"),
                ("redirect_uri", nil), ("client_id", "nobody"), ("client_id", nil),
            ]
            for (name, value) in wrong {
                var other = app
                other.changes = [name: value]
                let page = try await other.open()
                #expect(page.status == 400)
                #expect(page[header: "Location"] == nil, "\(name) \(value ?? "missing")")
                #expect(page[header: "Content-Type"]?.hasPrefix("text/html") == true)
            }
            let twice = try await app.house.client.get(
                "/auth/authorize?\(app.query)&client_id=app", headers: app.browser)
            #expect(twice.status == 400)
        }
    }

    @Test func appsAreToldWhatIsWrong() async throws {
        try await Self.with { house, app in
            let wrong: [([String: String?], String)] = [
                (["response_type": "token"], "unsupported_response_type"),
                (["response_type": "code id_token"], "unsupported_response_type"),
                (["response_type": nil], "invalid_request"),
                (["code_challenge": nil], "invalid_request"),
                (["code_challenge": "short"], "invalid_request"),
                (["code_challenge_method": "plain"], "invalid_request"),
                (["code_challenge_method": nil], "invalid_request"),
                (["aud": nil], "invalid_request"),
                (["aud": "https://other.example/fhir"], "invalid_request"),
                (["aud": house.issuer], "invalid_request"),
                (["scope": "system/*.rs"], "invalid_scope"),
                (["scope": "patient/*.cud"], "invalid_scope"),
                (["scope": nil], "invalid_scope"),
                (["launch": "unknown", "scope": "launch patient/*.rs"], "invalid_request"),
                (["launch": "unknown"], "invalid_scope"),
                (["request": "x"], "request_not_supported"),
                (["prompt": "none"], "consent_required"),
            ]
            for (changes, error) in wrong {
                var other = app
                other.changes = changes
                let response = try await other.open()
                #expect(response.status == 302, "\(changes)")
                let answer = try SampleApp.answer(response)
                #expect(answer["error"] == error, "\(changes)")
                #expect(answer["state"] == "a b&c")
                #expect(answer["iss"] == house.issuer)
                #expect(answer["code"] == nil)
            }
            var stateless = app
            stateless.changes = ["state": nil]
            #expect(try SampleApp.answer(try await stateless.open())["error"] == "invalid_request")
        }
    }

    @Test func whoHasNotSignedInDoesSoFirst() async throws {
        try await Self.with { house, app in
            let response = try await house.client.get("/auth/authorize?\(app.query)")
            #expect(response.status == 303)
            let location = try #require(response[header: "Location"])
            #expect(location.hasPrefix("/auth/sign-in?next=%2Fauth%2Fauthorize%3F"))
            var silent = app
            silent.cookie = "none"
            silent.changes = ["prompt": "none"]
            #expect(try SampleApp.answer(try await silent.open())["error"] == "login_required")
        }
    }

    @Test func pagesKeepOthersOut() async throws {
        try await Self.with { _, app in
            let page = try await app.open()
            #expect(page.status == 200)
            #expect(page.text.contains("Growth &lt;chart&gt;"))
            #expect(!page.text.contains("<chart>"))
            #expect(!page.text.contains("<script"))
            #expect(page[header: "X-Frame-Options"] == "DENY")
            #expect(page[header: "Cache-Control"] == "no-store")
            let policy = try #require(page[header: "Content-Security-Policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
        }
    }

    @Test func refusalIsToldToTheApp() async throws {
        try await Self.with { _, app in
            let page = try await app.open()
            let items = [("ticket", try SampleApp.ticket(page)), ("decision", "deny"), ("scope", "patient/*.rs")]
            let answer = try SampleApp.answer(try await app.submit("/auth/authorize/consent", items))
            #expect(answer["error"] == "access_denied")
            #expect(answer["state"] == "a b&c")
        }
    }

    @Test func peopleChooseAmongScopes() async throws {
        try await Self.with { _, app in
            var app = app
            app.scope = "openid launch/patient patient/Observation.rs patient/Condition.rs offline_access"
            let page = try await app.open()
            let back = try await app.allow(page, but: ["offline_access", "patient/Condition.rs"])
            let code = try #require(try SampleApp.answer(back)["code"])
            let tokens = try await app.redeem(code).json
            #expect(tokens["scope"]?.string == "openid launch/patient patient/Observation.rs")
            #expect(tokens["refresh_token"] == nil)
        }
    }

    /// A ticket is good for the session that it was made in, and says what was asked for.
    @Test func formsOfOthersAreRefused() async throws {
        try await Self.with { house, app in
            let page = try await app.open()
            let ticket = try SampleApp.ticket(page)
            let other = try await house.addPerson("eve@example.org", patient: "ben")
            var eve = app
            eve.cookie = try await house.signIn(other)
            let items = [("ticket", ticket), ("decision", "allow"), ("scope", "patient/*.rs")]
            #expect(try await eve.submit("/auth/authorize/consent", items).status == 400)
            #expect(
                try await house.client.form("/auth/authorize/consent", SampleApp.form(items)).status == 400)
            let forged = [("ticket", ticket.dropLast() + "A"), ("decision", "allow"), ("scope", "patient/*.rs")]
            #expect(try await app.submit("/auth/authorize/consent", forged.map { ($0.0, String($0.1)) }).status == 400)
            // Scopes that were not asked for cannot be ticked.
            let more = items + [("scope", "user/*.cruds")]
            let code = try #require(
                try SampleApp.answer(try await app.submit("/auth/authorize/consent", more))["code"])
            #expect(try await app.redeem(code).json["scope"]?.string == "launch/patient patient/*.rs")
        }
    }

    @Test func staffLookForTheirPatient() async throws {
        try await Self.with { house, app in
            let nurse = try await house.addPerson("nurse@example.org", roles: ["nurse"])
            var app = app
            app.cookie = try await house.signIn(nurse)
            let search = try await app.open()
            #expect(search.text.contains("name=\"name\""))
            let ticket = try SampleApp.ticket(search)
            let found = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("name", "ben lind")])
            #expect(SampleApp.values(of: "patient", in: found.text) == ["ben"])
            let none = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("name", "ben,ada")])
            #expect(SampleApp.values(of: "patient", in: none.text).isEmpty)
            let chosen = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", "ben")])
            #expect(chosen.text.contains("ben Lind"))
            let code = try #require(try SampleApp.answer(try await app.allow(chosen))["code"])
            let tokens = try await app.redeem(code).json
            #expect(tokens["patient"]?.string == "ben")
            #expect(
                try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", "nobody")]).status
                    == 403
            )
        }
    }

    /// Names of patients beyond the own rights are not told by the way of a choice.
    @Test func physiciansChooseAmongThoseInTheirCare() async throws {
        try await Self.with { house, app in
            let doctor = try await house.addPerson("doc@example.org", roles: ["physician"])
            var app = app
            app.cookie = try await house.signIn(doctor)
            let ticket = try SampleApp.ticket(try await app.open())
            let found = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("name", "ben")])
            #expect(found.status == 200)
            #expect(SampleApp.values(of: "patient", in: found.text).isEmpty)
            let chosen = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", "ben")])
            #expect(chosen.status == 403)
        }
    }

    @Test func patientsOpenTheirOwnRecordOnly() async throws {
        try await Self.with { _, app in
            let ticket = try SampleApp.ticket(try await app.open())
            let other = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", "ben")])
            #expect(other.status == 403)
        }
    }

    @Test func scopesOfBothVersionsAreNegotiated() async throws {
        try await AuthHouse.with { house in
            _ = try await house.client.put("Patient/ada", #"{"resourceType":"Patient","id":"ada"}"#)
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            let ceiling = "launch/patient patient/Observation.rs?category=laboratory patient/Condition.cruds"
            var app = try await SampleApp.make(house, person: person, ceiling: ceiling)
            let table = [
                ("patient/Condition.read", "patient/Condition.read"),
                ("patient/Condition.rs openid", "patient/Condition.rs"),
                ("patient/*.rs", "patient/Observation.rs?category=laboratory patient/Condition.rs"),
                ("patient/*.read", "patient/Observation.rs?category=laboratory patient/Condition.read"),
                ("patient/Observation.cruds", "patient/Observation.rs?category=laboratory"),
            ]
            for (asked, granted) in table {
                app.scope = asked
                #expect(try await app.tokens()["scope"]?.string == granted)
            }
        }
    }

    @Test func authorizationsMayBePosted() async throws {
        try await Self.with { house, app in
            let page = try await house.client.form("/auth/authorize", app.query, headers: app.browser)
            #expect(page.status == 200)
            #expect(try SampleApp.answer(try await app.allow(page))["code"] != nil)
        }
    }

    @Test func sessionsEndWhatHangsOnThem() async throws {
        try await Self.with { house, app in
            var online = app
            online.scope = "openid launch/patient patient/*.rs online_access"
            let tokens = try await online.tokens()
            let offline = try await app.tokens()
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            let next = try await online.refresh(refresh).json
            #expect(try await online.isValid(access))
            try await house.sessions.end(cookie: app.cookie)
            try await Task.sleep(for: .seconds(1))
            #expect(try await !online.isValid(access))
            let last = try #require(next["refresh_token"]?.string)
            #expect(try await online.refresh(last).oauthError() == "invalid_grant")
            #expect(try await app.isValid(try #require(offline["access_token"]?.string)))
        }
    }
}
