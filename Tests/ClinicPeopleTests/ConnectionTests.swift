import ClinicTesting
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Proxies, connections, onboarding, licences and the public directory.
@Suite struct ConnectionTests {
    private static func people(_ client: TestClient, born: String = "2020-05-06") async throws {
        try await client.store(
            #"{"resourceType":"Patient","id":"p","name":[{"family":"Doe"}],"birthDate":"\#(born)","gender":"male"}"#)
        try await client.store(#"{"resourceType":"Patient","id":"q","name":[{"family":"Roe"}]}"#)
        try await client.store(#"{"resourceType":"Practitioner","id":"dr","active":true,"name":[{"family":"Who"}]}"#)
        for patient in ["p", "q"] {
            try await client.store(
                #"{"resourceType":"RelatedPerson","id":"of-\#(patient)","patient":{"reference":"Patient/\#(patient)"}}"#
            )
        }
    }

    @Test func aProxyEndsWhenTheChildComesOfAge() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            let proxy = People.parameter("proxy", reference: "RelatedPerson/of-p")
            #expect(try await client.call("Patient/p/$grant-proxy").status == 400)
            #expect(try await client.call("Patient/none/$grant-proxy", [proxy]).status == 404)
            let wrong = try await client.call(
                "Patient/p/$grant-proxy", [People.parameter("proxy", reference: "RelatedPerson/of-q")])
            #expect(wrong.refusal == "422 wrong-patient")
            let over = try await client.call(
                "Patient/p/$grant-proxy",
                [proxy, #"{"name":"period","valuePeriod":{"start":"2021-01-01","end":"2021-02-01"}}"#])
            #expect(over.refusal == "422 period-over")
            let granted = try await client.call(
                "Patient/p/$grant-proxy", [proxy, People.parameter("scope", code: "appointments")], key: "k")
            #expect(granted.content?["status"]?.string == "active", "\(granted.text)")
            #expect(granted.content?["provision"]?["period"]?["end"]?.string == "2038-05-06")
            #expect(
                granted.content?["provision"]?["actor"]?.items.first?["reference"]?["reference"]?.string
                    == "RelatedPerson/of-p")
            #expect(try await client.call("Patient/p/$grant-proxy", [proxy], key: "other").refusal == "409 duplicate")
            let revoked = try await client.call("Patient/p/$revoke-proxy", [proxy], key: "r")
            #expect(revoked.content?["status"]?.string == "inactive", "\(revoked.text)")
            #expect(try await client.call("Patient/p/$revoke-proxy", [proxy], key: "r").text == revoked.text)
            #expect(try await client.call("Patient/p/$revoke-proxy", [proxy]).refusal == "422 illegal-transition")
            #expect(try await client.call("Patient/p/$grant-proxy", [proxy]).status == 200)
        }
    }

    @Test func bothSidesWantAConnection() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            let pair = [
                People.parameter("patient", reference: "Patient/p"),
                People.parameter("practitioner", reference: "Practitioner/dr"),
            ]
            #expect(try await client.call("CareTeam/$request-connection", [pair[0]]).status == 400)
            let accept = #"{"name":"accept","valueBoolean":true}"#
            #expect(try await client.call("CareTeam/$respond", pair + [accept]).refusal == "422 illegal-transition")
            let outcomes = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<32 {
                    group.addTask { (try? await client.call("CareTeam/$request-connection", pair))?.status ?? 0 }
                }
                return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == [200: 1, 409: 31])
            #expect(try await server.count("SELECT count(*) FROM careteam") == 0)
            let rejected = try await client.call(
                "CareTeam/$respond",
                pair + [#"{"name":"accept","valueBoolean":false}"#, People.parameter("reason", string: "full")],
                key: "no")
            #expect(rejected.content?["status"]?.string == "rejected", "\(rejected.text)")
            let request = try await client.call("CareTeam/$request-connection", pair, key: "again")
            let task = try #require(request.content?["id"]?.string)
            let accepted = try await client.call(
                "CareTeam/$respond", [People.parameter("task", reference: "Task/\(task)"), accept], key: "yes")
            #expect(accepted.content?["status"]?.string == "accepted", "\(accepted.text)")
            #expect(try await server.count("SELECT count(*) FROM careteam") == 1)
            #expect(try await client.call("CareTeam/$request-connection", pair).refusal == "409 duplicate")
            let twice = try await client.call(
                "CareTeam/$respond", [People.parameter("task", reference: "Task/\(task)"), accept])
            #expect(twice.refusal == "422 illegal-transition")
        }
    }

    @Test func nobodyAnswersTheirOwnRequest() async throws {
        try await ClinicServer.with({ $0.needsToken = true }) { server in
            func header(_ name: String) async throws -> [(String, String)] {
                let token = try await AccessTokens(database: server.test.database).issue(
                    name: name, lifetimeSeconds: nil)
                return [("Authorization", "Bearer \(token)")]
            }
            var client = server.client
            client.headers += try await header("pat")
            try await Self.people(client)
            let pair = [
                People.parameter("patient", reference: "Patient/p"),
                People.parameter("practitioner", reference: "Practitioner/dr"),
            ]
            let accept = #"{"name":"accept","valueBoolean":true}"#
            #expect(try await client.call("CareTeam/$request-connection", pair).status == 200)
            #expect(try await client.call("CareTeam/$respond", pair + [accept]).status == 403)
            var doctor = server.client
            doctor.headers += try await header("doc")
            #expect(try await doctor.call("CareTeam/$respond", pair + [accept]).status == 200)
        }
    }

    @Test func onboardingTakesAllAnswers() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            try await client.store(
                #"""
                {"resourceType":"Questionnaire","id":"in","url":"http://clinic/in","status":"active",
                 "item":[{"linkId":"1","type":"string","required":true},{"linkId":"2","type":"string"}]}
                """#
            )
            func answers(_ item: String, status: String = "completed") -> String {
                People.parameter(
                    "answers",
                    resource:
                        #"""
                        {"resourceType":"QuestionnaireResponse","questionnaire":"http://clinic/in",
                         "status":"\#(status)","item":[\#(item)]}
                        """#
                )
            }
            let first = #"{"linkId":"1","answer":[{"valueString":"x"}]}"#
            #expect(try await client.call("Patient/p/$complete-onboarding").refusal == "422 missing")
            #expect(
                try await client.call(
                    "Patient/p/$complete-onboarding", [answers(#"{"linkId":"2","answer":[{"valueString":"x"}]}"#)]
                ).refusal == "422 missing")
            #expect(
                try await client.call("Patient/p/$complete-onboarding", [answers(first, status: "in-progress")]).refusal
                    == "422 missing")
            #expect(try await client.call("Patient/q/$complete-onboarding", [answers(first)]).refusal == "422 missing")
            let allergy =
                #"""
                {"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/q"},"code":{"text":"nuts"},
                 "clinicalStatus":{"coding":[{"code":"active",
                  "system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]}}
                """#
            let condition = #"{"resourceType":"Condition","subject":{"reference":"Patient/q"},"code":{"text":"cold"}}"#
            let call = [
                answers(first), People.parameter("allergies", resource: allergy),
                People.parameter("conditions", resource: condition),
            ]
            let done = try await client.call("Patient/p/$complete-onboarding", call, key: "k")
            #expect(done.content?["resourceType"]?.string == "Patient", "\(done.text)")
            #expect(try await client.call("Patient/p/$complete-onboarding", call, key: "k").text == done.text)
            #expect(try await client.get("AllergyIntolerance?patient=p").content?["entry"]?.count == 1)
            #expect(try await client.get("Condition?patient=p").content?["entry"]?.count == 1)
        }
    }

    @Test func licencesAreVerified() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            func call(_ result: String, expires: String? = nil) -> [String] {
                [
                    People.parameter("number", string: "L-1"), People.parameter("authority", string: "Board"),
                    People.parameter("result", code: result),
                ]
                    + (expires.map { [#"{"name":"expires","valueDate":"\#($0)"}"#] } ?? [])
            }
            #expect(try await client.call("Practitioner/dr/$verify-license").status == 400)
            #expect(
                try await client.call("Practitioner/dr/$verify-license", call("perhaps")).refusal == "422 unknown-code")
            #expect(
                try await client.call("Practitioner/dr/$verify-license", call("verified")).refusal
                    == "422 expiry-missing")
            #expect(
                try await client.call("Practitioner/dr/$verify-license", call("verified", expires: "2001-01-01"))
                    .refusal == "422 licence-expired")
            let verified = try await client.call(
                "Practitioner/dr/$verify-license", call("verified", expires: "2090-01-01"), key: "k")
            #expect(verified.content?["resourceType"]?.string == "VerificationResult", "\(verified.text)")
            #expect(verified.content?["status"]?.string == "validated")
            #expect(
                try await client.call(
                    "Practitioner/dr/$verify-license", call("verified", expires: "2090-01-01"), key: "k"
                ).text == verified.text)
            let practitioner = try await client.get("Practitioner/dr")
            let qualification = practitioner.content?["qualification"]?.items.first
            #expect(qualification?["identifier"]?.items.first?["value"]?.string == "L-1")
            #expect(practitioner.content?["qualification"]?.items.first?["period"]?["end"]?.string == "2090-01-01")
        }
    }

    @Test func theDirectoryShowsWhatThePublicMaySee() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            let yes = #""extension":[{"url":"urn:martlet:public","valueBoolean":true}]"#
            let no = #""extension":[{"url":"urn:martlet:public","valueBoolean":false}]"#
            try await client.store(#"{"resourceType":"HealthcareService","id":"open","active":true,"name":"Dental"}"#)
            try await client.store(#"{"resourceType":"HealthcareService","id":"closed","active":false,"name":"Old"}"#)
            try await client.store(
                #"{"resourceType":"HealthcareService","id":"hidden",\#(no),"active":true,"name":"Staff"}"#)
            for id in ["in", "out", "gone"] {
                try await client.store(
                    #"""
                    {"resourceType":"Practitioner","id":"\#(id)",
                     "active":\#(id != "gone"),"birthDate":"1970-01-01","name":[{"family":"\#(id)"}],
                     "telecom":[{"system":"phone","value":"555"}],
                     "qualification":[{"identifier":[{"value":"L-1"}],"code":{"text":"MD"}}]}
                    """#
                )
                let wish = id == "out" ? "" : yes + ","
                try await client.store(
                    #"""
                    {"resourceType":"PractitionerRole","id":"r-\#(id)",\#(wish)"active":true,
                     "practitioner":{"reference":"Practitioner/\#(id)"}}
                    """#
                )
            }
            let directory = try await client.get("HealthcareService/$public-directory")
            #expect(directory.status == 200, "\(directory.text)")
            let ids = (directory.content?["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
            #expect(Set(ids) == ["open", "r-in", "in"])
            for secret in ["L-1", "555", "1970"] { #expect(!directory.text.contains(secret)) }
            _ = try await client.call(
                "$clinic-setting-set",
                [People.parameter("name", code: "require-verified-licence"), People.parameter("value", string: "true")])
            let strict = try await client.get("HealthcareService/$public-directory")
            #expect(strict.content?["entry"]?.count == 1)
        }
    }
}
