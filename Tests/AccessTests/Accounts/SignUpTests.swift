import Access
import Carriers
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Registering without help: `/auth/signup`, `/auth/verify-email`, `/auth/resend-verification`.
@Suite struct SignUpTests {
    static let details = [
        "email": "Ada.Berg@Clinic.example", "password": AccountSite.password, "name": "Ada Berg",
        "birthDate": "1990-05-17",
    ]

    @Test func aPatientRegistersAndSignsIn() async throws {
        try await AccountSite.with { site in
            let answer = try await site.post("/auth/signup", Self.details)
            #expect(answer.status == 200)
            #expect(answer.word == "pending-verification")
            let person = try #require(try answer.json["person"]?.string)
            let token = try await site.token(to: "ada.berg@clinic.example")
            // Nothing before the e-mail is verified; told to those who know the password.
            #expect(try await site.signIn("ada.berg@clinic.example", AccountSite.password).word == "email_unverified")
            let id = String(person.dropFirst("Person/".count))
            #expect(try await site.accounts.principal(person: id) == nil)
            #expect(try await site.client.get(person).json["active"]?.bool == false)

            let verified = try await site.post("/auth/verify-email", ["token": token])
            #expect(verified.status == 200)
            #expect(verified.word == "active")
            #expect(try await site.post("/auth/verify-email", ["token": token]).status == 410)
            // E-mails are the same in any case.
            let signedIn = try await site.signIn("ADA.BERG@clinic.EXAMPLE", AccountSite.password)
            #expect(signedIn.word == "signed-in")
            #expect(try signedIn.json["person"]?.string == person)
            let stored = try await site.client.get(person).json
            #expect(stored["active"]?.bool == true)
            let patient = try #require(stored["link"]?.items.first?["target"]?["reference"]?.string)
            #expect(try await site.client.get(patient).json["birthDate"]?.string == "1990-05-17")
            let principal = try #require(try await site.accounts.principal(person: id))
            #expect(principal.roles == ["patient"])
            #expect(principal.patients == [String(patient.dropFirst("Patient/".count))])
        }
    }

    @Test func aKnownAddressIsAnsweredAlike() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount("ada.berg@clinic.example", isPatient: true)
            var other = Self.details
            other["password"] = "Another One 4711"
            let known = try await site.post("/auth/signup", other)
            let unknown = try await site.post(
                "/auth/signup", other.merging(["email": "new@clinic.example"]) { $1 })
            #expect(known.status == unknown.status)
            #expect(known.word == unknown.word)
            #expect(known.body.count == unknown.body.count)
            #expect(known.headers.map(\.0) == unknown.headers.map(\.0))
            // The owner of the mailbox is told, and the account stays as it was.
            let mail = try #require(try await site.mails(to: "ada.berg@clinic.example").last)
            #expect(mail.subject == "You have an account already")
            #expect(!mail.text.contains("token"))
            #expect(try await site.signIn("ada.berg@clinic.example", AccountSite.password).status == 200)
            #expect(try await site.signIn("ada.berg@clinic.example", "Another One 4711").status == 401)
        }
    }

    @Test func anUnverifiedRegistrationDoesNotKeepAnAddress() async throws {
        try await AccountSite.with { site in
            var thief = Self.details
            thief["password"] = "Thief of addresses 1"
            thief["name"] = "Mallory Thief"
            _ = try await site.post("/auth/signup", thief)
            let first = try await site.token(to: "ada.berg@clinic.example")
            _ = try await site.post("/auth/signup", Self.details)
            let second = try await site.token(to: "ada.berg@clinic.example")
            #expect(try await site.post("/auth/verify-email", ["token": first]).status == 410)
            let verified = try await site.post("/auth/verify-email", ["token": second])
            #expect(verified.status == 200)
            #expect(try await site.signIn("ada.berg@clinic.example", "Thief of addresses 1").status == 401)
            #expect(try await site.signIn("ada.berg@clinic.example", AccountSite.password).status == 200)
            let person = try #require(try verified.json["person"]?.string)
            #expect(try await site.client.get(person).json["name"]?.items.first?["family"]?.string == "Berg")
        }
    }

    @Test func resendingVoidsTheOlderLink() async throws {
        try await AccountSite.with { site in
            _ = try await site.post("/auth/signup", Self.details)
            let first = try await site.token(to: "ada.berg@clinic.example")
            let known = try await site.post("/auth/resend-verification", ["email": "ada.berg@clinic.example"])
            let unknown = try await site.post("/auth/resend-verification", ["email": "nobody@clinic.example"])
            #expect(known.status == 200)
            #expect(known.body == unknown.body)
            #expect(try await site.mails(to: "nobody@clinic.example").isEmpty)
            let second = try await site.token(to: "ada.berg@clinic.example")
            #expect(first != second)
            #expect(try await site.post("/auth/verify-email", ["token": first]).status == 410)
            #expect(try await site.post("/auth/verify-email", ["token": second]).status == 200)
        }
    }

    @Test func linksExpireAndMailsAreLimited() async throws {
        try await AccountSite.with { site in
            _ = try await site.post("/auth/signup", Self.details)
            let token = try await site.token(to: "ada.berg@clinic.example")
            try await site.sql("UPDATE account_ticket SET expires = now()")
            #expect(try await site.post("/auth/verify-email", ["token": token]).status == 410)
            for _ in 0..<20 {
                _ = try await site.post("/auth/resend-verification", ["email": "ada.berg@clinic.example"])
            }
            #expect(try await site.mails(to: "ada.berg@clinic.example").count <= 6)
        }
    }

    @Test func oneAccountPerAddressUnderParallelRegistrations() async throws {
        try await AccountSite.with { site in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await site.post("/auth/signup", Self.details).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            async let one = site.mails(to: "ada.berg@clinic.example")
            async let two = site.mails(to: "ada.berg@clinic.example")
            _ = try await (one, two)
            let rows = try await site.server.test.database.read(.init("SELECT count(*) FROM user_account"))
            #expect(rows.int64(0, 0) == 1)
            #expect(try await site.client.get("Person").json["total"]?.integer == 1)
        }
    }

    @Test(arguments: [
        ("password", "short", 422, "weak_password"), ("password", "Passw0rd123", 422, "weak_password"),
        ("password", "aaaaaaaaaaaa", 422, "weak_password"), ("password", "abcdefghijkl", 422, "weak_password"),
        ("password", "ada.berg@clinic.example", 422, "weak_password"),
        ("password", "Ada Berg 123", 422, "weak_password"),
        ("email", "nobody", 422, "invalid_email"), ("email", "a@b\r\nBcc: c@d.example", 422, "invalid_email"),
        ("email", "a@b.example,c@d.example", 422, "invalid_email"), ("birthDate", "17.5.1990", 400, "invalid_request"),
        ("birthDate", "2999-01-01", 400, "invalid_request"), ("birthDate", "1990-02-31", 400, "invalid_request"),
        ("name", "", 400, "invalid_request"), ("email", "", 400, "invalid_request"),
    ])
    func badDetailsAreRefused(_ name: String, _ value: String, _ status: Int, _ word: String) async throws {
        try await AccountSite.with { site in
            let answer = try await site.post("/auth/signup", Self.details.merging([name: value]) { $1 })
            #expect(answer.status == status)
            #expect(answer.word == word)
            #expect(try await site.mails(to: "ada.berg@clinic.example").isEmpty)
        }
    }

    @Test func aConsentIsStoredForTheNewPatient() async throws {
        try await AccountSite.with { site in
            let consent = """
                {"resourceType":"Consent","status":"active",
                "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"treatment"}]},
                "category":[{"text":"treatment"}],"policyRule":{"text":"clinic"}}
                """
            let body = """
                {"email":"c@clinic.example","password":"\(AccountSite.password)","birthDate":"1980-01-01",
                "name":{"given":["Cy"],"family":"Lund"},"phone":"+47 123","consent":\(consent)}
                """
            let answer = try await site.client.send(
                "POST", "/auth/signup", body: Array(body.utf8), headers: [("Content-Type", "application/json")])
            #expect(answer.status == 200, "\(answer.text)")
            let token = try await site.token(to: "c@clinic.example")
            #expect(try await site.post("/auth/verify-email", ["token": token]).status == 200)
            let found = try await site.client.get("Consent").json
            let stored = try #require(found["entry"]?.items.first?["resource"])
            #expect(stored["patient"]?["reference"]?.string?.hasPrefix("Patient/") == true)
            let bad = body.replacing("\"active\"", with: "\"nonsense\"")
            let refused = try await site.client.send(
                "POST", "/auth/signup", body: Array(bad.utf8), headers: [("Content-Type", "application/json")])
            #expect(refused.status == 422)
        }
    }
}
