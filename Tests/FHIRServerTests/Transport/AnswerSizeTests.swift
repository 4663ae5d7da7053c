import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// Answers that are made in memory have a greatest size; what would be larger ends as `too-costly`.
@Suite struct AnswerSizeTests {
    private static let limit = 64 << 10

    /// Ten patients of some 8 kB each, together more than one answer may hold.
    private static func with(_ body: @Sendable (TestServer) async throws -> Void) async throws {
        try await TestServer.with({ options in
            options.configuration.limits.answerByteCount = limit
        }) { server in
            for number in 0..<10 {
                let answer = try await server.client.put("Patient/p\(number)", patient(number))
                #expect(answer.status == 201)
            }
            try await body(server)
        }
    }

    private static func patient(_ number: Int) -> String {
        let long = String(repeating: "x", count: 8 << 10)
        return #"{"resourceType":"Patient","id":"p\#(number)","name":[{"family":"Lind\#(number)","text":"\#(long)"}]}"#
    }

    private func expectTooLarge(_ answer: TestResponse, _ place: SourceLocation = #_sourceLocation) throws {
        #expect(answer.status == 400, sourceLocation: place)
        #expect(answer.issueCodes == ["answer-too-large"], sourceLocation: place)
        #expect(try answer.json["issue"]?.items.first?["code"]?.string == "too-costly", sourceLocation: place)
        #expect(answer.body.count < 2048, sourceLocation: place)
    }

    @Test func whatIsTooLargeIsToldSo() async throws {
        try await Self.with { server in
            for number in 0..<10 {
                let text = String(repeating: "y", count: 8 << 10)
                let observation = """
                    {"resourceType":"Observation","id":"o\(number)","status":"final","code":{"text":"\(text)"},\
                    "subject":{"reference":"Patient/p1"}}
                    """
                #expect(try await server.client.put("Observation/o\(number)", observation).status == 201)
            }
            for path in [
                "Patient", "Patient/_history", "_history", "?_type=Patient", "Patient/p1/$everything",
                "Patient?_id=p1&_revinclude=Observation:subject",
                "Observation/$lastn?patient=p1&category:missing=true&max=20",
                "$graphql?query=%7BPatientList%7Bid%7D%7D",
            ] {
                let answer = try await server.client.get(path)
                try expectTooLarge(answer)
            }
        }
    }

    @Test func lessAtATimeIsAnswered() async throws {
        try await Self.with { server in
            for path in [
                "Patient?_count=5", "Patient?_elements=birthDate", "Patient/p1", "Patient/_history?_count=5",
                "$graphql?query=%7BPatient(id:%22p1%22)%7Bid%7D%7D",
            ] {
                let answer = try await server.client.get(path)
                #expect(answer.status == 200, "\(path)")
            }
        }
    }

    /// One text under many names grows with the query, not with what is read.
    @Test func namesOfGraphQLDoNotMultiplyAnswers() async throws {
        try await Self.with { server in
            let aliases = (0..<20).map { "n\($0):name{text}" }.joined(separator: " ")
            let query = #"{"query":"{Patient(id:\"p1\"){\#(aliases)}}"}"#
            let json = [("Content-Type", "application/json")]
            try expectTooLarge(try await server.client.send("POST", "$graphql", json: Array(query.utf8), headers: json))
        }
    }

    private func bundle(_ kind: String, _ entries: [String]) -> String {
        #"{"resourceType":"Bundle","type":"\#(kind)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private func read(_ path: String) -> String { #"{"request":{"method":"GET","url":"\#(path)"}}"# }

    private func put(_ number: Int) -> String {
        let resource = Self.patient(number)
        return #"{"resource":\#(resource),"request":{"method":"PUT","url":"Patient/p\#(number)"}}"#
    }

    /// The entries of a batch share the room; those that find none fail alone.
    @Test func entriesOfABatchShareTheRoom() async throws {
        try await Self.with { server in
            let answer = try await server.client.post("", bundle("batch", (0..<10).map { read("Patient/p\($0)") }))
            #expect(answer.status == 200)
            #expect(answer.body.count < 2 * Self.limit)
            let statuses = try (answer.json["entry"]?.items ?? []).map { $0["response"]?["status"]?.string ?? "" }
            #expect(statuses.count == 10)
            #expect(statuses.count { $0.hasPrefix("200") } == 7)
            #expect(statuses.count { $0.hasPrefix("400") } == 3)
        }
    }

    /// What a batch or transaction has written stays written, and is told without its content where there is no room.
    @Test(arguments: ["batch", "transaction"])
    func writesAreToldInShort(_ kind: String) async throws {
        try await Self.with { server in
            let prefer = [("Prefer", "return=representation")]
            let answer = try await server.client.post("", bundle(kind, (20..<30).map(put)), headers: prefer)
            #expect(answer.status == 200)
            #expect(answer.body.count < 2 * Self.limit)
            let entries = try answer.json["entry"]?.items ?? []
            #expect(entries.allSatisfy { $0["response"]?["status"]?.string?.hasPrefix("201") == true })
            #expect(entries.count { $0["resource"] != nil } == 7)
            let issues = entries.compactMap { $0["response"]?["outcome"]?["issue"]?.items.first }
            #expect(issues.map { $0["severity"]?.string } == ["warning", "warning", "warning"])
            for number in 20..<30 { #expect(try await server.client.get("Patient/p\(number)").status == 200) }
        }
    }

    /// A transaction whose reads do not fit has changed nothing.
    @Test func transactionsThatDoNotFitChangeNothing() async throws {
        try await Self.with { server in
            let entries = [put(40)] + (0..<10).map { read("Patient/p\($0)") }
            let answer = try await server.client.post("", bundle("transaction", entries))
            try expectTooLarge(answer)
            let expression = try answer.json["issue"]?.items.first?["expression"]?.items.first?.string
            #expect(expression?.hasPrefix("Bundle.entry[") == true)
            #expect(try await server.client.get("Patient/p40").status == 404)
        }
    }
}
