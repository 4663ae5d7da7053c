import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// Deleting what others refer to (R4 http.html#delete).
@Suite struct IntegrityChecks {
    private func observation(_ id: String, _ rest: String) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final","code":{"text":"x"},\#(rest)}"#
    }

    private func withServer(_ body: @Sendable (TestServer) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.integrity = .delete
        } _: { server in
            try await body(server)
        }
    }

    private func bundle(_ entries: [String]) -> String {
        #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private func deletion(_ url: String) -> String { #"{"request":{"method":"DELETE","url":"\#(url)"}}"# }

    static let references: [String] = [
        #""subject":{"reference":"Patient/a"}"#, #""subject":{"reference":"Patient/a/_history/1"}"#,
        #""performer":[{"reference":"Practitioner/p"},{"reference":"Patient/a"}]"#,
        #""focus":[{"reference":"Patient/a"}]"#,
    ]

    @Test("C10: what is referred to is not deleted, and the answer names who refers", .check("C10"))
    func referredResourcesStay() async throws {
        try await withServer { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            for (number, reference) in Self.references.enumerated() {
                #expect(
                    try await client.put("Observation/o\(number)", observation("o\(number)", reference)).status == 201)
                let refused = try await client.delete("Patient/a")
                #expect(refused.status == 409, "\(reference)")
                #expect(refused.issueCodes == ["still-referenced"])
                #expect(refused.text.contains("Observation/o\(number)"))
                #expect(try await client.get("Patient/a").versionID == "1")
                #expect(try await client.delete("Observation/o\(number)").status == 204)
            }
            #expect(try await client.delete("Patient/a").status == 204)
            #expect(try await client.delete("Patient/a").status == 204)
            #expect(try await client.delete("Patient/never").status == 204)
        }
    }

    @Test("C10: other references, past ones and a resource's own do not count", .check("C10"))
    func whatDoesNotCount() async throws {
        try await withServer { server in
            let client = server.client
            let own =
                #"{"resourceType":"Patient","id":"a","link":[{"other":{"reference":"Patient/a"},"type":"refer"}]}"#
            _ = try await client.put("Patient/a", own)
            _ = try await client.put("Observation/o", observation("o", #""subject":{"reference":"Patient/a"}"#))
            _ = try await client.put("Observation/o", observation("o", #""subject":{"reference":"Patient/b"}"#))
            let elsewhere = #""subject":{"reference":"http://elsewhere/fhir/Patient/a"}"#
            _ = try await client.put("Observation/x", observation("x", elsewhere))
            #expect(try await client.delete("Patient/a").status == 204)
            #expect(try await client.delete("Patient/a", headers: [("If-Match", "W/\"1\"")]).status == 204)
        }
    }

    @Test("C10: in a transaction counts what is left at its end", .check("C10"))
    func transactionsCountWhatIsLeft() async throws {
        try await withServer { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Patient/b", Patients.named("B", id: "b"))
            for id in ["o", "q"] {
                _ = try await client.put("Observation/\(id)", observation(id, #""subject":{"reference":"Patient/a"}"#))
            }
            let refused = try await client.post("", bundle([deletion("Observation/o"), deletion("Patient/a")]))
            #expect(refused.status == 409 && refused.issueCodes == ["still-referenced"])
            #expect(refused.text.contains("Observation/q") && refused.text.contains("Bundle.entry[1]"))
            #expect(try await client.get("Observation/o").status == 200)
            // One is deleted, the other turns to somebody else.
            let moved = """
                {"resource":\(observation("q", #""subject":{"reference":"Patient/b"}"#)),\
                "request":{"method":"PUT","url":"Observation/q"}}
                """
            let done = try await client.post("", bundle([deletion("Patient/a"), deletion("Observation/o"), moved]))
            #expect(done.status == 200)
            #expect(try await client.get("Patient/a").status == 410)
            let batch = bundle([deletion("Patient/b")]).replacing("transaction", with: "batch")
            #expect(try await client.post("", batch).text.contains("409"))
        }
    }

    @Test("C10: without the setting references stop nobody", .check("C10"))
    func withoutTheSetting() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Observation/o", observation("o", #""subject":{"reference":"Patient/a"}"#))
            #expect(try await client.delete("Patient/a").status == 204)
        }
    }

    @Test("C10: of a delete and writers of references, none fails for the other's sake", .check("C10"))
    func deletesAmongWriters() async throws {
        try await withServer { server in
            let client = server.client
            for round in 0..<5 {
                let id = "r\(round)"
                _ = try await client.put("Patient/\(id)", Patients.named("A", id: id))
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<8 {
                        let body = observation("\(id)-\(number)", #""subject":{"reference":"Patient/\#(id)"}"#)
                        group.addTask { try await client.put("Observation/\(id)-\(number)", body).status }
                    }
                    group.addTask { try await client.delete("Patient/\(id)").status }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 201 } == 8)
                // Whichever came first, a delete behind the acknowledged references is refused.
                #expect(statuses.contains(204) || statuses.contains(409))
                _ = try await client.put("Patient/\(id)", Patients.named("A", id: id))
                #expect(try await client.delete("Patient/\(id)").status == 409)
            }
        }
    }
}
