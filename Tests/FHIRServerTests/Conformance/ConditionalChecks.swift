import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// C14–C17 (R4 http.html#ccreate, #cond-update, #cond-delete).
@Suite struct ConditionalChecks {
    private static func patient(_ value: String, id: String? = nil, family: String = "A") -> String {
        let idMember = id.map { "\"id\":\"\($0)\"," } ?? ""
        return #"{"resourceType":"Patient",\#(idMember)"identifier":[{"system":"urn:x","value":"\#(value)"}],"#
            + #""name":[{"family":"\#(family)"}]}"#
    }

    private static func criteria(_ value: String) -> String { "identifier=urn:x%7C\(value)" }

    private static func unless(_ value: String) -> [(String, String)] { [("If-None-Exist", criteria(value))] }

    private static func count(_ client: TestClient, _ query: String) async throws -> Int? {
        try await client.get("Patient?\(query)&_summary=count").json["total"]?.integer
    }

    @Test("C14: a conditional create creates what is missing, and answers with what is there", .check("C14"))
    func conditionalCreate() async throws {
        try await TestServer.with { server in
            let client = server.client
            let created = try await client.post("Patient", Self.patient("1"), headers: Self.unless("1"))
            let id = try #require(created.id)
            #expect(created.status == 201)
            #expect(created[header: "Location"] == "\(client.base)/Patient/\(id)/_history/1")
            let found = try await client.post(
                "Patient", Self.patient("1", family: "B"), headers: Self.unless("1"))
            #expect(found.status == 200 && found.id == id && found.versionID == "1")
            #expect(found[header: "Location"] == "\(client.base)/Patient/\(id)/_history/1")
            #expect(found[header: "ETag"] == "W/\"1\"" && found[header: "Last-Modified"] != nil)
            #expect(found.text.contains("\"A\"") && !found.text.contains("\"B\""))
            let minimal = try await client.post(
                "Patient", Self.patient("1"), headers: Self.unless("1") + [("Prefer", "return=minimal")])
            #expect(minimal.status == 200 && minimal.body.isEmpty && minimal[header: "Location"] != nil)
            let outcome = try await client.post(
                "Patient", Self.patient("1"), headers: Self.unless("1") + [("Prefer", "return=OperationOutcome")])
            #expect(outcome.status == 200 && outcome.isOutcome)
            // As fhirpy's get_or_create sends it.
            let queried = try await client.post("Patient?\(Self.criteria("1"))", Self.patient("1"))
            #expect(queried.status == 200 && queried.id == id)
            #expect(try await client.post("Patient?\(Self.criteria("2"))", Self.patient("2")).status == 201)
            let both = try await client.post(
                "Patient?\(Self.criteria("1"))", Self.patient("1"), headers: Self.unless("1"))
            #expect(both.status == 400 && both.isOutcome)
            // A second one with the identifier, then nobody knows which is meant.
            _ = try await client.post("Patient", Self.patient("1"))
            let several = try await client.post("Patient", Self.patient("1"), headers: Self.unless("1"))
            #expect(several.status == 412 && several.issueCodes == ["several-matches"])
            let invalid = try await client.post(
                "Patient", #"{"resourceType":"Patient","nonsense":1}"#, headers: Self.unless("9"))
            #expect(invalid.status == 422)
            #expect(try await Self.count(client, Self.criteria("1,urn:x%7C2")) == 3)
        }
    }

    @Test("C14: of 64 equal conditional creates at once one creates", .check("C14"))
    func conditionalCreatesRace() async throws {
        try await TestServer.with { server in
            let client = server.client
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        // The order of the criteria does not matter.
                        let pair = ["identifier=urn:x|1", "family=Race"]
                        let criteria = (number % 2 == 0 ? pair : pair.reversed()).joined(separator: "&")
                        return try await client.post(
                            "Patient", Self.patient("1", family: "Race"), headers: [("If-None-Exist", criteria)])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 1)
            #expect(answers.count { $0.status == 200 } == 63)
            #expect(Set(answers.map(\.id)).count == 1)
            #expect(try await Self.count(client, Self.criteria("1")) == 1)
        }
    }

    @Test("C15: a conditional update creates, updates or refuses by the number of matches", .check("C15"))
    func conditionalUpdate() async throws {
        try await TestServer.with { server in
            let client = server.client
            let one = "Patient?\(Self.criteria("1"))"
            // No match, no id.
            let created = try await client.put(one, Self.patient("1"))
            let id = try #require(created.id)
            #expect(created.status == 201)
            #expect(created[header: "Location"] == "\(client.base)/Patient/\(id)/_history/1")
            // One match, no id: the resource takes the id of the match.
            let updated = try await client.put(one, Self.patient("1", family: "B"))
            #expect(updated.status == 200 && updated.id == id && updated.versionID == "2")
            #expect(try await client.get("Patient/\(id)").text.contains("\"B\""))
            // One match, the same id.
            let same = try await client.put(one, Self.patient("1", id: id, family: "C"))
            #expect(same.status == 200 && same.versionID == "3")
            // Nothing new.
            #expect(try await client.put(one, Self.patient("1", family: "C")).versionID == "3")
            // One match, another id.
            let other = try await client.put(one, Self.patient("1", id: "other"))
            #expect(other.status == 400 && other.issueCodes == ["wrong-id"])
            #expect(try await client.get("Patient/other").status == 404)
            // No match, with id.
            let named = try await client.put("Patient?\(Self.criteria("2"))", Self.patient("2", id: "two"))
            #expect(named.status == 201 && named.id == "two")
            // No match, but the id is taken.
            let taken = try await client.put("Patient?\(Self.criteria("3"))", Self.patient("3", id: "two"))
            #expect(taken.status == 409 && taken.issueCodes == ["already-exists"])
            #expect(try await client.put("Patient?\(Self.criteria("3"))", Self.patient("3", id: "a_b")).status == 422)
            // Several matches.
            _ = try await client.post("Patient", Self.patient("1"))
            let several = try await client.put(one, Self.patient("1", family: "D"))
            #expect(several.status == 412 && several.issueCodes == ["several-matches"])
            #expect(try await client.get("Patient/\(id)").versionID == "3")
            let invalid = try await client.put(
                "Patient?\(Self.criteria("2"))", #"{"resourceType":"Patient","active":"yes"}"#)
            #expect(invalid.status == 422)
            #expect(try await client.put(one, #"{"resourceType":"Practitioner"}"#).status == 400)
        }
    }

    @Test("C15: If-Match and If-None-Match stand beside the criteria", .check("C15", "C07"))
    func conditionalUpdateWithVersions() async throws {
        try await TestServer.with { server in
            let client = server.client
            let one = "Patient?\(Self.criteria("1"))"
            let first = [("If-Match", "W/\"1\"")]
            #expect(try await client.put(one, Self.patient("1"), headers: first).status == 412)
            #expect(try await client.put(one, Self.patient("1"), headers: [("If-Match", "*")]).status == 412)
            #expect(try await client.put(one, Self.patient("1"), headers: [("If-None-Match", "*")]).status == 201)
            #expect(try await client.put(one, Self.patient("1", family: "B"), headers: first).status == 200)
            #expect(try await client.put(one, Self.patient("1", family: "C"), headers: first).status == 412)
            let exists = try await client.put(
                one, Self.patient("1", family: "C"), headers: [("If-None-Match", "*")])
            #expect(exists.status == 412 && exists.issueCodes == ["already-exists"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        try await client.put(
                            one, Self.patient("1", family: "N\(number)"), headers: [("If-Match", "W/\"2\"")]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 412 } == 31)
        }
    }

    @Test("C15: conditional updates at once create one resource and lose none", .check("C15"))
    func conditionalUpdatesRace() async throws {
        try await TestServer.with { server in
            let client = server.client
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        try await client.put(
                            "Patient?\(Self.criteria("1"))", Self.patient("1", family: "N\(number)")
                        ).status
                    }
                    // By id, so without the criteria's lock.
                    group.addTask {
                        let id = try await client.get("Patient?\(Self.criteria("1"))").json["entry"]?.items.first?[
                            "resource"]?["id"]?.string
                        guard let id else { return 200 }
                        return try await client.put("Patient/\(id)", Self.patient("1", id: id, family: "P\(number)"))
                            .status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 200 } == 63)
            #expect(try await Self.count(client, Self.criteria("1")) == 1)
        }
    }

    @Test("C16: a conditional delete deletes one, and refuses several", .check("C16"))
    func conditionalDeleteSingle() async throws {
        try await TestServer.with { server in
            let client = server.client
            for value in ["1", "2", "2"] { _ = try await client.post("Patient", Self.patient(value)) }
            #expect(try await client.delete("Patient?\(Self.criteria("0"))").status == 204)
            let wrong = try await client.delete(
                "Patient?\(Self.criteria("1"))", headers: [("If-Match", "W/\"7\"")])
            #expect(wrong.status == 412)
            let one = try await client.delete("Patient?\(Self.criteria("1"))")
            #expect(one.status == 204 && one[header: "ETag"] == "W/\"2\"")
            let several = try await client.delete("Patient?\(Self.criteria("2"))")
            #expect(several.status == 412 && several.issueCodes == ["several-matches"])
            #expect(try await Self.count(client, Self.criteria("1")) == 0)
            #expect(try await Self.count(client, Self.criteria("2")) == 2)
            let again = try await client.delete(
                "Patient?\(Self.criteria("1"))", headers: [("Prefer", "return=OperationOutcome")])
            #expect(again.status == 200 && again.isOutcome)
            let statement = try await client.get("metadata").json
            let patient = statement["rest"]?.items.first?["resource"]?.items.first { $0["type"]?.string == "Patient" }
            #expect(patient?["conditionalDelete"]?.string == "single")
            #expect(patient?["conditionalCreate"]?.bool == true && patient?["conditionalUpdate"]?.bool == true)
        }
    }

    @Test("C16: where declared, a conditional delete deletes all that match", .check("C16"))
    func conditionalDeleteMultiple() async throws {
        try await TestServer.with {
            $0.conditionalDelete = .multiple
        } _: { server in
            let client = server.client
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<450 {
                    group.addTask { _ = try await client.post("Patient", Self.patient(number == 0 ? "1" : "2")) }
                    if number % 16 == 15 { try await group.next() }
                }
                try await group.waitForAll()
            }
            let all = try await client.delete(
                "Patient?\(Self.criteria("2"))", headers: [("Prefer", "return=OperationOutcome")])
            #expect(all.status == 200 && all.text.contains("449"))
            #expect(try await Self.count(client, Self.criteria("2")) == 0)
            #expect(try await Self.count(client, Self.criteria("1")) == 1)
            #expect(try await client.delete("Patient?\(Self.criteria("2"))").status == 204)
            let statement = try await client.get("metadata").json
            let resource = statement["rest"]?.items.first?["resource"]?.items.first
            #expect(resource?["conditionalDelete"]?.string == "multiple")
        }
    }

    private static let wrongCriteria = [
        "", "?", "?_count=1", "?nonsense=1", "?identifier=", "?identifier=1&nonsense=1", "?identifier=1&_sort=name",
        "?birthdate=abc", "?_id:missing=false", "?identifier:nonsense=1", "?_format=json", "?_summary=true",
        "?identifier=1&family=",
    ]

    @Test("C17: criteria that are empty or not understood never match everything", .check("C17"))
    func criteriaAreStrict() async throws {
        try await TestServer.with {
            $0.conditionalDelete = .multiple
        } _: { server in
            let client = server.client
            _ = try await client.put("Patient/a", Self.patient("1", id: "a"))
            let lenient = [("Prefer", "handling=lenient")]
            for query in Self.wrongCriteria {
                let path = "Patient\(query)"
                var answers = [
                    try await client.put(path, Self.patient("1", id: "a", family: "X"), headers: lenient),
                    try await client.delete(path, headers: lenient),
                    try await client.send("PATCH", path, json: Array(#"{"active":true}"#.utf8), headers: lenient),
                    try await client.post(
                        "Patient", Self.patient("1"),
                        headers: lenient + [("If-None-Exist", String(query.dropFirst()))]),
                ]
                // Without criteria, and with what only shapes the answer, this is an ordinary create.
                if query.contains("="), query != "?_format=json", query != "?_summary=true" {
                    answers.append(try await client.post(path, Self.patient("1"), headers: lenient))
                }
                for (number, answer) in answers.enumerated() {
                    #expect(answer.status == 400, "\(number) \(path): \(answer.status)")
                    #expect(answer.isOutcome)
                }
            }
            let other = try await client.post(
                "Patient", Self.patient("1"), headers: [("If-None-Exist", "Observation?code=1")])
            #expect(other.status == 400)
            #expect(try await Self.count(client, "_id:missing=false") == 1)
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }
}
