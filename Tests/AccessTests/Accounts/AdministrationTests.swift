import Access
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Person/$invite`, `$activate`, `$deactivate`, `$unlock`, `PractitionerRole/$assign`, `$revoke`,
/// `Person/$my-permissions`.
@Suite struct AdministrationTests {
    static func text(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueString":"\#(value)"}"# }
    static func code(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueCode":"\#(value)"}"# }
    static func reference(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(value)"}}"#
    }

    @Test func staffAreInvitedAndBegin() async throws {
        try await AccountSite.with { site in
            let chief = try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            _ = try await site.client.put(
                "Organization/o1", #"{"resourceType":"Organization","id":"o1","name":"Clinic"}"#)
            let parameters = [
                Self.text("email", "Doc@Clinic.example"), Self.code("role", "physician"),
                Self.code("role", "facility_head"), Self.reference("organization", "Organization/o1"),
                #"{"name":"profile","resource":{"resourceType":"Practitioner","name":[{"family":"Lie"}]}}"#,
            ]
            let invited = try await site.call("Person/$invite", parameters, by: chief.person, key: "k1")
            #expect(invited.status == 200, "\(invited.text)")
            let replayed = try await site.call("Person/$invite", parameters, by: chief.person, key: "k1")
            #expect(replayed.body == invited.body)
            let json = try invited.json
            #expect(json["resourceType"]?.string == "Person")
            #expect(json["active"]?.bool == false)
            #expect(json["name"]?.items.first?["family"]?.string == "Lie")
            let person = try #require(json["id"]?.string)
            // Version 4: nothing tells when it was made.
            #expect(person.split(separator: "-")[2].first == "4")
            #expect(try await site.accounts.principal(person: person) == nil)
            #expect(try await site.call("Person/$invite", parameters, by: chief.person).status == 409)
            #expect(try await site.mails(to: "doc@clinic.example").count == 1)
            #expect(try await site.signIn("doc@clinic.example", AccountSite.password).status == 401)
            let token = try await site.token(to: "doc@clinic.example")
            let weak = try await site.post("/auth/invitation", ["token": token, "password": "short"])
            #expect(weak.status == 422)
            let accepted = try await site.post("/auth/invitation", ["token": token, "password": AccountSite.password])
            #expect(accepted.word == "active")
            #expect(try await site.post("/auth/invitation", ["token": token, "password": "x"]).status == 410)
            #expect(try await site.signIn("doc@clinic.example", AccountSite.password).status == 200)
            let principal = try #require(try await site.accounts.principal(person: person))
            #expect(principal.roles == ["physician", "facility-head"])
            #expect(principal.organization == "o1")
            let practitioner = try #require(principal.practitioner)
            #expect(try await site.client.get("Practitioner/\(practitioner)").status == 200)
            let roles = try await site.client.get("PractitionerRole?role=urn:martlet:role%7Cphysician").json
            #expect(roles["entry"]?.items.count == 1)
        }
    }

    @Test(arguments: [
        ("superadmin", "superadmin", 200), ("superadmin", "hr", 200), ("medical-admin", "physician", 200),
        ("medical-admin", "superadmin", 403), ("medical-admin", "medical-admin", 403), ("medical-admin", "hr", 403),
        ("registration", "physician", 403), ("registration", "patient", 200), ("registration", "registration", 403),
        ("hr", "superadmin", 403), ("hr", "facility-head", 403), ("hr", "patient", 403), ("physician", "nurse", 403),
        ("facility-head", "nurse", 403), ("nurse", "patient", 403), ("superadmin", "system", 400),
        ("superadmin", "king", 400), ("medical-admin", "Medical_Admin", 403), ("hr", "physician", 200),
    ])
    func rolesAreGivenDownwardOnly(_ giver: String, _ role: String, _ status: Int) async throws {
        try await AccountSite.with { site in
            let by = try await site.makeAccount("giver@clinic.example", roles: [giver])
            let answer = try await site.call(
                "Person/$invite",
                [
                    Self.text("email", "new@clinic.example"), Self.code("role", role),
                    #"{"name":"name","valueHumanName":{"given":["Nils"],"family":"Moe"}}"#,
                ], by: by.person)
            #expect(answer.status == status, "\(answer.text)")
            guard status == 200 else {
                #expect(try await site.accounts.account(email: #require(EmailAddress("new@clinic.example"))) == nil)
                return
            }
            let token = try await site.token(to: "new@clinic.example")
            _ = try await site.post("/auth/invitation", ["token": token, "password": AccountSite.password])
            let person = try #require(try answer.json["id"]?.string)
            // What human resources propose is not in force.
            #expect(try await site.accounts.principal(person: person)?.roles == (giver == "hr" ? [] : [role]))
        }
    }

    @Test func deactivatingEndsEverythingAtOnce() async throws {
        try await AccountSite.with { site in
            let chief = try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            let doc = try await site.makeAccount("doc@clinic.example", roles: ["physician"])
            let practitioner = try #require(doc.practitioner)
            let cookie = try #require(try await site.signIn("doc@clinic.example", AccountSite.password).session)
            _ = try await site.client.put("Patient/p1", #"{"resourceType":"Patient","id":"p1"}"#)
            _ = try await site.client.put(
                "Appointment/a1",
                """
                {"resourceType":"Appointment","id":"a1","status":"booked","start":"2099-01-01T08:00:00Z",
                "end":"2099-01-01T08:30:00Z","participant":[{"actor":{"reference":"Practitioner/\(practitioner)"},
                "status":"accepted"},{"actor":{"reference":"Patient/p1"},"status":"accepted"}]}
                """)
            _ = try await site.client.put(
                "Task/t1",
                """
                {"resourceType":"Task","id":"t1","status":"requested","intent":"order",
                "owner":{"reference":"Practitioner/\(practitioner)"}}
                """)
            let path = "Person/\(doc.person)/$deactivate"
            #expect(try await site.call(path, [], by: chief.person).status == 400)
            let reason = Self.text("reason", "left")
            #expect(try await site.call(path, [reason], by: doc.person).status == 403)
            let answer = try await site.call(path, [reason], by: chief.person, key: "k")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await site.call(path, [reason], by: chief.person, key: "k").body == answer.body)
            let parts = try answer.json["parameter"]?.items ?? []
            #expect(parts[0]["resource"]?["active"]?.bool == false)
            #expect(parts[1]["resource"]?["entry"]?.items.count == 2)
            #expect(try await site.sessions.account(cookie: cookie) == nil)
            #expect(try await site.accounts.principal(person: doc.person) == nil)
            #expect(
                try await site.client.get("Person", headers: [("Authorization", "Bearer person:\(doc.person)")]).status
                    == 401)
            #expect(try await site.signIn("doc@clinic.example", AccountSite.password).word == "account_deactivated")
            #expect(try await site.signIn("doc@clinic.example", "wrong one 1234").word == "invalid_credentials")
            let again = try await site.call(path, [reason], by: chief.person)
            #expect(again.status == 422)
            #expect(again.issueCodes == ["illegal-transition"])
            let activated = try await site.call("Person/\(doc.person)/$activate", [reason], by: chief.person, key: "a")
            #expect(activated.status == 200)
            #expect(try await site.call("Person/\(doc.person)/$activate", [reason], by: chief.person).status == 422)
            #expect(try await site.signIn("doc@clinic.example", AccountSite.password).status == 200)
            _ = try await site.client.put("Person/x1", #"{"resourceType":"Person","id":"x1"}"#)
            #expect(try await site.call("Person/x1/$activate", [reason], by: chief.person).issueCodes == ["no-account"])
            #expect(try await site.call("Person/none/$activate", [reason], by: chief.person).status == 404)
        }
    }

    @Test func openTasksAreReassigned() async throws {
        try await AccountSite.with { site in
            let chief = try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            let doc = try await site.makeAccount("doc@clinic.example", roles: ["physician"])
            let other = try await site.makeAccount("other@clinic.example", roles: ["physician"])
            _ = try await site.client.put(
                "Task/t1",
                """
                {"resourceType":"Task","id":"t1","status":"accepted","intent":"order",
                "owner":{"reference":"Practitioner/\(doc.practitioner ?? "")"}}
                """)
            let answer = try await site.call(
                "Person/\(doc.person)/$deactivate",
                [
                    Self.text("reason", "left"),
                    Self.reference("reassignTo", "PractitionerRole/\(other.practitionerRoles[0])"),
                ], by: chief.person)
            #expect(answer.status == 200)
            let owner = try await site.client.get("Task/t1").json["owner"]?["reference"]?.string
            #expect(owner == "PractitionerRole/\(other.practitionerRoles[0])")
        }
    }

    @Test func rolesAreAssignedAndRevoked() async throws {
        try await AccountSite.with { site in
            let chief = try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            let hr = try await site.makeAccount("hr@clinic.example", roles: ["hr"])
            let ada = try await site.makeAccount("ada@clinic.example", isPatient: true)
            let wish = [Self.reference("person", "Person/\(ada.person)"), Self.code("role", "nurse")]
            // Human resources propose, administrators assign.
            let proposed = try await site.call("PractitionerRole/$assign", wish, by: hr.person)
            #expect(try proposed.json["active"]?.bool == false, "\(proposed.text)")
            #expect(try await site.accounts.principal(person: ada.person)?.roles == ["patient"])
            let assigned = try await site.call("PractitionerRole/$assign", wish, by: chief.person, key: "k")
            #expect(assigned.status == 200, "\(assigned.text)")
            #expect(
                try await site.call("PractitionerRole/$assign", wish, by: chief.person, key: "k").body == assigned.body)
            let principal = try #require(try await site.accounts.principal(person: ada.person))
            #expect(principal.roles == ["patient", "nurse"])
            #expect(
                try assigned.json["practitioner"]?["reference"]?.string
                    == "Practitioner/\(principal.practitioner ?? "")")
            #expect(try await site.call("PractitionerRole/$assign", wish, by: chief.person).status == 409)
            #expect(try await site.call("PractitionerRole/$revoke", wish, by: hr.person).status == 403)
            let revoked = try await site.call("PractitionerRole/$revoke", wish, by: chief.person)
            #expect(try revoked.json["active"]?.bool == false)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == ["patient"])
            #expect(
                try await site.call("PractitionerRole/$revoke", wish, by: chief.person).issueCodes == ["not-assigned"])
            let patient = [Self.reference("person", "Person/\(ada.person)"), Self.code("role", "patient")]
            #expect(try await site.call("PractitionerRole/$assign", patient, by: chief.person).status == 422)
            let self1 = [Self.reference("person", "Person/\(hr.person)"), Self.code("role", "physician")]
            #expect(try await site.call("PractitionerRole/$assign", self1, by: hr.person).status == 403)
            let up = [Self.reference("person", "Person/\(ada.person)"), Self.code("role", "superadmin")]
            #expect(try await site.call("PractitionerRole/$assign", up, by: hr.person).status == 403)
            let over = wish + [#"{"name":"period","valuePeriod":{"start":"2020-01-01","end":"2020-12-31"}}"#]
            #expect(try await site.call("PractitionerRole/$assign", over, by: chief.person).status == 200)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == ["patient"])
        }
    }

    /// Plain writes of resources take rights away, and never give any.
    @Test func plainWritesGiveNothing() async throws {
        try await AccountSite.with { site in
            try await site.makeAccount("chief@clinic.example", roles: ["superadmin"])
            let ada = try await site.makeAccount("ada@clinic.example", roles: ["nurse"])
            let role = "PractitionerRole/\(ada.practitionerRoles[0])"
            func write(_ code: String, active: Bool) async throws {
                let json = """
                    {"resourceType":"PractitionerRole","id":"\(ada.practitionerRoles[0])","active":\(active),
                    "practitioner":{"reference":"Practitioner/\(ada.practitioner ?? "")"},
                    "code":[{"coding":[{"system":"urn:martlet:role","code":"\(code)"}]}]}
                    """
                #expect(try await site.client.put(role, json).status == 200)
            }
            try await write("superadmin", active: true)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == [])
            try await write("nurse", active: true)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == ["nurse"])
            try await write("nurse", active: false)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == [])
            let added = """
                {"resourceType":"PractitionerRole","active":true,
                "practitioner":{"reference":"Practitioner/\(ada.practitioner ?? "")"},
                "code":[{"coding":[{"system":"urn:martlet:role","code":"superadmin"}]}]}
                """
            #expect(try await site.client.post("PractitionerRole", added).status == 201)
            #expect(try await site.accounts.principal(person: ada.person)?.roles == [])
            // A link to somebody's record opens nothing.
            _ = try await site.client.put("Patient/p1", #"{"resourceType":"Patient","id":"p1"}"#)
            let linked = """
                {"resourceType":"Person","id":"\(ada.person)","active":true,
                "link":[{"target":{"reference":"Patient/p1"}}]}
                """
            #expect(try await site.client.put("Person/\(ada.person)", linked).status == 200)
            #expect(try await site.accounts.principal(person: ada.person)?.patients == [])
            #expect(try await site.client.delete(role).status < 300)
            #expect(try await site.client.delete("Person/\(ada.person)").status < 300)
            #expect(try await site.accounts.principal(person: ada.person) == nil)
        }
    }

    @Test func theLastAdministratorStays() async throws {
        try await AccountSite.with { site in
            let people = [
                try await site.makeAccount("one@clinic.example", roles: ["superadmin"]),
                try await site.makeAccount("two@clinic.example", roles: ["superadmin"]),
            ]
            let reason = Self.text("reason", "left")
            // Both at once, by every way there is: one stays.
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<32 {
                    let person = people[index % 2]
                    group.addTask {
                        switch index / 2 % 4 {
                        case 0: try await site.call("Person/\(person.person)/$deactivate", [reason], by: nil).status
                        case 1:
                            try await site.call(
                                "PractitionerRole/$revoke",
                                [Self.reference("person", "Person/\(person.person)"), Self.code("role", "superadmin")],
                                by: nil
                            ).status
                        case 2: try await site.client.delete("PractitionerRole/\(person.practitionerRoles[0])").status
                        default: try await site.client.delete("Person/\(person.person)").status
                        }
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.contains(409))
            #expect(statuses.allSatisfy { $0 < 500 })
            #expect(try await site.accounts.hasAdministrator())
            let last = try #require(try await firstAdministrator(site, people))
            let refused = try await site.call("Person/\(last.person)/$deactivate", [reason], by: nil)
            #expect(refused.status == 409)
            #expect(refused.issueCodes == ["last-administrator"])
            let json = #"{"resourceType":"Person","id":"\#(last.person)","active":false}"#
            #expect(try await site.client.put("Person/\(last.person)", json).status == 409)
            let patch = #"[{"op":"replace","path":"/active","value":false}]"#
            let patched = try await site.client.send(
                "PATCH", "PractitionerRole/\(last.practitionerRoles[0])", body: Array(patch.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
            #expect(patched.status == 409)
        }
    }

    private func firstAdministrator(_ site: AccountSite, _ people: [CreatedAccount]) async throws -> CreatedAccount? {
        for person in people {
            if try await site.accounts.principal(person: person.person)?.roles.contains("superadmin") == true {
                return person
            }
        }
        return nil
    }

    @Test func organizationsKeepToThemselves() async throws {
        try await AccountSite.with { site in
            for id in ["o1", "o2"] {
                _ = try await site.client.put(
                    "Organization/\(id)", #"{"resourceType":"Organization","id":"\#(id)","name":"\#(id)"}"#)
            }
            let chief = try await site.makeAccount("c1@clinic.example", roles: ["superadmin"], organization: "o1")
            let doc = try await site.makeAccount("d2@clinic.example", roles: ["physician"], organization: "o2")
            try await site.makeAccount("c2@clinic.example", roles: ["superadmin"], organization: "o2")
            let reason = Self.text("reason", "left")
            #expect(try await site.call("Person/\(doc.person)/$deactivate", [reason], by: chief.person).status == 404)
            let invite = [Self.text("email", "n@clinic.example"), Self.code("role", "nurse")]
            let foreign = invite + [Self.reference("organization", "Organization/o2")]
            #expect(try await site.call("Person/$invite", foreign, by: chief.person).status == 403)
            let own = try await site.call("Person/$invite", invite, by: chief.person)
            #expect(try own.json["managingOrganization"]?["reference"]?.string == "Organization/o1")
            let missing = invite + [Self.reference("organization", "Organization/none")]
            #expect(try await site.call("Person/$invite", missing, by: nil).status == 422)
            // The administrator of one organization cannot be the last by another's.
            let last = try await site.call("Person/\(chief.person)/$deactivate", [reason], by: chief.person)
            #expect(last.status == 409)
        }
    }

    @Test func everybodySeesTheirPermissions() async throws {
        try await AccountSite.with { site in
            let doc = try await site.makeAccount("doc@clinic.example", roles: ["physician", "quality"])
            let answer = try await site.client.get(
                "Person/$my-permissions", headers: [("Authorization", "Bearer person:\(doc.person)")])
            #expect(answer.status == 200)
            let parameters = try answer.json["parameter"]?.items ?? []
            let roles = parameters.filter { $0["name"]?.string == "role" }.compactMap { $0["valueCode"]?.string }
            #expect(roles == ["physician", "quality"])
            let permissions = parameters.filter { $0["name"]?.string == "permission" }.compactMap { permission in
                let codes = permission["part"]?.items.compactMap { $0["valueCode"]?.string }
                return codes?.joined(separator: " ")
            }
            #expect(permissions.contains("patients view all"))
            #expect(permissions.contains("patients view create edit team"))
            #expect(permissions.contains("billing view own"))
            #expect(!permissions.contains { $0.hasPrefix("system") })
        }
    }

    @Test func theFirstAdministratorComesByALinkThatIsShownOnce() async throws {
        try await AccountSite.with { site in
            let token = try #require(try await site.accounts.offerFirstAdministrator())
            #expect(try await site.accounts.offerFirstAdministrator() == nil)
            let details = ["token": token, "email": "root@clinic.example", "name": "Rut Roth"]
            let weak = try await site.post("/auth/first-administrator", details.merging(["password": "short"]) { $1 })
            #expect(weak.status == 422)
            let good = details.merging(["password": AccountSite.password]) { $1 }
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let mine = good.merging(["email": "root\(index)@clinic.example"]) { $1 }
                        return try await site.post("/auth/first-administrator", mine).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
            }
            #expect(answers == [200] + Array(repeating: 410, count: 7))
            #expect(try await site.accounts.hasAdministrator())
            #expect(try await site.accounts.offerFirstAdministrator() == nil)
        }
    }

    @Test func proxiesSeeWhomAConsentPermits() async throws {
        try await AccountSite.with { site in
            _ = try await site.client.put(
                "Patient/child", #"{"resourceType":"Patient","id":"child","birthDate":"2020-01-01"}"#)
            _ = try await site.client.put(
                "RelatedPerson/r1",
                #"{"resourceType":"RelatedPerson","id":"r1","patient":{"reference":"Patient/child"}}"#)
            let invited = try await site.call(
                "Person/$invite",
                [
                    Self.text("email", "mother@clinic.example"), Self.code("role", "proxy"),
                    Self.reference("patient", "RelatedPerson/r1"),
                ], by: nil)
            #expect(invited.status == 200, "\(invited.text)")
            let person = try #require(try invited.json["id"]?.string)
            let token = try await site.token(to: "mother@clinic.example")
            _ = try await site.post("/auth/invitation", ["token": token, "password": AccountSite.password])
            #expect(try await site.accounts.principal(person: person)?.patients == [])
            let granted = try await site.client.call(
                "Patient/child/$grant-proxy", [Self.reference("proxy", "RelatedPerson/r1")])
            #expect(granted.status == 200, "\(granted.text)")
            let principal = try #require(try await site.accounts.principal(person: person))
            #expect(principal.patients == ["child"])
            #expect(principal.roles == ["proxy"])
            let consent = try #require(try granted.json["id"]?.string)
            let inactive = granted.text.replacing(#""status":"active""#, with: #""status":"inactive""#)
            #expect(try await site.client.put("Consent/\(consent)", inactive).status == 200)
            #expect(try await site.accounts.principal(person: person)?.patients == [])
        }
    }
}
