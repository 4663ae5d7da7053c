import FHIRServerTesting
import JSONTape
import Testing

@Suite struct UpdateTests {
    static let bodyAndAddressMustAgreeCases: [String] = [
        Patients.named("A"), Patients.named("A", id: "other"), #"{"resourceType":"Practitioner","id":"a"}"#,
        #"{"id":"a"}"#, #"{"resourceType":"Nonsense","id":"a"}"#, "[1]", #"{"resourceType":5,"id":"a"}"#,
    ]

    @Test("C05: body and address must agree", .check("C05"))
    func bodyAndAddressMustAgree() async throws {
        try await TestServer.with { server in
            for body in Self.bodyAndAddressMustAgreeCases {
                let update = try await server.client.put("Patient/a", body)
                #expect(update.status == 400)
                #expect(update.isOutcome)
                #expect(try await server.client.get("Patient/a").status == 404)
            }
        }
    }

    @Test("C06: an update creates what is missing and revives what was deleted", .check("C06"))
    func createsWhatIsMissingAndRevivesWhatWasDeleted() async throws {
        try await TestServer.with { server in
            let client = server.client
            let created = try await client.put("Patient/a", Patients.named("A", id: "a"))
            #expect(created.status == 201)
            #expect(created[header: "Location"] == "\(client.base)/Patient/a/_history/1")
            _ = try await client.delete("Patient/a")
            let revived = try await client.put("Patient/a", Patients.named("A", id: "a"))
            #expect(revived.status == 201)
            #expect(revived.versionID == "3")
        }
    }

    @Test("C07: stale versions are refused", .check("C07"))
    func staleVersionsAreRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Patient/a", Patients.named("B", id: "a"))
            let stale = try await client.put(
                "Patient/a", Patients.named("C", id: "a"), headers: [("If-Match", "W/\"1\"")])
            #expect(stale.status == 412)
            #expect(stale.issueCodes == ["version-conflict"])
            #expect(try await client.get("Patient/a").text.contains("\"B\""))
            let list = try await client.put(
                "Patient/a", Patients.named("C", id: "a"), headers: [("If-Match", "W/\"1\", \"2\"")])
            #expect(list.status == 200)
            #expect(list.versionID == "3")
            let missing = try await client.put(
                "Patient/b", Patients.named("C", id: "b"), headers: [("If-Match", "W/\"1\"")])
            #expect(missing.status == 412)
            #expect(try await client.delete("Patient/a", headers: [("If-Match", "W/\"1\"")]).status == 412)
        }
    }

    @Test("C07: of many writers with one ETag one succeeds", .check("C07"))
    func ofManyWritersWithOneETagOneSucceeds() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        try await client.put(
                            "Patient/a", Patients.named("B\(number)", id: "a"), headers: [("If-Match", "W/\"1\"")]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 412 } == 31)
            #expect(try await client.get("Patient/a").versionID == "2")
        }
    }

    @Test("C08: If-None-Match: * wants nothing there", .check("C08"))
    func ifNoneMatchStarWantsNothingThere() async throws {
        try await TestServer.with { server in
            let client = server.client
            let star = [("If-None-Match", "*")]
            #expect(try await client.put("Patient/a", Patients.named("A", id: "a"), headers: star).status == 201)
            let second = try await client.put("Patient/a", Patients.named("B", id: "a"), headers: star)
            #expect(second.status == 412)
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }

    @Test("C11: identical content makes no version", .check("C11"))
    func identicalContentMakesNoVersion() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            let again = try await client.put("Patient/a", Patients.named("A", id: "a"))
            #expect(again.status == 200)
            #expect(again.versionID == "1")
            #expect(try await client.get("Patient/a/_history").json["total"]?.integer == 1)
        }
    }

    static let impossibleIDsAreRefusedCases: [String] = ["a_b", String(repeating: "x", count: 65), "a%20b"]

    @Test("C23: impossible ids are refused by writes", .check("C23"))
    func impossibleIDsAreRefused() async throws {
        try await TestServer.with { server in
            for id in Self.impossibleIDsAreRefusedCases {
                let update = try await server.client.put("Patient/\(id)", Patients.named("A", id: "a"))
                #expect(update.status == 400)
                #expect(update.isOutcome)
            }
        }
    }

    @Test("C09: deleting twice is no error and no version", .check("C09"))
    func deletingTwiceIsNoErrorAndNoVersion() async throws {
        try await TestServer.with { server in
            let client = server.client
            #expect(try await client.delete("Patient/never").status == 204)
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            let first = try await client.delete("Patient/a")
            #expect(first.status == 204 && first.body.isEmpty)
            #expect(try await client.delete("Patient/a").status == 204)
            #expect(try await client.get("Patient/a/_history").json["total"]?.integer == 2)
        }
    }
}
