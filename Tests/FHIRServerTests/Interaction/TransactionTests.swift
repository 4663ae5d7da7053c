import FHIRServerTesting
import JSONTape
import Testing

@Suite struct TransactionTests {
    private func bundle(_ type: String, _ entries: [String]) -> String {
        "{\"resourceType\":\"Bundle\",\"type\":\"\(type)\",\"entry\":[\(entries.joined(separator: ","))]}"
    }

    private func entry(_ method: String, _ url: String, _ resource: String? = nil, fullURL: String? = nil) -> String {
        let resourceMember = resource.map { "\"resource\":\($0)," } ?? ""
        let fullMember = fullURL.map { "\"fullUrl\":\"\($0)\"," } ?? ""
        return "{\(fullMember)\(resourceMember)\"request\":{\"method\":\"\(method)\",\"url\":\"\(url)\"}}"
    }

    private func statuses(_ response: TestResponse) throws -> [String] {
        (try response.json["entry"]?.items ?? []).map { String(($0["response"]?["status"]?.string ?? "").prefix(3)) }
    }

    /// C32
    @Test func oneBadEntryStoresNothing() async throws {
        try await TestServer.with { server in
            let response = try await server.client.post(
                "",
                bundle(
                    "transaction",
                    [
                        entry("PUT", "Patient/a", Patients.named("A", id: "a")),
                        entry("PUT", "Patient/b", #"{"resourceType":"Patient","id":"b","gender":5}"#),
                    ]))
            #expect(response.status == 422)
            #expect(response.isOutcome)
            let issue = try response.json["issue"]?.items.first
            #expect(issue?["expression"]?.items.first?.string == "Bundle.entry[1].resource.gender")
            #expect(try await server.client.get("Patient/a").status == 404)
        }
    }

    /// C33, C34, C38
    @Test func linksAreResolvedWhateverTheOrder() async throws {
        try await TestServer.with { server in
            let client = server.client
            let response = try await client.post(
                "",
                bundle(
                    "transaction",
                    [
                        entry("GET", "Patient/z"),
                        entry("PUT", "Patient/z", Patients.named("Zed", id: "z")),
                        entry(
                            "POST", "Observation",
                            """
                            {"resourceType":"Observation","status":"final","code":{"text":"x"},\
                            "subject":{"reference":"urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"}}
                            """, fullURL: "urn:uuid:9d2f3c55-6f0a-4c44-93aa-1f3b7cf5a0aa"),
                        entry(
                            "POST", "Patient", Patients.named("New"),
                            fullURL: "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"),
                    ]))
            #expect(response.status == 200)
            let json = try response.json
            #expect(json["type"]?.string == "transaction-response")
            #expect(try statuses(response) == ["200", "201", "201", "201"])
            let entries = json["entry"]?.items ?? []
            try #require(entries.count == 4)
            #expect(entries[0]["resource"]?["id"]?.string == "z")
            let location = try #require(entries[2]["response"]?["location"]?.string)
            #expect(entries[2]["response"]?["etag"]?.string == "W/\"1\"")
            #expect(entries[2]["response"]?["lastModified"]?.string != nil)
            let observation = try await client.get(String(location.dropFirst(client.base.count + 1))).json
            let patient = entries[3]["response"]?["location"]?.string?.split(separator: "/").dropLast(2).last
            #expect(observation["subject"]?["reference"]?.string == "Patient/\(patient ?? "?")")
        }
    }

    /// C37
    @Test func oneIdentityTwiceFailsTheBundle() async throws {
        try await TestServer.with { server in
            let response = try await server.client.post(
                "",
                bundle(
                    "transaction",
                    [entry("PUT", "Patient/a", Patients.named("A", id: "a")), entry("DELETE", "Patient/a")]))
            #expect(response.status == 400)
            #expect(response.issueCodes == ["duplicate-identity"])
        }
    }

    /// C21, C40
    @Test func emptyBundlesAndRepresentations() async throws {
        try await TestServer.with { server in
            for kind in ["batch", "transaction"] {
                let empty = try await server.client.post("", "{\"resourceType\":\"Bundle\",\"type\":\"\(kind)\"}")
                #expect(empty.status == 200)
                #expect(try empty.json["type"]?.string == "\(kind)-response")
                let full = try await server.client.post(
                    "", bundle(kind, [entry("POST", "Patient", Patients.named("A"))]),
                    headers: [("Prefer", "return=representation")])
                #expect(try full.json["entry"]?.items.first?["resource"]?["meta"]?["versionId"]?.string == "1")
            }
            let other = try await server.client.post("", "{\"resourceType\":\"Bundle\",\"type\":\"document\"}")
            #expect(other.status == 400)
            #expect(try await server.client.post("", Patients.named("A")).status == 400)
        }
    }

    /// C38, C39
    @Test func batchEntriesStandAlone() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Patients.named("Old", id: "old"))
            let response = try await client.post(
                "",
                bundle(
                    "batch",
                    [
                        entry("POST", "Patient", Patients.named("A")),
                        entry("PUT", "Patient/b", Patients.named("B", id: "c")),
                        entry("GET", "Patient/old"), entry("GET", "Patient/none"), entry("DELETE", "Patient/none"),
                        entry("GET", "Nonsense/1"), entry("POST", "/", #"{"resourceType":"Bundle","type":"batch"}"#),
                        entry("GET", "metadata"), entry("GET", "\(client.base)/Patient/old/_history"),
                    ]))
            #expect(response.status == 200)
            #expect(try response.json["type"]?.string == "batch-response")
            #expect(try statuses(response) == ["201", "400", "200", "404", "204", "404", "400", "200", "200"])
            let entries = try response.json["entry"]?.items ?? []
            try #require(entries.count == 9)
            #expect(entries[1]["response"]?["outcome"]?["resourceType"]?.string == "OperationOutcome")
            #expect(entries[2]["resource"]?["id"]?.string == "old")
            #expect(entries[0]["response"]?["location"]?.string?.hasPrefix(client.base) == true)
        }
    }

    /// C39: an entry that makes no sense as an entry fails alone in a batch, and all of a transaction.
    @Test func malformedEntriesOfABatchFailAlone() async throws {
        try await TestServer.with { server in
            let malformed = [
                "{\"resource\":\(Patients.named("A"))}",
                entry("BREW", "Patient", Patients.named("A")),
                entry("POST", "Patient"),
                entry("POST", "Nonsense", "{\"resourceType\":\"Nonsense\"}"),
                "{\"request\":{\"method\":\"GET\"}}",
                "5",
            ]
            let good = entry("POST", "Patient", Patients.named("B"))
            for bad in malformed {
                let batch = try await server.client.post("", bundle("batch", [good, bad, good]))
                #expect(batch.status == 200, "\(bad)")
                #expect(try statuses(batch) == ["201", "400", "201"], "\(bad)")
                let outcome = try batch.json["entry"]?.items.dropFirst().first?["response"]?["outcome"]
                let place = outcome?["issue"]?.items.first?["expression"]?.items.first?.string
                #expect(place?.hasPrefix("Bundle.entry[1]") == true, "\(bad)")
                let transaction = try await server.client.post("", bundle("transaction", [good, bad]))
                #expect(transaction.status == 400, "\(bad)")
            }
            let total = try await server.client.get("Patient?_total=accurate").json["total"]?.integer
            #expect(total == 2 * malformed.count)
        }
    }

    /// C41
    @Test func largeTransactionsAreTaken() async throws {
        try await TestServer.with { server in
            let entries = (0..<1000).map { entry("PUT", "Patient/p\($0)", Patients.named("A", id: "p\($0)")) }
            let response = try await server.client.post("", bundle("transaction", entries))
            #expect(response.status == 200)
            #expect(try statuses(response).count == 1000)
            #expect(try await server.client.get("Patient/p999").status == 200)
        }
    }
}
