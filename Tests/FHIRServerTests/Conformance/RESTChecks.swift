import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// Headers, preferences and conditions of single interactions (R4 http.html).
@Suite struct RESTChecks {
    /// `Last-Modified` says the second of `meta.lastUpdated`.
    private func agrees(_ response: TestResponse) throws -> Bool {
        let updated = try response.json["meta"]?["lastUpdated"]?.string ?? ""
        let header = response[header: "Last-Modified"] ?? ""
        // 2026-01-31T08:15:30.123Z and Sat, 31 Jan 2026 08:15:30 GMT
        return header.hasSuffix("\(updated.dropFirst(11).prefix(8)) GMT") && header.contains(updated.prefix(4))
    }

    @Test("C02: every answer names its version and time", .check("C02", "C03"))
    func versionsInHeaders() async throws {
        try await TestServer.with { server in
            let client = server.client
            let created = try await client.post("Patient", Patients.named("A"))
            let id = try #require(created.id)
            let again = try await client.put("Patient/\(id)", Patients.named("B", id: id))
            let read = try await client.get("Patient/\(id)")
            let vread = try await client.get("Patient/\(id)/_history/1")
            for (response, version) in [(created, "1"), (again, "2"), (read, "2"), (vread, "1")] {
                #expect(response[header: "ETag"] == "W/\"\(version)\"")
                #expect(response.versionID == version)
                #expect(try agrees(response))
            }
            #expect(created[header: "Location"] == "\(client.base)/Patient/\(id)/_history/1")
            #expect(again[header: "Location"] == nil)
            #expect(again[header: "Content-Location"] == "\(client.base)/Patient/\(id)/_history/2")
            let deleted = try await client.delete("Patient/\(id)")
            #expect(deleted.status == 204 && deleted[header: "ETag"] == "W/\"3\"")
            for path in ["Patient/\(id)", "Patient/\(id)/_history/3"] {
                let gone = try await client.get(path)
                #expect(gone.status == 410 && gone.isOutcome)
                #expect(gone[header: "ETag"] == "W/\"3\"" && gone[header: "Last-Modified"] != nil)
            }
            #expect(try await client.get("Patient/\(id)/_history/2").text.contains("\"B\""))
            #expect(try await client.get("Patient/nobody")[header: "ETag"] == nil)
        }
    }

    /// What `If-Match` says of version 2, and the status.
    static let matches: [(String, Int)] = [
        ("W/\"2\"", 200), ("w/\"2\"", 200), ("\"2\"", 200), ("2", 200), ("*", 200), ("W/\"2-gzip\"", 200),
        ("\"2\"-gzip", 200), ("W/\"1\", W/\"2\"", 200), (" 1 ,2", 200), ("W/\"1\"", 412), ("\"3\"", 412),
        ("W/\"abc\"", 412), ("1,3", 412), ("W/\"99999999999999999999\"", 412), ("W/\"2", 400), ("\"\"", 400),
        (",", 400),
    ]

    @Test("C07: If-Match in all its forms", .check("C07"))
    func ifMatch() async throws {
        try await TestServer.with { server in
            let client = server.client
            for (number, (tag, status)) in Self.matches.enumerated() {
                let id = "m\(number)"
                _ = try await client.put("Patient/\(id)", Patients.named("A", id: id))
                _ = try await client.put("Patient/\(id)", Patients.named("B", id: id))
                let headers = [("If-Match", tag)]
                let update = try await client.put("Patient/\(id)", Patients.named("C", id: id), headers: headers)
                #expect(update.status == status, "\(tag)")
                let history = try await client.get("Patient/\(id)/_history").json
                #expect(history["total"]?.integer == (status == 200 ? 3 : 2), "\(tag)")
                if status != 200 { #expect(update.isOutcome, "\(tag)") }
            }
            let twice = [("If-Match", "W/\"1\""), ("If-Match", "W/\"2\"")]
            #expect(try await client.put("Patient/m9", Patients.named("D", id: "m9"), headers: twice).status == 200)
        }
    }

    @Test("C08: conditional reads of current and past versions", .check("C08"))
    func conditionalReads() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Patient/a", Patients.named("B", id: "a"))
            for method in ["GET", "HEAD"] {
                for tag in ["W/\"2\"", "\"2\"", "2", "*", "1, 2", "W/\"2-gzip\"", "\"2\"-gzip"] {
                    let read = try await client.send(method, "Patient/a", headers: [("If-None-Match", tag)])
                    #expect(read.status == 304 && read.body.isEmpty, "\(tag)")
                    #expect(read[header: "ETag"] == "W/\"2\"" && read[header: "Last-Modified"] != nil)
                }
            }
            #expect(try await client.get("Patient/a", headers: [("If-None-Match", "1")]).status == 200)
            let past = try await client.get("Patient/a/_history/1", headers: [("If-None-Match", "W/\"1\"")])
            #expect(past.status == 304 && past[header: "ETag"] == "W/\"1\"")
            // If-None-Match wins where both are there (RFC 9110 §13.2.2).
            let time = try await client.get("Patient/a")[header: "Last-Modified"] ?? ""
            let both = [("If-None-Match", "W/\"1\""), ("If-Modified-Since", time)]
            #expect(try await client.get("Patient/a", headers: both).status == 200)
            #expect(try await client.get("Patient/a", headers: [("If-Modified-Since", time)]).status == 304)
            #expect(try await client.get("Patient/b", headers: [("If-None-Match", "*")]).status == 404)
            let star = [("If-None-Match", "*")]
            #expect(try await client.put("Patient/a", Patients.named("C", id: "a"), headers: star).status == 412)
            #expect(try await client.put("Patient/b", Patients.named("C", id: "b"), headers: star).status == 201)
            #expect(try await client.get("Patient/a").versionID == "2")
        }
    }

    @Test("C11: what means the same makes no version, other digits do", .check("C11"))
    func updatesWithoutChange() async throws {
        try await TestServer.with { server in
            let client = server.client
            func observation(_ value: String) -> String {
                #"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"#
                    + #""valueQuantity":{"value":\#(value)}}"#
            }
            let first = try await client.put("Observation/o", observation("1.0"))
            let same = [
                observation("1.0"), observation("1.0").replacing(",", with: " ,\n "), first.text,
                #"{"id":"o","valueQuantity":{"value":1.0},"code":{"text":"x"},"status":"final","#
                    + #""resourceType":"Observation"}"#,
            ]
            for body in same {
                let update = try await client.put("Observation/o", body)
                #expect(update.status == 200 && update.versionID == "1")
                #expect(update[header: "ETag"] == "W/\"1\"")
            }
            #expect(try await client.get("Observation/o/_history").json["total"]?.integer == 1)
            #expect(try await client.put("Observation/o", observation("1.00")).versionID == "2")
        }
    }

    @Test("C21: Prefer chooses the body of every write", .check("C21"))
    func preferences() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            for (number, method) in ["POST", "PUT", "PUT"].enumerated() {
                // The last of them changes nothing.
                let body = Array(Patients.named("B\(min(number, 1))", id: "a").utf8)
                let path = method == "POST" ? "Patient" : "Patient/a"
                let minimal = try await client.send(
                    method, path, json: body, headers: [("Prefer", "return=minimal")])
                #expect(minimal.body.isEmpty && minimal[header: "ETag"] != nil)
                #expect(minimal[header: "Preference-Applied"] == "return=minimal")
                #expect(minimal[header: method == "POST" ? "Location" : "Content-Location"] != nil)
                let outcome = try await client.send(
                    method, path, json: body, headers: [("Prefer", "respond-async, return=OperationOutcome")])
                #expect(outcome.isOutcome && outcome.status < 300)
                let twice = try await client.send(
                    method, path, json: body, headers: [("Prefer", "handling=strict"), ("Prefer", "return=minimal")])
                #expect(twice.body.isEmpty)
                let first = try await client.send(
                    method, path, json: body, headers: [("Prefer", "return=representation, return=minimal")])
                #expect(first.versionID != nil)
                let plain = try await client.send(method, path, json: body, headers: [("Prefer", "return=nonsense")])
                #expect(plain.versionID != nil && plain[header: "Preference-Applied"] == nil)
            }
            let shaped = try await client.post("Patient?_elements=id", Patients.named("C"))
            #expect(shaped.status == 201 && shaped.text.contains("SUBSETTED") && !shaped.text.contains("\"C\""))
            let count = try await client.get("Patient/_history?_count=0").json["total"]?.integer
            #expect(try await client.post("Patient?_summary=nonsense", Patients.named("C")).status == 400)
            #expect(try await client.get("Patient/_history?_count=0").json["total"]?.integer == count)
        }
    }

    @Test("C21: Prefer in transactions and batches", .check("C21"))
    func preferencesOfBundles() async throws {
        try await TestServer.with { server in
            for type in ["transaction", "batch"] {
                let bundle = """
                    {"resourceType":"Bundle","type":"\(type)","entry":[{"resource":\(Patients.named("A")),\
                    "request":{"method":"POST","url":"Patient"}}]}
                    """
                let minimal = try await server.client.post("", bundle, headers: [("Prefer", "return=minimal")])
                let entry = try minimal.json["entry"]?.items.first
                #expect(entry?["resource"] == nil && entry?["response"]?["location"] != nil)
                let whole = try await server.client.post("", bundle, headers: [("Prefer", "return=representation")])
                let resource = try whole.json["entry"]?.items.first?["resource"]
                #expect(resource?["meta"]?["versionId"]?.string == "1")
            }
        }
    }

    static let readable = [
        "Patient/a", "Patient/a/_history/1", "Patient/a/_history", "Patient/_history", "_history", "Patient",
        "Patient?name=A", "metadata", "Patient/a?_summary=true", "Patient/a?_pretty=true", "Patient/nobody",
        "Patient/gone", "Patient/a/_history/9", "Nonsense/1", "nonsense/1", "Patient?nonsense=1", "Patient/$nonsense",
        "Patient/$look", "Patient/a?_format=image/png", "Patient/_history?_count=x", "/health/live", "/nowhere",
    ]

    /// Answers with a resource to GET.
    private struct Look: ResourceOperation {
        let declaration = OperationDeclaration(
            "look", levels: [.type], types: ["Patient"], affectsState: false, definition: "urn:test:look")

        func run(_ call: OperationCall) async throws -> OperationAnswer {
            OperationAnswer(resource: Array(Patients.named("A", id: "a").utf8))
        }
    }

    @Test("C22: HEAD equals GET in status and headers at every address", .check("C22"))
    func headEqualsGet() async throws {
        try await TestServer.with { options in
            options.operations = [Look()]
        } _: { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Patient/gone", Patients.named("A", id: "gone"))
            _ = try await client.delete("Patient/gone")
            for path in Self.readable {
                let get = try await client.get(path)
                let head = try await client.send("HEAD", path)
                #expect(head.status == get.status, "\(path)")
                #expect(head.body.isEmpty, "\(path)")
                func compared(_ response: TestResponse) -> [String] {
                    response.headers.filter { !["date", "x-request-id"].contains($0.0.lowercased()) }
                        .map { "\($0.0): \($0.1)" }.sorted()
                }
                #expect(compared(head) == compared(get), "\(path)")
            }
        }
    }

    @Test("C20: OPTIONS tells what can be done, every other refusal what is allowed", .check("C20"))
    func optionsAndRefusedMethods() async throws {
        try await TestServer.with { server in
            let client = server.client
            for path in ["", "metadata"] {
                let options = try await client.send("OPTIONS", path)
                #expect(options.status == 200)
                #expect(try options.json["resourceType"]?.string == "CapabilityStatement")
            }
            let refused = [
                ("OPTIONS", "Patient/a"), ("OPTIONS", "Patient"), ("POST", "Patient/a"),
                ("PUT", "Patient/a/_history/1"),
                ("DELETE", "_history"), ("TRACE", "Patient/a"), ("BREW", "Patient"), ("DELETE", "metadata"),
            ]
            for (method, path) in refused {
                let body = method == "POST" || method == "PUT" ? Array(Patients.named("A").utf8) : nil
                let answer = try await client.send(method, path, body: body)
                // Methods that HTTP does not know are refused before they are read.
                #expect(answer.status == 405 || method == "BREW" && answer.status == 400, "\(method) \(path)")
                #expect(answer.isOutcome, "\(method) \(path)")
                if answer.status == 405 { #expect(answer[header: "Allow"]?.isEmpty == false, "\(method) \(path)") }
            }
        }
    }
}
