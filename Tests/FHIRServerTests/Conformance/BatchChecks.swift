import FHIRServerTesting
import JSONTape
import Testing

/// Each entry alone (R4 http.html#transaction).
@Suite struct BatchChecks {
    private typealias Bundles = RequestBundles

    @Test("C39: each entry of a batch stands alone", .check("C39", "C38"))
    func entriesStandAlone() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Bundles.patient("old", id: "old"))
            let cases: [(String, String)] = [
                (Bundles.entry("POST", "Patient", Patients.named("A")), "201"),
                (Bundles.entry("PUT", "Patient/b", Patients.named("B", id: "c")), "400"),
                (Bundles.entry("GET", "Patient/old"), "200"),
                (Bundles.entry("HEAD", "Patient/old"), "200"),
                (Bundles.entry("GET", "Patient/none"), "404"),
                (Bundles.entry("DELETE", "Patient/none"), "204"),
                (Bundles.entry("GET", "Nonsense/1"), "404"),
                (Bundles.entry("POST", "/", #"{"resourceType":"Bundle","type":"batch"}"#), "400"),
                (Bundles.entry("POST", "/", #"{"resourceType":"Bundle","type":"transaction"}"#), "400"),
                (Bundles.entry("GET", "metadata"), "200"),
                (Bundles.entry("GET", "\(client.base)/Patient/old/_history"), "200"),
                (Bundles.entry("GET", "Patient/old/_history/1"), "200"),
                (Bundles.entry("GET", "Patient?identifier=urn:mrn%7Cold"), "200"),
                (Bundles.entry("GET", "Patient?nonsense=1"), "400"),
                (Bundles.entry("GET", "Patient/old", conditions: ["ifNoneMatch": "W/\"1\""]), "304"),
                (
                    Bundles.entry(
                        "PUT", "Patient/old", Bundles.patient("x", id: "old"), conditions: ["ifMatch": "W/\"5\""]),
                    "412"
                ),
                (
                    Bundles.entry(
                        "PUT", "Patient/old", Bundles.patient("x", id: "old"), conditions: ["ifNoneMatch": "*"]), "412"
                ),
                (Bundles.entry("POST", "Patient", "{\"resourceType\":\"Patient\",\"gender\":5}"), "422"),
                (Bundles.entry("PUT", "Patient/old/x/y", Bundles.patient("x", id: "old")), "404"),
                (Bundles.entry("POST", "Patient/$nonsense", Patients.named("A")), "404"),
            ]
            let response = try await client.post("", Bundles.bundle("batch", cases.map(\.0)))
            #expect(response.status == 200)
            #expect(try response.json["type"]?.string == "batch-response")
            let entries = try response.entries
            try #require(entries.count == cases.count)
            for ((request, status), entry) in zip(cases, entries) {
                let answer = entry["response"]
                #expect(
                    answer?["status"]?.string?.hasPrefix(status) == true,
                    "\(request): \(answer?["status"]?.string ?? "")")
                let isFailure = status.hasPrefix("4")
                #expect((answer?["outcome"]?["resourceType"]?.string == "OperationOutcome") == isFailure, "\(request)")
            }
            #expect(entries[2]["resource"]?["id"]?.string == "old")
            #expect(entries[3]["resource"] == nil)
            #expect(entries[0]["response"]?["location"]?.string?.hasPrefix(client.base) == true)
            #expect(entries[12]["resource"]?["entry"]?.items.count == 1)
        }
    }

    @Test("C39: an entry that makes no sense fails alone in a batch, and all of a transaction", .check("C39", "C32"))
    func malformedEntriesFailAlone() async throws {
        try await TestServer.with { server in
            let malformed = [
                "{\"resource\":\(Patients.named("A"))}",
                Bundles.entry("BREW", "Patient", Patients.named("A")),
                Bundles.entry("POST", "Patient"),
                Bundles.entry("POST", "Nonsense", "{\"resourceType\":\"Nonsense\"}"),
                "{\"request\":{\"method\":\"GET\"}}",
                "5",
            ]
            let good = Bundles.entry("POST", "Patient", Patients.named("B"))
            for bad in malformed {
                let batch = try await server.client.post("", Bundles.batch(good, bad, good))
                #expect(batch.status == 200, "\(bad)")
                #expect(try batch.entryStatuses == ["201", "400", "201"], "\(bad)")
                let outcome = try batch.entries.dropFirst().first?["response"]?["outcome"]
                let place = outcome?["issue"]?.items.first?["expression"]?.items.first?.string
                #expect(place?.hasPrefix("Bundle.entry[1]") == true, "\(bad)")
                let transaction = try await server.client.post("", Bundles.transaction(good, bad))
                #expect(transaction.status == 400, "\(bad)")
            }
            #expect(try await server.client.total("Patient") == 2 * malformed.count)
        }
    }

    @Test("C39: references between entries of a batch are not resolved", .check("C39"))
    func referencesStay() async throws {
        try await TestServer.with { server in
            let client = server.client
            let response = try await client.post(
                "",
                Bundles.batch(
                    Bundles.entry("POST", "Patient", Patients.named("A"), fullURL: Bundles.urn),
                    Bundles.entry("PUT", "Observation/o", Bundles.observation(of: Bundles.urn, id: "o"))))
            #expect(try response.entryStatuses == ["201", "201"])
            let reference = try await client.get("Observation/o").json["subject"]?["reference"]?.string
            #expect(reference == Bundles.urn)
        }
    }
}
