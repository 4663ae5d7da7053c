import FHIRServerTesting
import JSONTape
import Testing

/// All or nothing, the order of processing, identities and answers (R4 http.html#trules).
@Suite struct TransactionChecks {
    private typealias Bundles = RequestBundles

    @Test(
        "C32: one bad entry stores nothing, and its status is the answer's", .check("C32"),
        arguments: [
            (
                Bundles.entry("PUT", "Patient/b", #"{"resourceType":"Patient","id":"b","gender":5}"#), 422,
                ".resource.gender"
            ),
            (Bundles.entry("PUT", "Patient/b", Patients.named("B", id: "other")), 400, ".resource.id"),
            (Bundles.entry("POST", "Patient", Bundles.observation(of: "Patient/a")), 400, ".request.url"),
            (Bundles.entry("POST", "Nonsense", Patients.named("B")), 400, ".request.url"),
            (Bundles.entry("PUT", "Patient", Patients.named("B", id: "b")), 400, ".request.url"),
            (
                Bundles.entry("PUT", "Patient/b", Patients.named("B", id: "b"), conditions: ["ifMatch": "W/\"7\""]),
                412, ""
            ),
            (
                Bundles.entry("PUT", "Patient/old", Patients.named("B", id: "old"), conditions: ["ifNoneMatch": "*"]),
                412,
                ""
            ),
            (Bundles.entry("DELETE", "Patient/old", conditions: ["ifMatch": "W/\"7\""]), 412, ""),
            (Bundles.entry("GET", "Patient/none"), 404, ".request.url"),
            (Bundles.entry("GET", "Patient?nonsense=1"), 400, ".request.url"),
            (Bundles.entry("GET", "Nonsense/1"), 404, ".request.url"),
            (Bundles.entry("POST", "Patient"), 400, ".resource"),
            (Bundles.entry("BREW", "Patient", Patients.named("B")), 400, ".request.method"),
            (Bundles.entry("POST", "/", #"{"resourceType":"Bundle","type":"batch"}"#), 400, ".request.url"),
            (Bundles.entry("POST", "Patient/$nonsense", Patients.named("B")), 404, ".request.url"),
            (
                Bundles.entry("POST", "Patient", Patients.named("B"), conditions: ["ifNoneExist": "nonsense=1"]), 400,
                ".request.ifNoneExist"
            ),
            (
                Bundles.entry("POST", "Patient", Patients.named("B"), conditions: ["ifNoneExist": "?"]), 400,
                ".request.ifNoneExist"
            ),
            (Bundles.entry("PUT", "Patient?nonsense=1", Patients.named("B")), 400, ".request.url"),
            (
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cold", Patients.named("B", id: "b")), 400,
                ".resource.id"
            ),
            (Bundles.entry("DELETE", "Patient?active=true"), 412, ".request.url"),
            (
                Bundles.entry("POST", "Observation", Bundles.observation(of: Bundles.urn)), 400,
                ".resource.subject.reference"
            ),
            (
                Bundles.entry("PUT", "Patient/b", Patients.named("B", id: "b"), fullURL: "http://a.org/Patient/c"), 400,
                ".fullUrl"
            ),
        ])
    func badEntries(_ bad: String, _ status: Int, _ element: String) async throws {
        try await TestServer.with { server in
            let client = server.client
            for name in ["old", "older"] {
                let json = Bundles.patient(name, id: name, more: ",\"active\":true")
                #expect(try await client.put("Patient/\(name)", json).status == 201)
            }
            let response = try await client.post(
                "",
                Bundles.transaction(
                    Bundles.entry("PUT", "Patient/a", Patients.named("A", id: "a")),
                    Bundles.entry("POST", "Patient", Patients.named("A")), bad))
            #expect(response.status == status, "\(bad): \(response.text)")
            #expect(response.isOutcome)
            #expect(try response.issueExpressions.contains("Bundle.entry[2]\(element)"), "\(response.text)")
            #expect(try await client.total("Patient") == 2)
            #expect(try await client.get("Patient/old").versionID == "1")
        }
    }

    @Test("C33: the order of the list does not matter", .check("C33"))
    func order() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/gone", Bundles.patient("gone", id: "gone"))
            _ = try await client.put("Patient/stays", Bundles.patient("stays", id: "stays"))
            let entries = [
                Bundles.entry("GET", "Patient/new"),
                Bundles.entry("GET", "Patient?identifier=urn:mrn%7Cposted&_total=accurate"),
                Bundles.entry("PUT", "Patient/new", Bundles.patient("new", id: "new")),
                Bundles.entry("POST", "Patient", Bundles.patient("posted")),
                // The one that met the criteria is deleted first, whatever the list says.
                Bundles.entry(
                    "POST", "Patient", Bundles.patient("gone"), conditions: ["ifNoneExist": "identifier=urn:mrn|gone"]),
                Bundles.entry("DELETE", "Patient/gone"),
                Bundles.entry("GET", "Patient/stays/_history/1"),
                Bundles.entry("GET", "Patient/new/_history"),
                Bundles.entry("HEAD", "Patient/stays"),
                Bundles.entry("GET", "Patient/stays", conditions: ["ifNoneMatch": "W/\"1\""]),
                Bundles.entry("GET", "metadata"),
                Bundles.entry("POST", "Patient/_search?identifier=urn:mrn%7Cnew"),
            ]
            let response = try await client.post("", Bundles.bundle("transaction", entries))
            #expect(response.status == 200, "\(response.text)")
            let statuses = ["200", "200", "201", "201", "201", "204", "200", "200", "200", "304", "200", "200"]
            #expect(try response.entryStatuses == statuses)
            let found = try response.entries
            try #require(found.count == statuses.count)
            #expect(found[0]["resource"]?["id"]?.string == "new")
            #expect(found[1]["resource"]?["total"]?.integer == 1)
            #expect(found[7]["resource"]?["entry"]?.items.count == 1)
            #expect(found[8]["resource"] == nil)
            #expect(found[8]["response"]?["etag"]?.string == "W/\"1\"")
            #expect(found[9]["resource"] == nil)
            #expect(found[10]["resource"]?["resourceType"]?.string == "CapabilityStatement")
            #expect(found[11]["resource"]?["entry"]?.items.count == 1)
            #expect(try await client.get("Patient/gone").status == 410)
            #expect(try await client.total("Patient", "identifier=urn:mrn%7Cgone") == 1)
        }
    }

    @Test(
        "C37: one resource written twice fails the bundle", .check("C37"),
        arguments: [
            [
                Bundles.entry("PUT", "Patient/a", Bundles.patient("1", id: "a")),
                Bundles.entry("PUT", "Patient/a", Bundles.patient("2", id: "a")),
            ],
            [Bundles.entry("PUT", "Patient/a", Bundles.patient("1", id: "a")), Bundles.entry("DELETE", "Patient/a")],
            [Bundles.entry("DELETE", "Patient/old"), Bundles.entry("DELETE", "Patient/old")],
            [
                Bundles.entry("PUT", "Patient/old", Bundles.patient("x", id: "old")),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cold", Bundles.patient("x")),
            ],
            [
                Bundles.entry("DELETE", "Patient?identifier=urn:mrn%7Cold"),
                Bundles.entry("PUT", "Patient/old", Bundles.patient("x", id: "old")),
            ],
            [
                Bundles.entry("DELETE", "Patient/old"),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cold", Bundles.patient("x")),
            ],
            // Two that find nothing would be one resource all the same.
            [
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cnew", Bundles.patient("new")),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cnew", Bundles.patient("new")),
            ],
            [
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cnew", Bundles.patient("new")),
                Bundles.entry("PUT", "Patient?identifier=new&active:missing=true", Bundles.patient("new")),
            ],
            // A condition that meets what the bundle itself writes.
            [
                Bundles.entry("PUT", "Patient/n", Bundles.patient("new", id: "n")),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cnew", Bundles.patient("new")),
            ],
            [
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cnew", Bundles.patient("new")),
                Bundles.entry("POST", "Patient", Bundles.patient("new")),
            ],
            [
                Bundles.entry("PUT", "Patient/old", Bundles.patient("old", id: "old")),
                Bundles.entry("POST", "Patient", Bundles.patient("old"), conditions: ["ifNoneExist": "identifier=old"]),
            ],
            [
                Bundles.entry("PUT", "Patient/n", Bundles.patient("new", id: "n")),
                Bundles.entry("POST", "Patient", Bundles.patient("new"), conditions: ["ifNoneExist": "identifier=new"]),
            ],
            [
                Bundles.entry("POST", "Patient", Bundles.patient("1"), fullURL: Bundles.urn),
                Bundles.entry("POST", "Patient", Bundles.patient("2"), fullURL: Bundles.urn),
            ],
        ])
    func overlaps(_ entries: [String]) async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Bundles.patient("old", id: "old"))
            for list in [entries, entries.reversed()] {
                let response = try await client.post("", Bundles.bundle("transaction", list))
                #expect(response.status == 400, "\(response.text)")
                #expect(response.issueCodes == ["duplicate-identity"])
                #expect(try response.issueExpressions.first?.hasPrefix("Bundle.entry[") == true)
                #expect(try await client.total("Patient") == 1)
                #expect(try await client.get("Patient/old").versionID == "1")
            }
        }
    }

    @Test("C38: answers stand in the order of the entries, and say what was made", .check("C38"))
    func answers() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Bundles.patient("old", id: "old"))
            _ = try await client.put("Patient/gone", Bundles.patient("gone", id: "gone"))
            let entries = [
                Bundles.entry("PUT", "Patient/old", Bundles.patient("older", id: "old")),
                Bundles.entry("POST", "Patient", Bundles.patient("new")),
                Bundles.entry("DELETE", "Patient/gone"),
                Bundles.entry("PUT", "\(client.base)/Patient/upsert", Bundles.patient("upsert", id: "upsert")),
                Bundles.entry("DELETE", "Patient/never"),
                Bundles.entry("DELETE", "Patient?identifier=urn:mrn%7Cnever"),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cput", Bundles.patient("put")),
                Bundles.entry("PUT", "Patient?identifier=urn:mrn%7Cput2", Bundles.patient("put2", id: "put-2")),
            ]
            let response = try await client.post("", Bundles.bundle("transaction", entries))
            #expect(response.status == 200, "\(response.text)")
            #expect(try response.json["type"]?.string == "transaction-response")
            #expect(try response.entryStatuses == ["200", "201", "204", "201", "204", "204", "201", "201"])
            let answers = try response.entries.compactMap { $0["response"] }
            try #require(answers.count == entries.count)
            for position in [1, 3, 6, 7] {
                #expect(answers[position]["location"]?.string?.hasPrefix("\(client.base)/Patient/") == true)
                #expect(answers[position]["location"]?.string?.hasSuffix("/_history/1") == true)
                #expect(answers[position]["etag"]?.string == "W/\"1\"")
                #expect(answers[position]["lastModified"]?.string != nil)
            }
            #expect(answers[0]["etag"]?.string == "W/\"2\"")
            #expect(answers[0]["lastModified"]?.string != nil)
            #expect(try response.entryAddresses[3] == "Patient/upsert")
            #expect(try response.entryAddresses[7] == "Patient/put-2")
            let again = try await client.post(
                "",
                Bundles.transaction(
                    Bundles.entry(
                        "PUT", "Patient?identifier=urn:mrn%7Cput", Bundles.patient("put", more: ",\"active\":true"))))
            #expect(try again.entryStatuses == ["200"])
            #expect(try again.entries.first?["response"]?["etag"]?.string == "W/\"2\"")
        }
    }

    @Test("C21, C40: representations on demand, and bundles of nothing", .check("C21", "C40"))
    func preferencesAndEmptyBundles() async throws {
        try await TestServer.with { server in
            let client = server.client
            for kind in ["batch", "transaction"] {
                for empty in ["{\"resourceType\":\"Bundle\",\"type\":\"\(kind)\"}"] {
                    let answer = try await client.post("", empty)
                    #expect(answer.status == 200)
                    #expect(try answer.json["type"]?.string == "\(kind)-response")
                    #expect(try answer.json["entry"] == nil)
                }
                let criteria = ["ifNoneExist": "identifier=urn:mrn|\(kind)"]
                for (number, preference) in ["minimal", "representation", "OperationOutcome"].enumerated() {
                    let id = "\(kind)-\(number)"
                    let entries = [
                        Bundles.entry("PUT", "Patient/\(id)", Bundles.patient("1", id: id)),
                        Bundles.entry("POST", "Patient", Bundles.patient("2")),
                        Bundles.entry("POST", "Patient", Bundles.patient(kind), conditions: criteria),
                    ]
                    let response = try await client.post(
                        "", Bundles.bundle(kind, entries), headers: [("Prefer", "return=\(preference)")])
                    #expect(try response.entryStatuses == ["201", "201", number == 0 ? "201" : "200"])
                    for entry in try response.entries {
                        let outcome = entry["response"]?["outcome"]
                        switch preference {
                        case "minimal": #expect(entry["resource"] == nil && outcome == nil)
                        case "representation":
                            #expect(entry["resource"]?["meta"]?["versionId"]?.string == "1")
                            #expect(entry["resource"]?["resourceType"]?.string == "Patient")
                        default:
                            #expect(entry["resource"] == nil)
                            #expect(outcome?["resourceType"]?.string == "OperationOutcome")
                        }
                    }
                }
            }
        }
    }

    @Test("C40: the base takes batches and transactions only; others are kept at Bundle", .check("C40"))
    func otherBundles() async throws {
        try await TestServer.with {
            $0.types = ["Bundle", "Patient", "Composition", "MessageHeader", "Practitioner"]
        } _: { server in
            let client = server.client
            for type in ["collection", "document", "message", "searchset", "history", "batch-response", "nonsense"] {
                let response = try await client.post("", "{\"resourceType\":\"Bundle\",\"type\":\"\(type)\"}")
                #expect(response.status == 400)
                #expect(try response.issueExpressions == ["Bundle.type"])
            }
            #expect(try await client.post("", Patients.named("A")).status == 400)
            #expect(try await client.post("", "{\"resourceType\":\"Bundle\"}").status == 400)
            let noList = #"{"resourceType":"Bundle","type":"transaction","entry":{"fullUrl":"urn:x"}}"#
            #expect(try await client.post("", noList).status == 400)
            let document = """
                {"resourceType":"Bundle","type":"document","identifier":{\
                "system":"urn:ietf:rfc:3986","value":"\(Bundles.urn)"},\
                "timestamp":"2026-01-02T03:04:05Z","entry":[\
                {"fullUrl":"\(Bundles.urn)","resource":{"resourceType":"Composition","id":"c","meta":{"versionId":"7",\
                "lastUpdated":"2020-01-01T00:00:00Z"},"status":"final","type":{"text":"t"},"date":"2026-01-02",\
                "author":[{"reference":"\(Bundles.otherURN)"}],"title":"T"}},\
                {"fullUrl":"\(Bundles.otherURN)","resource":{\
                "resourceType":"Practitioner","id":"p","birthDate":"1970"}}]}
                """
            let created = try await client.post("Bundle", document)
            #expect(created.status == 201, "\(created.text)")
            // The same within a transaction, whose links are none of the document's.
            let within = try await client.post(
                "",
                Bundles.transaction(
                    Bundles.entry("POST", "Bundle", document),
                    Bundles.entry("POST", "Patient", Bundles.patient("1"), fullURL: Bundles.urn)))
            #expect(within.status == 200, "\(within.text)")
            let address = try #require(try within.entryAddresses[0])
            for path in ["Bundle/\(created.id ?? "")", address] {
                let bundle = try await client.get(path).json
                let resources = bundle["entry"]?.items.compactMap { $0["resource"] } ?? []
                try #require(resources.count == 2)
                #expect(resources[0]["meta"]?["versionId"]?.string == "7")
                #expect(resources[0]["author"]?.items.first?["reference"]?.string == Bundles.otherURN)
                #expect(resources[1]["id"]?.string == "p")
                #expect(bundle["entry"]?.items.first?["fullUrl"]?.string == Bundles.urn)
            }
        }
    }
}
