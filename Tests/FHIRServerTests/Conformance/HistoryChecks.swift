import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// history (R4 http.html#history).
@Suite struct HistoryChecks {
    private func entries(_ bundle: JSONNode) -> [JSONNode] { bundle["entry"]?.items ?? [] }

    private func link(_ relation: String, _ bundle: JSONNode, _ client: TestClient) -> String? {
        let url = bundle["link"]?.items.first { $0["relation"]?.string == relation }?["url"]?.string
        return url.map { String($0.dropFirst(client.base.count + 1)) }
    }

    /// `Type/id/version` of each entry; deletions by their etag.
    private func versions(_ bundle: JSONNode, _ client: TestClient) -> [String] {
        entries(bundle).map { entry in
            let url = (entry["fullUrl"]?.string ?? "").dropFirst(client.base.count + 1)
            return "\(url)/\(entry["response"]?["etag"]?.string ?? "")"
        }
    }

    private func fill(_ client: TestClient) async throws {
        for number in 0..<7 {
            _ = try await client.put("Patient/p\(number)", Patients.named("A", id: "p\(number)"))
        }
        _ = try await client.put("Patient/p1", Patients.named("B", id: "p1"))
        _ = try await client.delete("Patient/p2")
        _ = try await client.put("Basic/b", #"{"resourceType":"Basic","id":"b","code":{"text":"x"}}"#)
    }

    @Test("C43: every entry tells its request and its response", .check("C43"))
    func everyEntryTellsItsRequestAndResponse() async throws {
        try await TestServer.with { server in
            let client = server.client
            let created = try await client.post("Patient", Patients.named("C"))
            try await fill(client)
            for path in ["Patient/p2/_history", "Patient/_history", "_history"] {
                let history = try await client.get(path).json
                #expect(history["type"]?.string == "history")
                for entry in entries(history) {
                    let method = entry["request"]?["method"]?.string
                    #expect(entry["request"]?["url"]?.string != nil)
                    #expect(entry["response"]?["status"]?.string != nil)
                    #expect(entry["response"]?["lastModified"]?.string != nil)
                    #expect(entry["response"]?["etag"]?.string?.hasPrefix("W/\"") == true)
                    #expect((entry["resource"] == nil) == (method == "DELETE"))
                    #expect(entry["fullUrl"]?.string?.hasPrefix(client.base) == true)
                }
            }
            let types = try await client.get("Patient/_history").json
            let post = entries(types).first { $0["request"]?["method"]?.string == "POST" }
            #expect(post?["request"]?["url"]?.string == "Patient")
            #expect(post?["fullUrl"]?.string == "\(client.base)/Patient/\(created.id ?? "")")
            #expect(post?["response"]?["status"]?.string == "201")
            let times = entries(types).compactMap { $0["response"]?["lastModified"]?.string }
            #expect(times == times.sorted(by: >))
        }
    }

    @Test("C44: _sort, _at, _count=0 and _summary=count", .check("C44"))
    func orderTimeAndCount() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await fill(client)
            let down = try await versions(client.get("_history").json, client)
            #expect(try await versions(client.get("_history?_sort=-_lastUpdated").json, client) == down)
            let up = try await versions(client.get("_history?_sort=_lastUpdated").json, client)
            #expect(up == Array(down.reversed()) && up.count == 10)
            for query in ["_count=0", "_summary=count"] {
                let counted = try await client.get("Patient/_history?\(query)").json
                #expect(counted["total"]?.integer == 9 && counted["entry"] == nil)
                #expect(link("next", counted, client) == nil && link("self", counted, client) != nil)
            }
            #expect(try await client.get("Patient/nobody/_history?_count=0").status == 404)
            #expect(try await versions(client.get("_history?_type=Basic").json, client) == ["Basic/b/W/\"1\""])

            let read = try await client.get("Patient/p1/_history/1").json["meta"]?["lastUpdated"]?.string ?? ""
            let then = try await client.get("Patient/p1/_history?_at=\(read)").json
            #expect(versions(then, client).contains("Patient/p1/W/\"1\""))
            let now = try await client.get("Patient/_history?_at=2999").json
            // What is current in the far future is what is current now: the deleted patient is not.
            #expect(Set(versions(now, client)).count == 6 && now["total"]?.integer == 6)
            #expect(versions(now, client).contains("Patient/p1/W/\"2\""))
            #expect(!versions(now, client).contains { $0.hasPrefix("Patient/p2/") })
        }
    }

    static let refused: [(String, String)] = [
        ("_history?_count=1&_count=2", "invalid-value"), ("_history?_since=2020&_since=2020", "invalid-value"),
        ("_history?_at=2020&_at=2021", "invalid-value"), ("_history?_sort=name", "invalid-value"),
        ("_history?_sort=_lastUpdated&_sort=_lastUpdated", "invalid-value"), ("_history?_list=1", "unknown-parameter"),
        ("_history?_type=Nonsense", "invalid-value"), ("Patient/_history?_type=Patient", "unknown-parameter"),
        ("_history?_cursor=1_Patient_a_1_f_x_1", "invalid-cursor"), ("_history?_since=2020-13-01", "invalid-value"),
        ("_history?_cursor=99999999999999999999_Patient_a_1_f_1_1", "invalid-cursor"),
        ("Patient/_history?name=x", "unknown-parameter"), ("_history?_count=1e3", "invalid-value"),
    ]

    @Test("C44: each parameter at most once, and unknown ones are refused", .check("C44"))
    func badParameters() async throws {
        try await TestServer.with { server in
            let client = server.client
            for (path, code) in Self.refused {
                let answer = try await client.get(path)
                #expect(answer.status == 400, "\(path)")
                #expect(answer.issueCodes == [code], "\(path)")
            }
            try await fill(client)
            let lenient = [("Prefer", "handling=lenient")]
            let forgiven = try await client.get("Patient/_history?name=x&_count=20", headers: lenient)
            #expect(forgiven.status == 200)
            #expect(try link("self", forgiven.json, client) == "Patient/_history?_count=20")
            for since in ["2020-01-01T00:00:00%2B01:00", "2020-01-01T00:00:00+01:00", ""] {
                #expect(try await client.get("Patient/_history?_since=\(since)").json["total"]?.integer == 9)
            }
        }
    }

    @Test("C45: pages stay whole while others write, and lead back", .check("C45"))
    func pagesAreStable() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await fill(client)
            for sort in ["-_lastUpdated", "_lastUpdated"] {
                let all = try await versions(client.get("_history?_sort=\(sort)&_count=1000").json, client)
                var pages: [[String]] = []
                var next: String? = "_history?_sort=\(sort)&_count=4"
                var last: JSONNode?
                while let address = next {
                    let page = try await client.get(address).json
                    #expect(page["total"]?.integer == all.count)
                    #expect((link("previous", page, client) == nil) == pages.isEmpty)
                    #expect(link("self", page, client) != nil)
                    pages.append(versions(page, client))
                    next = link("next", page, client)
                    last = page
                    // A new resource, a new version and a deletion of what the pages show.
                    _ = try await client.post("Patient", Patients.named("Late"))
                    _ = try await client.put("Patient/p3", Patients.named("Late\(pages.count)\(sort)", id: "p3"))
                    _ = try await client.delete("Patient/p\(3 + pages.count)")
                }
                #expect(pages.flatMap { $0 } == all)
                var back: [[String]] = []
                var page = try #require(last)
                while let previous = link("previous", page, client) {
                    page = try await client.get(previous).json
                    #expect(page["total"]?.integer == all.count)
                    back.insert(versions(page, client), at: 0)
                    #expect(link("next", page, client) != nil)
                }
                #expect(back.flatMap { $0 } + (pages.last ?? []) == all)
                #expect(link("first", page, client) == "_history?_sort=\(sort)&_count=4")
            }
        }
    }
}
