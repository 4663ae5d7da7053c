import Access
import AuthServer
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `/auth/sign-in` and the limits on guessing.
@Suite struct SignInTests {
    static let email = "ada@clinic.example"

    @Test func fiveFailuresBackOffAlikeForThoseWithoutAccount() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let emails = [Self.email, "nobody@clinic.example", "no address at all"]
            func attempt(_ email: String) async throws -> String {
                let answer = try await site.signIn(email, "wrong password 1")
                let names = answer.headers.map { $0.0.lowercased() }.filter { $0 != "retry-after" }
                return "\(answer.status) \(answer.text) \(names)"
            }
            for _ in 0..<5 {
                var seen: Set<String> = []
                for email in emails { seen.insert(try await attempt(email)) }
                #expect(seen.count == 1)
                #expect(seen.first?.hasPrefix("401") == true)
            }
            // How long they are blocked is looked up where it stands: a slow test would outlast the first second.
            let blocked = try await site.server.test.database.read(
                .init("SELECT count(*) FROM sign_in_failure WHERE failures = 5 AND blocked_until > last"))
            #expect(blocked.int64(0, 0) == 3)
            try await site.sql("UPDATE sign_in_failure SET blocked_until = now() + interval '1 minute'")
            var refused: Set<String> = []
            for email in emails { refused.insert(try await attempt(email)) }
            #expect(refused.count == 1)
            #expect(refused.first?.hasPrefix("429") == true)
            // Neither does the right password open it meanwhile.
            try await site.sql("UPDATE sign_in_failure SET blocked_until = now() + interval '1 minute'")
            let right = try await site.signIn(Self.email, AccountSite.password)
            #expect(right.status == 429)
            #expect(right[header: "Retry-After"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            try await site.sql("UPDATE sign_in_failure SET blocked_until = now()")
            #expect(try await site.signIn(Self.email, AccountSite.password).status == 200)
            // A success forgets what was before.
            #expect(try await site.signIn(Self.email, "wrong password 1").status == 401)
        }
    }

    @Test func tenFailuresLockForAQuarterOfAnHour() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email)
            for count in 1...10 {
                #expect(try await site.signIn(Self.email, "wrong password \(count)").status == 401)
                if count < 10 { try await site.sql("UPDATE sign_in_failure SET blocked_until = now()") }
            }
            let locked = try await site.signIn(Self.email, AccountSite.password)
            #expect(locked.status == 429)
            let seconds = try #require(locked[header: "Retry-After"].flatMap { Int($0) })
            #expect((800...900).contains(seconds))
            // Attempts while it is locked do not make it longer.
            let reason = #"{"name":"reason","valueString":"called"}"#
            let unlocked = try await site.call("Person/\(made.person)/$unlock", [reason], by: nil)
            #expect(unlocked.status == 200)
            #expect(try await site.signIn(Self.email, AccountSite.password).status == 200)
        }
    }

    /// Attempts made at once are judged in turn: of sixty, five count, and the right one among the rest is of no use.
    @Test func guessingInParallelGainsNothing() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask { try await site.signIn(Self.email, "wrong password \(number)").status }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses[401, default: 0] >= 5)
            // A pause may pass meanwhile and let one more in each, until ten lock for a quarter of an hour.
            #expect(statuses[401, default: 0] <= 10)
            #expect(statuses[200] == nil)
            #expect(statuses[429, default: 0] + statuses[401, default: 0] == 60)
        }
    }

    @Test func rightPasswordsInParallelAllSignIn() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<32 { group.addTask { try await site.signIn(Self.email, AccountSite.password).status } }
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func oneAddressCannotAskForEverything() async throws {
        var limits = AddressLimiter.Limits()
        limits.burst = 5
        limits.perSecond = 0.01
        try await AccountSite.with(limits: limits) { site in
            for _ in 0..<5 {
                #expect(try await site.post("/auth/password/forgot", ["email": "a@clinic.example"]).status == 200)
            }
            let refused = try await site.post("/auth/password/forgot", ["email": "b@clinic.example"])
            #expect(refused.status == 429)
            #expect(refused[header: "Retry-After"] != nil)
        }
    }

    @Test(arguments: [
        ("application/json", #"{"email":"a@b.example"}"#, 400), ("application/json", "[]", 400),
        ("application/json", "{", 400), ("application/json", #"{"email":1,"password":2}"#, 400),
        ("text/plain", "email=a", 415), ("application/x-www-form-urlencoded", "email=%00&password=x", 400),
        ("application/x-www-form-urlencoded", "email=\u{0}&password=x", 400), ("application/json", "", 400),
    ])
    func malformedBodiesAreRefused(_ type: String, _ body: String, _ status: Int) async throws {
        try await AccountSite.with { site in
            let answer = try await site.client.send(
                "POST", "/auth/sign-in", body: Array(body.utf8), headers: [("Content-Type", type)])
            #expect(answer.status == status)
            #expect(answer[header: "Content-Type"] == "application/json")
            #expect(answer[header: "Cache-Control"] == "no-store")
        }
    }

    @Test func formsOfProgramsAreTaken() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let form = "email=ADA%40clinic.example&password=Blauer+Himmel+77"
            let answer = try await site.client.form("/auth/sign-in", form)
            #expect(answer.status == 200)
            #expect(answer.word == "signed-in")
            let cookie = try #require(answer.headers.first { $0.0.lowercased() == "set-cookie" }?.1)
            #expect(cookie.contains("; HttpOnly; SameSite=Lax"))
        }
    }

    @Test func longPasswordsCostNoMore() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount(Self.email)
            let long = String(repeating: "x", count: 60_000)
            #expect(try await site.signIn(Self.email, long).status == 401)
            let tooLong = String(repeating: "x", count: 70_000)
            #expect(try await site.signIn(Self.email, tooLong).status == 413)
        }
    }
}
