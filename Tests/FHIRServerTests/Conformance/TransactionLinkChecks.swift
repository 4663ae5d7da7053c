import FHIRServerTesting
import JSONTape
import Testing

/// Links between entries, and conditions (R4 http.html#trules).
@Suite struct TransactionLinkChecks {
    private typealias Bundles = RequestBundles

    @Test("C34: full urls are replaced wherever links stand, and nowhere else", .check("C34"))
    func links() async throws {
        try await TestServer.with {
            $0.types = ["Patient", "Observation", "DocumentReference", "Provenance", "Practitioner"]
        } _: { server in
            let client = server.client
            let oid = "urn:oid:1.2.36.146.595.217.0.1"
            let absolute = "http://elsewhere.org/base/Practitioner/temp"
            let observation = """
                {"resourceType":"Observation","status":"final","code":{"text":"x"},\
                "meta":{"profile":["\(Bundles.urn)"]},\
                "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><a \
                href=\\"\(Bundles.urn)\\">p</a>\
                <img alt='x' src='\(oid)#a'/>\
                <a class=\\"href\\" href=\\"urn:uuid:other\\">o</a>\
                \(Bundles.urn)</div>"},\
                "contained":[{"resourceType":"Observation","id":"c","status":"final","code":{"text":"y"},\
                "subject":{"reference":"\(Bundles.urn)"},"hasMember":[{"reference":"#c"}]}],\
                "extension":[{"url":"urn:x","valueUri":"\(Bundles.urn)"},\
                {"url":"urn:y","valueReference":{"reference":"\(oid)"}},\
                {"url":"urn:z","valueCanonical":"\(Bundles.urn)"},\
                {"url":"urn:s","valueString":"\(Bundles.urn)"},{"url":"urn:f","valueUrl":"\(Bundles.urn)#part"},\
                {"url":"urn:o","valueOid":"\(oid)"},{"url":"urn:u","valueUuid":"\(Bundles.urn)"}],\
                "identifier":[{"value":"\(Bundles.urn)"}],\
                "subject":{"reference":"\(Bundles.urn)"},\
                "performer":[{"reference":"\(absolute)"},{"reference":"\(oid)"}],\
                "derivedFrom":[{"reference":"\(Bundles.otherURN)"}],"hasMember":[{"reference":"#c"}]}
                """
            let entries = [
                Bundles.entry("POST", "Observation", observation, fullURL: Bundles.otherURN),
                Bundles.entry("POST", "Patient", Bundles.patient("1"), fullURL: Bundles.urn),
                Bundles.entry("PUT", "Practitioner/fix", #"{"resourceType":"Practitioner","id":"fix"}"#, fullURL: oid),
                Bundles.entry("POST", "Practitioner", #"{"resourceType":"Practitioner"}"#, fullURL: absolute),
            ]
            let response = try await client.post("", Bundles.bundle("transaction", entries))
            #expect(response.status == 200, "\(response.text)")
            let addresses = try response.entryAddresses.compactMap(\.self)
            try #require(addresses.count == 4)
            let (own, patient, practitioner) = (addresses[0], addresses[1], addresses[3])
            let stored = try await client.get(own).json
            #expect(stored["subject"]?["reference"]?.string == patient)
            #expect(stored["performer"]?.items.map { $0["reference"]?.string } == [practitioner, "Practitioner/fix"])
            #expect(stored["derivedFrom"]?.items.first?["reference"]?.string == own)
            #expect(stored["hasMember"]?.items.first?["reference"]?.string == "#c")
            let contained = stored["contained"]?.items.first
            #expect(contained?["subject"]?["reference"]?.string == patient)
            #expect(contained?["hasMember"]?.items.first?["reference"]?.string == "#c")
            #expect(stored["meta"]?["profile"]?.items.first?.string == Bundles.urn)
            #expect(stored["identifier"]?.items.first?["value"]?.string == Bundles.urn)
            let extensions = stored["extension"]?.items ?? []
            try #require(extensions.count == 7)
            #expect(extensions[0]["valueUri"]?.string == patient)
            #expect(extensions[1]["valueReference"]?["reference"]?.string == "Practitioner/fix")
            #expect(extensions[2]["valueCanonical"]?.string == Bundles.urn)
            #expect(extensions[3]["valueString"]?.string == Bundles.urn)
            #expect(extensions[4]["valueUrl"]?.string == "\(patient)#part")
            #expect(extensions[5]["valueOid"]?.string == "Practitioner/fix")
            #expect(extensions[6]["valueUuid"]?.string == patient)
            let div = stored["text"]?["div"]?.string ?? ""
            #expect(div.contains("href=\"\(patient)\""))
            #expect(div.contains("src='Practitioner/fix#a'"))
            #expect(div.contains("href=\"urn:uuid:other\""))
            #expect(div.contains("\(Bundles.urn)</div>"))
            #expect(try await client.total("Observation", "subject=\(patient)") == 1)
        }
    }

    @Test("C34: relative references are relative to the full url of their entry", .check("C34"))
    func relativeReferences() async throws {
        try await TestServer.with { server in
            let client = server.client
            let base = "http://elsewhere.org/fhir"
            let response = try await client.post(
                "",
                Bundles.transaction(
                    Bundles.entry("POST", "Patient", Bundles.patient("1"), fullURL: "\(base)/Patient/p"),
                    Bundles.entry(
                        "POST", "Observation", Bundles.observation(of: "Patient/p"), fullURL: "\(base)/Observation/o"),
                    Bundles.entry("POST", "Observation", Bundles.observation(of: "Patient/p"))))
            #expect(response.status == 200, "\(response.text)")
            let addresses = try response.entryAddresses.compactMap(\.self)
            try #require(addresses.count == 3)
            #expect(try await client.get(addresses[1]).json["subject"]?["reference"]?.string == addresses[0])
            #expect(try await client.get(addresses[2]).json["subject"]?["reference"]?.string == "Patient/p")
        }
    }

    @Test("C34: a placeholder that no entry has is refused by name", .check("C34"))
    func unknownPlaceholders() async throws {
        try await TestServer.with { server in
            let client = server.client
            let cases = [
                Bundles.entry("POST", "Patient", Bundles.patient("1")),
                // Neither leaves a resource to refer to.
                Bundles.entry("DELETE", "Patient/x", fullURL: Bundles.urn),
                Bundles.entry("GET", "metadata", fullURL: Bundles.urn),
            ]
            for entry in cases {
                let response = try await client.post(
                    "",
                    Bundles.transaction(
                        entry, Bundles.entry("POST", "Observation", Bundles.observation(of: Bundles.urn))))
                #expect(response.status == 400)
                #expect(response.text.contains(Bundles.urn))
                #expect(try response.issueExpressions == ["Bundle.entry[1].resource.subject.reference"])
            }
            #expect(try await client.total("Patient") == 0)
        }
    }

    @Test("C35: placeholders of conditional creates lead to the resource that matched", .check("C35", "C14"))
    func conditionalCreates() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Bundles.patient("old", id: "old"))
            func bundle(_ identifier: String) -> String {
                Bundles.transaction(
                    Bundles.entry("POST", "Observation", Bundles.observation(of: Bundles.urn)),
                    Bundles.entry(
                        "POST", "Patient", Bundles.patient(identifier), fullURL: Bundles.urn,
                        conditions: ["ifNoneExist": "identifier=urn:mrn|\(identifier)"]))
            }
            let found = try await client.post("", bundle("old"))
            #expect(try found.entryStatuses == ["201", "200"], "\(found.text)")
            #expect(try found.entryAddresses[1] == "Patient/old")
            #expect(try found.entries[1]["response"]?["etag"]?.string == "W/\"1\"")
            let observation = try #require(try found.entryAddresses[0])
            #expect(try await client.get(observation).json["subject"]?["reference"]?.string == "Patient/old")
            #expect(try await client.total("Patient") == 1)
            let created = try await client.post("", bundle("new"))
            #expect(try created.entryStatuses == ["201", "201"])
            let again = try await client.post("", bundle("new"))
            #expect(try again.entryStatuses == ["201", "200"])
            #expect(try again.entryAddresses[1] == created.entryAddresses[1])
            #expect(try await client.total("Patient") == 2)
            _ = try await client.post("Patient", Bundles.patient("old"))
            let several = try await client.post("", bundle("old"))
            #expect(several.status == 412)
            #expect(try several.issueExpressions == ["Bundle.entry[1].request.ifNoneExist"])
            #expect(try await client.total("Observation") == 3)
        }
    }

    @Test(
        "C35: conditional creates that mean one resource end with one id", .check("C35"),
        arguments: [
            ("identifier=urn:mrn|n", "identifier=urn:mrn|n"),
            ("identifier=urn:mrn|n&active=true", "active=true&identifier=urn:mrn|n"),
            ("identifier=urn:mrn%7Cn", "identifier=urn:mrn|n"),
            ("identifier=urn:mrn|n", "identifier=n"),
            ("identifier=n", "identifier=urn:mrn|n&active=true"),
        ])
    func equalConditions(_ first: String, _ second: String) async throws {
        try await TestServer.with { server in
            let client = server.client
            let patient = Bundles.patient("n", more: ",\"active\":true")
            let entries = [
                Bundles.entry("POST", "Patient", patient, fullURL: Bundles.urn, conditions: ["ifNoneExist": first]),
                Bundles.entry(
                    "POST", "Patient", patient, fullURL: Bundles.otherURN, conditions: ["ifNoneExist": second]),
                Bundles.entry("PUT", "Observation/a", Bundles.observation(of: Bundles.urn, id: "a")),
                Bundles.entry("PUT", "Observation/b", Bundles.observation(of: Bundles.otherURN, id: "b")),
            ]
            let response = try await client.post("", Bundles.bundle("transaction", entries))
            #expect(try response.entryStatuses == ["201", "200", "201", "201"], "\(response.text)")
            let addresses = try response.entryAddresses
            #expect(addresses[0] != nil && addresses[0] == addresses[1])
            for id in ["a", "b"] {
                let reference = try await client.get("Observation/\(id)").json["subject"]?["reference"]?.string
                #expect(reference == addresses[0])
            }
            #expect(try await client.total("Patient") == 1)
        }
    }

    @Test("C35: a condition sees what the bundle creates without one", .check("C35"))
    func conditionsSeeCreates() async throws {
        try await TestServer.with { server in
            let client = server.client
            let plain = Bundles.entry("POST", "Patient", Bundles.patient("n"), fullURL: Bundles.urn)
            let conditional = Bundles.entry(
                "POST", "Patient", Bundles.patient("n"), fullURL: Bundles.otherURN,
                conditions: ["ifNoneExist": "identifier=n"])
            for entries in [[plain, conditional], [conditional, plain]] {
                _ = try await client.delete("Patient?identifier=n")
                let observation = Bundles.entry(
                    "PUT", "Observation/o", Bundles.observation(of: Bundles.otherURN, id: "o"))
                let response = try await client.post("", Bundles.bundle("transaction", entries + [observation]))
                #expect(response.status == 200, "\(response.text)")
                let addresses = try response.entryAddresses
                #expect(addresses[0] != nil && addresses[0] == addresses[1])
                #expect(try await client.get("Observation/o").json["subject"]?["reference"]?.string == addresses[0])
                let address = try #require(addresses[0])
                #expect(try await client.delete(address).status == 204)
            }
            let twice = try await client.post(
                "", Bundles.transaction(plain, Bundles.entry("POST", "Patient", Bundles.patient("n")), conditional))
            #expect(twice.status == 412, "\(twice.text)")
            #expect(try await client.total("Patient") == 0)
        }
    }

    @Test("C36: conditional references are resolved, the bundle's own resources included", .check("C36"))
    func conditionalReferences() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/old", Bundles.patient("old", id: "old"))
            for number in 0..<2 {
                _ = try await client.put("Patient/d\(number)", Bundles.patient("double", id: "d\(number)"))
            }
            func send(_ identifier: String, _ entries: String...) async throws -> TestResponse {
                let reference = "Patient?identifier=urn:mrn|\(identifier)"
                let observation = """
                    {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},\
                    "subject":{"reference":"\(reference)"},"focus":[{"display":"x"},{"reference":"\(reference)"}]}
                    """
                let bundle = Bundles.bundle(
                    "transaction", [Bundles.entry("PUT", "Observation/o", observation)] + entries)
                return try await client.post("", bundle)
            }
            func subject() async throws -> String? {
                let stored = try await client.get("Observation/o").json
                #expect(stored["focus"]?.items.last?["reference"]?.string == stored["subject"]?["reference"]?.string)
                return stored["subject"]?["reference"]?.string
            }
            #expect(try await send("old").status == 200)
            #expect(try await subject() == "Patient/old")
            let posted = try await send("posted", Bundles.entry("POST", "Patient", Bundles.patient("posted")))
            #expect(posted.status == 200, "\(posted.text)")
            #expect(try await subject() == posted.entryAddresses[1])
            let put = try await send("put", Bundles.entry("PUT", "Patient/put", Bundles.patient("put", id: "put")))
            #expect(put.status == 200, "\(put.text)")
            #expect(try await subject() == "Patient/put")
            let moved = try await send(
                "moved", Bundles.entry("PUT", "Patient/old", Bundles.patient("moved", id: "old")))
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try await subject() == "Patient/old")
            let failures = [
                try await send("none"), try await send("double"),
                try await send(
                    "d", Bundles.entry("POST", "Patient", Bundles.patient("d")),
                    Bundles.entry("POST", "Patient", Bundles.patient("d"))),
                try await send("put", Bundles.entry("DELETE", "Patient/put")),
                try await send("put", Bundles.entry("PUT", "Patient/put", Bundles.patient("else", id: "put"))),
            ]
            for failure in failures {
                #expect(failure.status == 412, "\(failure.text)")
                #expect(try failure.issueExpressions == ["Bundle.entry[0].resource.subject.reference"])
            }
            #expect(try await subject() == "Patient/old")
            #expect(try await client.get("Patient/put").versionID == "1")
            let unknown = try await client.post(
                "",
                Bundles.transaction(Bundles.entry("POST", "Observation", Bundles.observation(of: "Patient?nonsense=1")))
            )
            #expect(unknown.status == 400)
            #expect(try unknown.issueExpressions == ["Bundle.entry[0].resource.subject.reference"])
        }
    }
}
