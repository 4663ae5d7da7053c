import FHIRServerTesting
import FHIRStore
import JSONTape
import PostgreSQL
import Testing

@Suite struct HistoryTests {
    private func methods(_ bundle: JSONNode) -> [String] {
        (bundle["entry"]?.items ?? []).map { $0["request"]?["method"]?.string ?? "" }
    }

    @Test("C43: newest first, with deletions as entries", .check("C43"))
    func newestFirstWithDeletionsAsEntries() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            _ = try await client.put("Patient/a", Patients.named("B", id: "a"))
            _ = try await client.delete("Patient/a")
            let history = try await client.get("Patient/a/_history").json
            #expect(history["type"]?.string == "history")
            #expect(history["total"]?.integer == 3)
            #expect(methods(history) == ["DELETE", "PUT", "PUT"])
            let entries = history["entry"]?.items ?? []
            try #require(entries.count == 3)
            #expect(entries[0]["resource"] == nil)
            #expect(entries[0]["response"]?["status"]?.string == "204")
            #expect(entries.allSatisfy { $0["response"]?["lastModified"]?.string != nil })
            #expect(entries[1]["resource"]?["meta"]?["versionId"]?.string == "2")
            #expect(entries[2]["response"]?["etag"]?.string == "W/\"1\"")
            #expect(try await client.get("Patient/nobody/_history").status == 404)
        }
    }

    @Test("C45: pages lead through the history of a type and of everything", .check("C45"))
    func pagesLeadThroughTypeAndSystem() async throws {
        try await TestServer.with { server in
            let client = server.client
            for number in 0..<5 {
                _ = try await client.put("Patient/p\(number)", Patients.named("A", id: "p\(number)"))
            }
            _ = try await client.put("Basic/b", #"{"resourceType":"Basic","id":"b","code":{"text":"x"}}"#)
            for (path, expected) in [("Patient/_history?_count=2", 5), ("_history?_count=4", 6)] {
                var seen: [String] = []
                var next: String? = path
                while let address = next {
                    let page = try await client.get(address).json
                    seen += (page["entry"]?.items ?? []).compactMap { $0["fullUrl"]?.string }
                    let link = page["link"]?.items.first { $0["relation"]?.string == "next" }?["url"]?.string
                    next = link.map { String($0.dropFirst(client.base.count + 1)) }
                    // What is written while somebody pages comes before the first page.
                    _ = try await client.post("Patient", Patients.named("Late"))
                }
                #expect(seen.count == expected)
                #expect(Set(seen).count == expected)
                _ = try await server.store.database.script("DELETE FROM patient WHERE id NOT LIKE 'p_'")
            }
        }
    }

    @Test("C44: _since and _at", .check("C44"))
    func sinceAndAt() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("A", id: "a"))
            let first = try await client.get("Patient/a").json["meta"]?["lastUpdated"]?.string ?? ""
            _ = try await client.put("Patient/a", Patients.named("B", id: "a"))
            let second = try await client.get("Patient/a").json["meta"]?["lastUpdated"]?.string ?? ""
            let all = try await client.get("Patient/a/_history?_since=\(first)").json
            #expect(all["entry"]?.count == 2)
            if first != second {
                let late = try await client.get("Patient/a/_history?_since=\(second)").json
                #expect(late["entry"]?.count == 1)
            }
            let future = try await client.get("Patient/a/_history?_since=2999-01-01").json
            #expect(future["entry"] == nil)
            #expect(try await client.get("Patient/a/_history?_at=1999").json["entry"] == nil)
        }
    }

    static let badParametersAreRefusedCases: [(String, String)] = [
        ("_count=x", "invalid-value"), ("_count=-1", "invalid-value"), ("_since=never", "invalid-value"),
        ("_since=2020&_since=2021", "invalid-value"), ("_at=13-13-13", "invalid-value"),
        ("_cursor=nonsense", "invalid-cursor"), ("_cursor=1_Nope_a_1", "invalid-cursor"),
        ("name=x", "unknown-parameter"), ("_type=Patient", "unknown-parameter"),
    ]

    @Test("C44: bad parameters are refused", .check("C44"))
    func badParametersAreRefused() async throws {
        try await TestServer.with { server in
            for (query, code) in Self.badParametersAreRefusedCases {
                _ = try await server.client.put("Patient/a", Patients.named("A", id: "a"))
                let history = try await server.client.get("Patient/a/_history?\(query)")
                #expect(history.status == 400)
                #expect(history.issueCodes == [code])
            }
        }
    }
}
