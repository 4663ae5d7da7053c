import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Patient/$register`, and medical record numbers whatever door they come through.
@Suite struct RegisterPatientTests {
    private static let ann = People.patient(
        "Arnesen", "Ann", extra: #","telecom":[{"system":"phone","value":"+47 22 33 44 55"}]"#)

    @Test func refusals() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            #expect(try await client.call("Patient/$register").status == 400)
            let policy = try await client.register(Self.ann, [People.parameter("onDuplicate", code: "perhaps")])
            #expect(policy.refusal == "400 invalid-parameter")
            let misspelt = try await client.register(Self.ann, [People.parameter("onduplicate", code: "fail")])
            #expect(misspelt.status == 400)
            let invalid = try await client.register(#"{"resourceType":"Patient","gender":"unheard-of"}"#)
            #expect(invalid.status == 422 || invalid.status == 400)
            let silent = #"{"resourceType":"RelatedPerson","name":[{"text":"Bo"}]}"#
            let contact = try await client.register(Self.ann, [People.parameter("contact", resource: silent)])
            #expect(contact.refusal == "422 phone-missing")
            #expect(try await server.count("SELECT count(*) FROM patient") == 0)
        }
    }

    @Test func patientCoverageAndContactAreStoredTogether() async throws {
        try await ClinicServer.with { server in
            let coverage = """
                {"resourceType":"Coverage","status":"active","order":1,"beneficiary":{"reference":"Patient/x"},
                 "payor":[{"display":"Insurer"}]}
                """
            let contact = """
                {"resourceType":"RelatedPerson","patient":{"reference":"Patient/x"},
                 "telecom":[{"system":"phone","value":"110"}]}
                """
            let answer = try await server.client.register(
                Self.ann,
                [People.parameter("coverage", resource: coverage), People.parameter("contact", resource: contact)],
                key: "k")
            #expect(answer.status == 200, "\(answer.text)")
            let patient = try #require(answer.parameter("patient")?["resource"])
            let id = try #require(patient["id"]?.string)
            let number = patient["identifier"]?.items.first { $0["system"]?.string == "urn:martlet:mrn" }
            #expect(number?["type"]?["coding"]?.items.first?["code"]?.string == "MR")
            #expect((number?["value"]?.string ?? "").utf8.count >= 6)
            #expect(answer.parameter("coverage")?["resource"]?["beneficiary"]?["reference"]?.string == "Patient/\(id)")
            #expect(answer.parameter("contact")?["resource"]?["patient"]?["reference"]?.string == "Patient/\(id)")
            #expect(answer.parameter("matches")?["resource"]?["total"]?.integer == 0)
            #expect(try await server.count("SELECT count(*) FROM clinic_event WHERE name = 'patient.created'") == 1)
            let again = try await server.client.register(
                Self.ann,
                [People.parameter("coverage", resource: coverage), People.parameter("contact", resource: contact)],
                key: "k")
            #expect(again.text == answer.text)
            #expect(try await server.count("SELECT count(*) FROM patient") == 1)
        }
    }

    @Test func whatBecomesOfDuplicates() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            let first = try #require(try await client.register(Self.ann).id(of: "patient"))
            let typo = People.patient("Arneson", "Anne", born: "1980-02-29")
            for onDuplicate in [[], [People.parameter("onDuplicate", code: "fail")]] {
                let refused = try await client.register(typo, onDuplicate)
                #expect(refused.refusal == "409 duplicate", "\(refused.text)")
                #expect(refused.text.contains("\"Patient/\(first)\""))
            }
            #expect(try await server.count("SELECT count(*) FROM patient") == 1)
            let warned = try await client.register(typo, [People.parameter("onDuplicate", code: "warn")])
            #expect(warned.parameter("matches")?["resource"]?["total"]?.integer == 1)
            #expect(warned.parameter("patient")?["resource"]?["link"] == nil)
            let linked = try await client.register(Self.ann, [People.parameter("onDuplicate", code: "link")])
            let link = linked.parameter("patient")?["resource"]?["link"]?.items.first
            #expect(link?["type"]?.string == "seealso")
            #expect(link?["other"]?["reference"]?.string == "Patient/\(first)")
            let other = try await client.register(People.patient("Olsen", "Kari", born: "1931-11-03"))
            #expect(other.status == 200)
        }
    }

    @Test func parallelRegistrationsOfOnePersonMakeOne() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            let written = [
                Self.ann, People.patient("Arnesen", "Ann"), People.patient("Arneson", "Ann"),
                People.patient("Ann", "Arnesen"),
            ]
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        (try? await client.register(written[number % written.count]))?.refusal ?? "failed"
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["200 none": 1, "409 duplicate": 63])
            let count = try await server.count("SELECT count(*) FROM patient")
            #expect(count == 1)
        }
    }

    @Test func parallelRegistrationsOfManyGiveEachTheirNumber() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    let name =
                        String(UnicodeScalar(UInt8(97 + number % 26))) + String(UnicodeScalar(UInt8(97 + number / 26)))
                    group.addTask {
                        _ = try? await client.register(
                            People.patient(
                                name + "berg" + name, "Z" + name, born: "19\(10 + number)-0\(1 + number % 9)-15"))
                    }
                }
            }
            let count = try await server.count("SELECT count(*) FROM patient")
            let numbers = try await server.count("SELECT count(DISTINCT mrn) FROM patient_mrn")
            #expect(count == 64 && numbers == 64)
        }
    }

    @Test func plainWritesCannotShareANumber() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            func patient(_ id: String, _ number: String, _ extra: String = "") -> String {
                """
                {"resourceType":"Patient","id":"\(id)","identifier":[{"system":"urn:martlet:mrn",
                 "value":"\(number)"}]\(extra)}
                """
            }
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let response: TestResponse?
                        if number % 2 == 0 {
                            response = try? await client.put("Patient/p\(number)", patient("p\(number)", "77"))
                        } else {
                            let bundle = """
                                {"resourceType":"Bundle","type":"transaction",
                                 "entry":[{"resource":\(patient("p\(number)", "77")),
                                 "request":{"method":"PUT","url":"Patient/p\(number)"}}]}
                                """
                            response = try? await client.post("", bundle)
                        }
                        return String(response?.status ?? 0)
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes["409"] == 31, "\(outcomes)")
            #expect(try await server.count("SELECT count(*) FROM patient") == 1)
            // Another organisation's, somebody out of use, and an old number are no collision.
            let elsewhere = patient("q1", "77", #","managingOrganization":{"reference":"Organization/o"}"#)
            try await client.store(elsewhere)
            try await client.store(patient("q2", "77", #","active":false"#))
            let old =
                #"""
                {"resourceType":"Patient","id":"q3","identifier":[{"use":"old",
                 "system":"urn:martlet:mrn","value":"77"}]}
                """#
            try await client.store(old)
            let back = try await client.put("Patient/q2", patient("q2", "77"))
            #expect(back.refusal == "409 duplicate")
            // A number that somebody else gave out is passed over.
            try await client.store(patient("q4", "000001"))
            let registered = try await client.register(Self.ann)
            #expect(registered.status == 200)
        }
    }

    @Test func liveCoveragesHaveEachTheirPlace() async throws {
        try await ClinicServer.with { server in
            func coverage(_ id: String, _ status: String = "active", order: Int = 1) -> String {
                """
                {"resourceType":"Coverage","id":"\(id)","status":"\(status)","order":\(order),
                 "beneficiary":{"reference":"Patient/p"},"payor":[{"display":"x"}]}
                """
            }
            try await server.client.store(coverage("a"))
            try await server.client.store(coverage("b", order: 2))
            try await server.client.store(coverage("c", "cancelled"))
            #expect(try await server.client.put("Coverage/d", coverage("d")).refusal == "409 duplicate")
            try await server.client.store(coverage("a", "cancelled"))
            try await server.client.store(coverage("d"))
        }
    }
}
