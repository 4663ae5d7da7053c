import Access
import Carriers
import FHIRServerTesting
import JSONTape
import Testing

/// Sessions of browsers, and what ends them.
@Suite struct SessionTests {
    static let email = "ada@clinic.example"

    private func list(_ site: AccountSite, _ cookie: String) async throws -> TestResponse {
        try await site.client.send("GET", "/auth/sessions", headers: [("Cookie", "martlet_session=\(cookie)")])
    }

    @Test func sessionsAreListedAndEnded() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let first = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let second = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            #expect(first != second)
            let sessions = try await list(site, first).json["sessions"]?.items ?? []
            #expect(sessions.count == 2)
            #expect(!(try await list(site, first).text.contains(first)))
            let other = try #require(sessions.first { $0["current"]?.bool == false }?["id"]?.string)
            let headers = [("Cookie", "martlet_session=\(first)")]
            #expect(try await site.client.send("DELETE", "/auth/sessions/\(other)", headers: headers).status == 200)
            #expect(try await site.client.send("DELETE", "/auth/sessions/\(other)", headers: headers).status == 404)
            #expect(try await list(site, second).status == 401)
            let third = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let ended = try await site.client.send("DELETE", "/auth/sessions", headers: headers)
            #expect(try ended.json["ended"]?.integer == 1)
            #expect(try await list(site, third).status == 401)
            #expect(try await list(site, first).status == 200)
            let out = try await site.client.send("POST", "/auth/sign-out", body: [], headers: headers)
            #expect(out.word == "signed-out")
            #expect(try await list(site, first).status == 401)
        }
    }

    @Test func sessionsOfOthersCannotBeEnded() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            try await site.makeAccount("eve@clinic.example")
            let ada = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let eve = try #require(try await site.signIn("eve@clinic.example", AccountSite.password).session)
            let id = try #require(try await list(site, ada).json["sessions"]?.items.first?["id"]?.string)
            let headers = [("Cookie", "martlet_session=\(eve)")]
            #expect(try await site.client.send("DELETE", "/auth/sessions/\(id)", headers: headers).status == 404)
            #expect(try await list(site, ada).status == 200)
            #expect(try await list(site, eve).json["sessions"]?.items.count == 1)
        }
    }

    @Test(arguments: [
        "UPDATE account_session SET seen = now() - interval '31 minutes'",
        "UPDATE account_session SET expires = now()",
        "UPDATE user_account SET state = 'deactivated'",
        "UPDATE person SET content = content || '{\"active\": false}'",
        "DELETE FROM account_session",
    ])
    func sessionsEnd(_ change: String) async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let cookie = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            #expect(try await site.sessions.account(cookie: cookie) != nil)
            try await site.sql(change)
            #expect(try await site.sessions.account(cookie: cookie) == nil)
            #expect(try await list(site, cookie).status == 401)
        }
    }

    /// A cookie that somebody put into the browser before is not taken up.
    @Test func theCookieIsANewOneAfterSigningIn() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let fixed = RandomToken.make()
            let answer = try await site.client.send(
                "POST", "/auth/sign-in",
                body: Array(#"{"email":"\#(Self.email)","password":"\#(AccountSite.password)"}"#.utf8),
                headers: [("Content-Type", "application/json"), ("Cookie", "martlet_session=\(fixed)")])
            let cookie = try #require(answer.session)
            #expect(cookie != fixed)
            #expect(try await site.sessions.account(cookie: fixed) == nil)
            // Signing in again in the same browser ends the session before.
            let again = try await site.client.send(
                "POST", "/auth/sign-in",
                body: Array(#"{"email":"\#(Self.email)","password":"\#(AccountSite.password)"}"#.utf8),
                headers: [("Content-Type", "application/json"), ("Cookie", "martlet_session=\(cookie)")])
            #expect(again.status == 200)
            #expect(try await site.sessions.account(cookie: cookie) == nil)
        }
    }

    @Test func changingThePasswordEndsAllSessions() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let here = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let there = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let headers = [("Cookie", "martlet_session=\(here)")]
            for (old, new, status) in [
                ("wrong one 12345", "Neue Berge 4711", 401), (AccountSite.password, "short", 422),
                (AccountSite.password, AccountSite.password, 422), (AccountSite.password, "Neue Berge 4711", 200),
            ] {
                let answer = try await site.post("/auth/password/change", ["old": old, "new": new], headers: headers)
                #expect(answer.status == status, "\(answer.text)")
                if status == 200 {
                    let fresh = try #require(answer.session)
                    #expect(try await site.sessions.account(cookie: fresh) != nil)
                }
            }
            #expect(try await site.sessions.account(cookie: here) == nil)
            #expect(try await site.sessions.account(cookie: there) == nil)
            #expect(try await site.signIn(Self.email, AccountSite.password).status == 401)
            #expect(try await site.signIn(Self.email, "Neue Berge 4711").status == 200)
            #expect(try await site.mails(to: Self.email).last?.subject == "Your password was changed")
            #expect(try await site.post("/auth/password/change", ["old": "a", "new": "b"]).status == 401)
        }
    }

    @Test func aForgottenPasswordIsReset() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let cookie = try #require(try await site.signIn(Self.email, AccountSite.password).session)
            let known = try await site.post("/auth/password/forgot", ["email": "ADA@clinic.example"])
            let unknown = try await site.post("/auth/password/forgot", ["email": "nobody@clinic.example"])
            #expect(known.status == 200)
            #expect(known.body == unknown.body)
            let token = try await site.token(to: Self.email)
            #expect(try await site.mails(to: "nobody@clinic.example").isEmpty)
            let weak = try await site.post("/auth/password/reset", ["token": token, "password": "ada@clinic.example"])
            #expect(weak.word == "weak_password")
            let wrong = try await site.post("/auth/verify-email", ["token": token])
            #expect(wrong.status == 410)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await site.post(
                            "/auth/password/reset", ["token": token, "password": "Neue Berge 4711"]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
            }
            #expect(answers == [200] + Array(repeating: 410, count: 7))
            #expect(try await site.sessions.account(cookie: cookie) == nil)
            #expect(try await site.signIn(Self.email, "Neue Berge 4711").status == 200)
            _ = try await site.post("/auth/password/forgot", ["email": Self.email])
            let late = try await site.token(to: Self.email)
            try await site.sql("UPDATE account_ticket SET expires = now()")
            let refused = try await site.post("/auth/password/reset", ["token": late, "password": "Neue Berge 4712"])
            #expect(refused.status == 410)
        }
    }

    @Test func bearerTokensStandForSessions() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email)
            _ = try await site.signIn(Self.email, AccountSite.password)
            let headers = [("Authorization", "Bearer person:\(made.person)")]
            let sessions = try await site.client.send("GET", "/auth/sessions", headers: headers)
            #expect(try sessions.json["sessions"]?.items.count == 1)
            let changed = try await site.post(
                "/auth/password/change", ["old": AccountSite.password, "new": "Neue Berge 4711"], headers: headers)
            #expect(changed.status == 200)
            #expect(changed.session == nil)
            let none = try await site.client.send(
                "GET", "/auth/sessions", headers: [("Authorization", "Bearer nonsense")])
            #expect(none.status == 401)
            #expect(none[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
        }
    }
}
