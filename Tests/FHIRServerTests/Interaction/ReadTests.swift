import FHIRServerTesting
import Testing

@Suite struct ReadTests {
    @Test("C01: an unknown id is not found, a deleted one is gone", .check("C01"))
    func unknownIsNotFoundAndDeletedIsGone() async throws {
        try await TestServer.with { server in
            let unknown = try await server.client.get("Patient/nobody")
            #expect(unknown.status == 404)
            #expect(unknown.issueCodes == ["not-found"])
            _ = try await server.client.put("Patient/a", Patients.named("Ada", id: "a"))
            _ = try await server.client.delete("Patient/a")
            let gone = try await server.client.get("Patient/a")
            #expect(gone.status == 410)
            #expect(gone.issueCodes == ["gone"])
        }
    }

    @Test("C02: the headers of a read name the version", .check("C02"))
    func headersNameTheVersion() async throws {
        try await TestServer.with { server in
            _ = try await server.client.put("Patient/a", Patients.named("Ada", id: "a"))
            let read = try await server.client.get("Patient/a")
            #expect(read.status == 200)
            #expect(read[header: "ETag"] == "W/\"1\"")
            #expect(read.versionID == "1")
            #expect(read[header: "Last-Modified"]?.hasSuffix("GMT") == true)
            #expect(read[header: "Content-Type"] == "application/fhir+json; charset=utf-8")
        }
    }

    static let aKnownVersionIsNotSentAgainCases: [String] = [
        "W/\"1\"", "\"1\"", "1", "*", "W/\"7\", W/\"1\"", "W/\"1-gzip\"",
    ]

    @Test("C08: a known version is not sent again", .check("C08"))
    func aKnownVersionIsNotSentAgain() async throws {
        try await TestServer.with { server in
            for tag in Self.aKnownVersionIsNotSentAgainCases {
                _ = try await server.client.put("Patient/a", Patients.named("Ada", id: "a"))
                let read = try await server.client.get("Patient/a", headers: [("If-None-Match", tag)])
                #expect(read.status == 304)
                #expect(read.body.isEmpty)
                #expect(read[header: "ETag"] == "W/\"1\"")
            }
        }
    }

    @Test func conditionsOnOtherVersionsAndTimes() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("Ada", id: "a"))
            #expect(try await client.get("Patient/a", headers: [("If-None-Match", "W/\"2\"")]).status == 200)
            let since = try await client.get("Patient/a")[header: "Last-Modified"] ?? ""
            #expect(try await client.get("Patient/a", headers: [("If-Modified-Since", since)]).status == 304)
            let past = [("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")]
            #expect(try await client.get("Patient/a", headers: past).status == 200)
            #expect(try await client.get("Patient/a", headers: [("If-Modified-Since", "yesterday")]).status == 200)
        }
    }

    @Test("C22: HEAD equals GET without the body", .check("C22"))
    func headEqualsGetWithoutTheBody() async throws {
        try await TestServer.with { server in
            _ = try await server.client.put("Patient/a", Patients.named("Ada", id: "a"))
            let get = try await server.client.get("Patient/a")
            let head = try await server.client.send("HEAD", "Patient/a")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            for name in ["ETag", "Last-Modified", "Content-Type", "Content-Length"] {
                #expect(head[header: name] == get[header: name])
            }
            #expect(try await server.client.send("HEAD", "Patient/nobody").status == 404)
        }
    }

    static let impossibleIDsAndVersionsAreNotFoundCases: [String] = [
        "Patient/a_b", "Patient/a%20b", "Patient/\(String(repeating: "x", count: 65))", "Patient/%00",
        "Patient/'%3B%20DROP%20TABLE%20patient", "Patient/a/_history/abc", "Patient/a/_history/99999999999",
        "Patient/a/_history/0",
    ]

    @Test("C23: impossible ids and versions are not found", .check("C23"))
    func impossibleIDsAndVersionsAreNotFound() async throws {
        try await TestServer.with { server in
            for path in Self.impossibleIDsAndVersionsAreNotFoundCases {
                let read = try await server.client.get(path)
                #expect(read.status == 404)
                #expect(read.isOutcome)
            }
        }
    }

    @Test("C03: earlier versions stay readable, the deletion is gone", .check("C03"))
    func earlierVersionsStayReadableAndTheDeletionIsGone() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("Ada", id: "a"))
            _ = try await client.put("Patient/a", Patients.named("Byron", id: "a"))
            _ = try await client.delete("Patient/a")
            let first = try await client.get("Patient/a/_history/1")
            #expect(first.status == 200)
            #expect(first.text.contains("Ada"))
            #expect(first[header: "ETag"] == "W/\"1\"")
            #expect(try await client.get("Patient/a/_history/2").text.contains("Byron"))
            #expect(try await client.get("Patient/a/_history/3").status == 410)
            #expect(try await client.get("Patient/a/_history/4").status == 404)
        }
    }
}
