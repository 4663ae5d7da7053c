import Access
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Roles that demand a second factor: without one there is neither a session nor a token, by any way.
@Suite struct DemandedFactorTests {
    private static let email = "ole@clinic.example"

    private static func demand(_ role: String, in database: Database) async throws {
        try await database.script(
            """
            INSERT INTO access_rights (version, document, actor)
            VALUES (1, '{"secondFactorFor":["\(role)"]}', 'test')
            """)
    }

    @Test func signingInSetsItUpFirst() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email, roles: ["physician"])
            try await site.makeAccount("eve@clinic.example", roles: ["registration"])
            let before = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            #expect(try await site.sessions.account(cookie: before) != nil)
            try await Self.demand("physician", in: site.server.test.database)
            #expect(try await site.sessions.account(cookie: before) == nil)
            #expect(try await site.signIn("eve@clinic.example", AccountSite.password).status == 200)

            let half = try await site.signIn(Self.email, AccountSite.password)
            #expect(half.status == 401)
            #expect(half.word == "mfa_enrolment_required")
            let cookie = try #require(half.session)
            let headers = [("Cookie", "martlet_session=\(cookie)")]
            // It is good for setting the second factor up, and for nothing else.
            #expect(try await site.sessions.account(cookie: cookie) == nil)
            #expect(try await site.client.get("/auth/sessions", headers: headers).status == 401)
            let change = ["old": AccountSite.password, "new": "Roter Himmel 78"]
            #expect(try await site.post("/auth/password/change", change, headers: headers).status == 401)
            #expect(try await site.post("/auth/sign-in/code", ["code": "000000"], headers: headers).status == 401)

            let offer = try await site.post("/auth/mfa/enrol", ["kind": "totp"], headers: headers)
            let secret = SecondFactorTests.bytes(base32: try #require(try offer.json["secret"]?.string))
            let wrong = try await site.post("/auth/mfa/verify", ["code": "000000"], headers: headers)
            #expect(wrong.word == "invalid_code")
            #expect(wrong.session == nil)
            let code = TimedCode.code(secret, step: SecondFactorTests.step)
            let done = try await site.post("/auth/mfa/verify", ["code": code], headers: headers)
            #expect(done.word == "enabled")
            let full = try #require(done.session)
            let account = try await site.sessions.account(cookie: full)
            #expect(account?.person == made.person)
            #expect(account?.usedSecondFactor == true)
            // The way there was good once, and the session from before stays none.
            #expect(try await site.sessions.enrolling(cookie: cookie) == nil)
            #expect(try await site.sessions.account(cookie: before) == nil)

            #expect(try await site.signIn(Self.email, AccountSite.password).word == "mfa_required")
            let browser = [("Cookie", "martlet_session=\(full)")]
            let recovery = try #require(try done.json["recovery_codes"]?.items.first?.string)
            #expect(try await site.post("/auth/mfa/disable", ["code": recovery], headers: browser).status == 403)
            // A changed password leaves whoever changed it in a session with a second factor.
            let changed = try await site.post("/auth/password/change", change, headers: browser)
            let next = try #require(changed.session)
            #expect(try await site.sessions.account(cookie: next)?.usedSecondFactor == true)
        }
    }

    /// The pages lead there and back without script.
    @Test func browsersAreLedThroughIt() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email, roles: ["nurse"])
            try await Self.demand("nurse", in: site.server.test.database)
            let browser = TestBrowser(site.client)
            let typed = ["email": Self.email, "password": AccountSite.password, "next": "/auth/sessions/end"]
            let refused = try await browser.submit("/auth/sign-in", typed)
            let place = try #require(refused[header: "Location"])
            #expect(place == "/auth/mfa/enrol?next=/auth/sessions/end")
            #expect(try await browser.get("/auth/account")[header: "Location"]?.hasPrefix("/auth/sign-in") == true)
            let offer = try await browser.submit(place, ["kind": "totp", "next": "/auth/sessions/end"])
            let text = try #require(offer.text.firstMatch(of: /<code>([A-Z2-7]+)<\/code>/)?.1)
            let code = TimedCode.code(SecondFactorTests.bytes(base32: String(text)), step: SecondFactorTests.step)
            let csrf = TestBrowser.csrf(in: offer.text)
            let fields = ["code": code, "next": "/auth/sessions/end", "csrf": csrf]
            let done = try await browser.send("/auth/mfa/verify", fields)
            #expect(done.text.contains("href=\"/auth/sessions/end\""))
            #expect(try await browser.get("/auth/account").status == 200)
        }
    }

    /// Nurse Ada, with an app, before anybody demands anything.
    private static func with(
        _ body: @Sendable (_ house: AuthHouse, _ app: SampleApp, _ person: String) async throws -> Void
    ) async throws {
        try await AuthHouse.with { house in
            let person = try await house.addPerson("ada@clinic.example", roles: ["nurse"])
            var app = try await SampleApp.make(house, person: person)
            app.scope = "openid user/*.rs offline_access"
            try await body(house, app, person)
        }
    }

    @Test func tokensFromBeforeAreWorthNothing() async throws {
        try await Self.with { house, app, person in
            let tokens = try await app.tokens()
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            var asking = app
            asking.changes = ["prompt": "consent"]
            let page = try await asking.open()
            let code = try await app.code()
            #expect(try await app.isValid(access))
            try await Self.demand("nurse", in: house.server.test.database)
            house.changes.hurry()
            #expect(try await !app.isValid(access))
            #expect(try await app.redeem(code).oauthError() == "invalid_grant")
            #expect(try await app.refresh(refresh).oauthError() == "invalid_grant")
            // Nor does the session lead to new ones, be it by a page that was open.
            #expect(try await app.open()[header: "Location"]?.hasPrefix("/auth/sign-in") == true)
            let items = [("ticket", try SampleApp.ticket(page)), ("decision", "allow"), ("scope", "user/*.rs")]
            #expect(try await app.submit("/auth/authorize/consent", items).status == 400)
            var silent = app
            silent.changes = ["prompt": "none"]
            #expect(try SampleApp.answer(try await silent.open())["error"] == "login_required")

            // Once there is a second factor, what was issued without it stays void.
            try await house.server.test.database.script(
                "UPDATE user_account SET totp = '\\x00', totp_since = clock_timestamp() WHERE person = '\(person)'")
            house.changes.hurry()
            #expect(try await !app.isValid(access))
            #expect(try await app.refresh(refresh).oauthError() == "invalid_grant")
            var next = app
            next.cookie = try await house.sessions.start(
                person: person, usedSecondFactor: true, agent: "test", address: "127.0.0.1")
            let new = try await next.tokens()
            #expect(try await next.isValid(try #require(new["access_token"]?.string)))
            #expect(try await next.refresh(try #require(new["refresh_token"]?.string)).status == 200)
        }
    }

    /// A refresh token that was not used while the second factor was missing does not come back to life with it.
    @Test func sleepingTokensDoNotWakeUp() async throws {
        try await Self.with { house, app, person in
            let refresh = try #require(try await app.tokens()["refresh_token"]?.string)
            try await house.server.test.database.script(
                "UPDATE user_account SET totp = '\\x00', totp_since = clock_timestamp() WHERE person = '\(person)'")
            try await Self.demand("nurse", in: house.server.test.database)
            house.changes.hurry()
            #expect(try await app.refresh(refresh).oauthError() == "invalid_grant")
        }
    }

    @Test func tokensOfTheCommandLineAreNoWayAround() async throws {
        try await Self.with { house, app, person in
            let database = house.server.test.database
            let standing = StandingTokens(database: database)
            let issue = { try await standing.issue(.person(person), scope: nil, lifetimeSeconds: 3600) }
            let token = try await issue()
            #expect(try await house.verifier.principal(token: token) != nil)
            try await Self.demand("nurse", in: database)
            house.changes.hurry()
            #expect(try await house.verifier.principal(token: token) == nil)
            let later = try await issue()
            #expect(try await house.verifier.principal(token: later) == nil)
        }
    }

    @Test func theTableOfRightsSaysWhoNeedsOne() throws {
        let right = try Document.parse(#"{"secondFactorFor":["superadmin","patient"]}"#)
        let table = try #require(RightsTable(JSONNode(right), over: .standard, version: 1))
        #expect(table.secondFactorFor == ["superadmin", "patient"])
        #expect(RightsTable(JSONNode(try Document.parse(table.json)), over: .standard, version: 1) == table)
        for wrong in [#"["nobody"]"#, #"["system"]"#, #""physician""#, "[1]", "{}"] {
            let document = try Document.parse(#"{"secondFactorFor":\#(wrong)}"#, limits: .init())
            #expect(RightsTable(JSONNode(document), over: .standard, version: 1) == nil, "\(wrong)")
        }
    }
}
