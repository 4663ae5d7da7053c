import Access
import FHIRFormats
import FHIRServerTesting
import JSONTape
import Testing

/// `/auth/mfa/…` and the second step of a sign-in.
@Suite struct SecondFactorTests {
    static let email = "ada@clinic.example"

    /// Enrols an account; returns its secret and recovery codes, and the step of the code that was used.
    private func enrol(
        _ site: AccountSite, _ person: String
    ) async throws -> (secret: [UInt8], recovery: [String], step: Int64) {
        let headers = [("Authorization", "Bearer person:\(person)")]
        let offer = try await site.post("/auth/mfa/enrol", ["kind": "totp"], headers: headers)
        #expect(offer.status == 200)
        let text = try #require(try offer.json["secret"]?.string)
        #expect(
            try offer.json["uri"]?.string == "otpauth://totp/Martlet:ada%40clinic.example?secret=\(text)&issuer=Martlet"
        )
        let secret = Self.bytes(base32: text)
        let step = Self.step
        let code = TimedCode.code(secret, step: step)
        let enabled = try await site.post("/auth/mfa/verify", ["code": code], headers: headers)
        #expect(enabled.word == "enabled")
        let recovery = try enabled.json["recovery_codes"]?.items.compactMap(\.string) ?? []
        #expect(Set(recovery).count == 10)
        return (secret, recovery, step)
    }

    static var step: Int64 { Instant.now.microsecondsSince1970 / 30_000_000 }

    static func bytes(base32 text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits = 0
        var count = 0
        var bytes: [UInt8] = []
        for character in text {
            bits = (bits << 5 | (alphabet.firstIndex(of: character) ?? 0)) & 0xFFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    @Test func theCodeIsWantedAndWorksOnce() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email)
            let (secret, recovery, step) = try await enrol(site, made.person)
            let half = try await site.signIn(Self.email, AccountSite.password)
            #expect(half.status == 401)
            #expect(half.word == "mfa_required")
            // The half session is good for the second step only.
            let cookie = try #require(half.session)
            #expect(try await site.sessions.account(cookie: cookie) == nil)
            // The code of enrolling was used up.
            let used = TimedCode.code(secret, step: step)
            let replayed = try await site.signIn(Self.email, AccountSite.password, code: used)
            #expect(replayed.word == "invalid_code")
            let next = TimedCode.code(secret, step: step + 1)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await site.signIn(Self.email, AccountSite.password, code: next).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(answers.count { $0 == 200 } == 1)
            // A recovery code works once, however it is typed; also as the second step.
            let typed = recovery[0].uppercased().replacing("-", with: " ")
            let headers = [("Cookie", "martlet_session=\(cookie)")]
            let finished = try await site.post("/auth/sign-in/code", ["code": typed], headers: headers)
            #expect(finished.word == "signed-in")
            let full = try #require(finished.session)
            #expect(full != cookie)
            #expect(try await site.sessions.account(cookie: full)?.usedSecondFactor == true)
            #expect(try await site.sessions.halfSignedIn(cookie: cookie) == nil)
            let again = try await site.signIn(Self.email, AccountSite.password, code: recovery[0])
            #expect(again.word == "invalid_code")
            #expect(try await site.signIn(Self.email, AccountSite.password, code: recovery[1]).status == 200)
        }
    }

    @Test func guessingCodesLocksOut() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email)
            let (_, recovery, _) = try await enrol(site, made.person)
            for _ in 0..<5 {
                // The right password in between forgets nothing.
                #expect(try await site.signIn(Self.email, AccountSite.password).word == "mfa_required")
                #expect(try await site.signIn(Self.email, AccountSite.password, code: "000000").status == 401)
            }
            try await site.sql("UPDATE sign_in_failure SET blocked_until = now() + interval '1 minute'")
            #expect(try await site.signIn(Self.email, AccountSite.password, code: recovery[0]).status == 429)
        }
    }

    @Test func disablingTakesACodeOrAnotherPerson() async throws {
        try await AccountSite.with { site in
            let made = try await site.makeAccount(Self.email, roles: ["physician"])
            let chief = try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            let (_, recovery, _) = try await enrol(site, made.person)
            let own = [("Authorization", "Bearer person:\(made.person)")]
            #expect(try await site.post("/auth/mfa/disable", ["code": "000000"], headers: own).status == 401)
            #expect(try await site.post("/auth/mfa/disable", [:], headers: own).status == 400)
            #expect(try await site.post("/auth/mfa/disable", ["code": recovery[0]]).status == 401)
            let enrolled = try await site.post("/auth/mfa/enrol", [:], headers: own)
            #expect(enrolled.status == 409)
            let eve = try await site.makeAccount("eve@clinic.example", roles: ["hr"])
            let members = ["person": "Person/\(made.person)"]
            let byEve = [("Authorization", "Bearer person:\(eve.person)")]
            #expect(try await site.post("/auth/mfa/disable", members, headers: byEve).status == 403)
            let byChief = [("Authorization", "Bearer person:\(chief.person)")]
            #expect(try await site.post("/auth/mfa/disable", members, headers: byChief).word == "disabled")
            #expect(try await site.signIn(Self.email, AccountSite.password).status == 200)
            let kind = try await site.post("/auth/mfa/enrol", ["kind": "webauthn"], headers: own)
            #expect(kind.status == 400)
        }
    }

    /// RFC 6238, appendix B, with six digits in place of eight.
    @Test(arguments: [
        (Int64(59), "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func codesAreThoseOfTheStandard(_ seconds: Int64, _ code: String) {
        #expect(TimedCode.code(Array("12345678901234567890".utf8), step: seconds / 30) == code)
    }
}
