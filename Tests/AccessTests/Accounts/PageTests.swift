import Access
import Carriers
import FHIRServer
import FHIRServerTesting
import Testing

/// The pages: without script, and safe from what other sites do to browsers.
@Suite struct PageTests {
    static let email = "ada@clinic.example"

    @Test func aPersonRegistersSignsInAndOutByForms() async throws {
        try await AccountSite.with { site in
            let browser = TestBrowser(site.client)
            let registered = try await browser.submit(
                "/auth/signup",
                [
                    "given": "Ada", "family": "Berg", "birthDate": "1990-05-17", "email": Self.email,
                    "password": AccountSite.password,
                ])
            #expect(registered.status == 200)
            #expect(registered.text.contains("Look into your mail"))
            let token = try await site.token(to: Self.email)
            // Looking does not use a link up.
            for _ in 0..<3 { #expect(try await browser.get("/auth/verify-email?token=\(token)").status == 200) }
            let verified = try await browser.submit("/auth/verify-email?token=\(token)", ["token": token])
            #expect(verified.text.contains("Your address is confirmed"))
            #expect(try await browser.submit("/auth/verify-email?token=\(token)", ["token": token]).status == 410)

            let wrong = try await browser.submit("/auth/sign-in", ["email": Self.email, "password": "wrong one 123"])
            #expect(wrong.status == 401)
            #expect(wrong.text.contains("There is a problem"))
            #expect(wrong.text.contains(#"value="ada@clinic.example""#))
            #expect(!wrong.text.contains("wrong one 123"))
            let anonymous = try await browser.get("/auth/account")
            #expect(anonymous.status == 303)
            #expect(anonymous[header: "Location"] == "/auth/sign-in?next=/auth/account")
            let next = "/auth/authorize?client_id=a&scope=b%20c"
            let signedIn = try await browser.submit(
                "/auth/sign-in?next=\(next.queryEncoded)",
                ["email": Self.email, "password": AccountSite.password, "next": next])
            #expect(signedIn.status == 303)
            #expect(signedIn[header: "Location"] == next)
            #expect(try await browser.get("/auth/account").text.contains(Self.email))
            #expect(try await browser.get("/auth/sessions/end").text.contains("This browser"))
            #expect(try await browser.submit("/auth/sign-out", [:]).text.contains("You have signed out"))
            #expect(try await browser.get("/auth/account").status == 303)
        }
    }

    @Test(arguments: [
        "/auth/sign-in", "/auth/sign-in/code", "/auth/signup", "/auth/verify-email", "/auth/resend-verification",
        "/auth/password/forgot", "/auth/password/reset", "/auth/invitation", "/auth/first-administrator",
        "/auth/sign-out",
    ])
    func pagesAreSafeAndAccessible(_ path: String) async throws {
        try await AccountSite.with { site in
            let attack = #""><script>alert(1)</script>"#
            let page = try await TestBrowser(site.client).get(
                "\(path)?token=\(attack.queryEncoded)&next=\(attack.queryEncoded)")
            #expect(page.status == 200)
            #expect(!page.text.contains("<script"))
            let policy = try #require(page[header: "Content-Security-Policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(page[header: "X-Frame-Options"] == "DENY")
            #expect(page[header: "X-Content-Type-Options"] == "nosniff")
            #expect(page[header: "Referrer-Policy"] == "same-origin")
            #expect(page[header: "Cache-Control"] == "no-store")
            #expect(page.text.contains(#"<html lang="en">"#))
            #expect(!page.text.contains("http://") && !page.text.contains("https://"))
            let inputs = page.text.split(separator: "<input id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            for input in inputs { #expect(page.text.contains("<label for=\"\(input)\">")) }
        }
    }

    @Test func formsOfOtherSitesAreRefused() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let fields = ["email": Self.email, "password": AccountSite.password]
            let browser = TestBrowser(site.client)
            // Without the token, with a token of another browser, and with a cookie that was planted.
            #expect(try await browser.send("/auth/sign-in", fields).status == 403)
            let other = TestBrowser(site.client)
            let foreign = TestBrowser.csrf(in: try await other.get("/auth/sign-in").text)
            _ = try await browser.get("/auth/sign-in")
            #expect(try await browser.send("/auth/sign-in", fields.merging(["csrf": foreign]) { $1 }).status == 403)
            let own = TestBrowser.csrf(in: try await browser.get("/auth/sign-in").text)
            for header in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
                let answer = try await browser.send(
                    "/auth/sign-in", fields.merging(["csrf": own]) { $1 }, headers: [header])
                #expect(answer.status == 403)
            }
            let origin = ("Origin", "http://127.0.0.1:\(site.client.port)")
            let good = try await browser.send(
                "/auth/sign-in", fields.merging(["csrf": own]) { $1 },
                headers: [origin, ("Sec-Fetch-Site", "same-origin")])
            #expect(good.status == 303)
            // Whoever has signed in: a form of another site changes nothing.
            let change = ["old": AccountSite.password, "new": "Neue Berge 4711"]
            #expect(try await browser.send("/auth/password/change", change).status == 403)
            #expect(try await browser.send("/auth/mfa/enrol", [:]).status == 403)
            #expect(try await browser.send("/auth/sign-out", [:]).status == 403)
            let deletion = try await site.client.send(
                "DELETE", "/auth/sessions",
                headers: [
                    ("Cookie", "martlet_session=\(browser.cookies["martlet_session"] ?? "")"),
                    ("Origin", "https://evil.example"),
                ])
            #expect(deletion.status == 403)
            #expect(try await browser.get("/auth/account").status == 200)
        }
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/%0d%0aSet-Cookie:a=b\r\nX: y", "evil.example", "/a b", "",
    ])
    func nextLeadsNowhereElse(_ next: String) async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let answer = try await TestBrowser(site.client).submit(
                "/auth/sign-in", ["email": Self.email, "password": AccountSite.password, "next": next])
            #expect(answer.status == 303)
            #expect(answer[header: "Location"] == "/auth/account")
            #expect(answer[header: "X"] == nil)
        }
    }

    @Test func hostsOfRequestsDoNotReachMails() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let raw = """
                POST /auth/password/forgot HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r
                Content-Length: 30\r\nConnection: close\r\n\r\n{"email":"ada@clinic.example"}
                """
            #expect(try await site.client.raw(Array(raw.utf8)).contains("200"))
            let mails = try await site.mails(to: Self.email)
            #expect(mails.count == 1)
            #expect(!mails[0].text.contains("evil"))
        }
    }

    @Test func otherMethodsAndAddressesAreRefused() async throws {
        try await AccountSite.with { site in
            #expect(try await site.client.send("PUT", "/auth/sign-in", body: []).status == 405)
            #expect(try await site.client.send("GET", "/auth/nothing").status == 404)
            let style = try await site.client.send("GET", "/auth/style.css")
            #expect(style[header: "Content-Type"] == "text/css; charset=utf-8")
            #expect(!style.text.contains("http"))
        }
    }
}
