import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Custom search parameters from the outside. Nothing works at the jobs here but the test itself.
@Suite struct SearchParameterTests {
    private static func parameter(
        _ code: String, base: String = "Patient", type: String = "string", _ expression: String
    ) -> String {
        """
        {"resourceType":"SearchParameter","url":"http://x.example/\(code)","name":"n","status":"active",\
        "description":"d","code":"\(code)","base":["\(base)"],"type":"\(type)","expression":"\(expression)"}
        """
    }

    private static func count(_ response: TestResponse) throws -> Int { try response.json["entry"]?.items.count ?? 0 }

    private static func indexAll(_ server: TestServer) async throws {
        while try await server.store.reindexStep() != .idle {}
    }

    private static func with(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = TestStore.commonTypes + ["SearchParameter"]
        } _: {
            try await body($0)
        }
    }

    @Test func refusedWhileIndexingThenFound() async throws {
        try await Self.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", #"{"resourceType":"Patient","id":"a","name":[{"text":"Bert"}]}"#)
            _ = try await client.put("Patient/b", #"{"resourceType":"Patient","id":"b","active":true}"#)
            _ = try await client.put(
                "Observation/o",
                #"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"#
                    + #""subject":{"reference":"Patient/a"}}"#)
            #expect(try await client.get("Patient?nick=bert").status == 400)
            let created = try await client.put(
                "SearchParameter/nick",
                Self.parameter("nick", "Patient.name.text").replacing(
                    #""resourceType":"SearchParameter","#, with: #""resourceType":"SearchParameter","id":"nick","#))
            #expect(created.status == 201, "\(created.text)")
            for query in [
                "Patient?nick=bert", "Patient?nick:missing=true", "Patient?_sort=nick",
                "Observation?subject:Patient.nick=bert", "Observation?subject.nick=bert",
            ] {
                let refused = try await client.get(query, headers: [("Prefer", "handling=lenient")])
                #expect(refused.status == 400 && refused.issueCodes == ["indexing"], "\(query): \(refused.text)")
            }
            #expect(try await client.get("$reindex-status").text.contains("nick"))
            try await Self.indexAll(server)
            #expect(try Self.count(try await client.get("Patient?nick=bert")) == 1)
            #expect(try Self.count(try await client.get("Patient?nick:exact=Bert")) == 1)
            #expect(try Self.count(try await client.get("Patient?nick:contains=er")) == 1)
            #expect(try Self.count(try await client.get("Patient?nick:missing=true")) == 1)
            #expect(try Self.count(try await client.get("Patient?_sort=nick")) == 2)
            #expect(try Self.count(try await client.get("Observation?subject.nick=bert")) == 1)
            #expect(try await client.get("metadata").text.contains("http://x.example/nick"))
            #expect(try await client.delete("SearchParameter/nick").status == 204)
            #expect(try await client.get("Patient?nick=bert").issueCodes == ["unknown-parameter"])
            #expect(try await !client.get("metadata").text.contains("http://x.example/nick"))
        }
    }

    @Test func referencesAreChainedIncludedAndReversed() async throws {
        try await Self.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", #"{"resourceType":"Patient","id":"a","active":true}"#)
            _ = try await client.put(
                "Patient/b",
                #"{"resourceType":"Patient","id":"b","link":[{"other":{"reference":"Patient/a"},"type":"refer"}]}"#)
            let created = try await client.post(
                "SearchParameter", Self.parameter("see", type: "reference", "Patient.link.other"))
            #expect(created.status == 201, "\(created.text)")
            for query in [
                "Patient?see=Patient/a", "Patient?_has:Patient:see:_id=b", "Patient?_include=Patient:see",
                "Patient?_revinclude=Patient:see",
            ] {
                #expect(try await client.get(query).issueCodes == ["indexing"], "\(query)")
            }
            try await Self.indexAll(server)
            #expect(try Self.count(try await client.get("Patient?see=Patient/a")) == 1)
            #expect(try Self.count(try await client.get("Patient?see:Patient.active=true")) == 1)
            #expect(try Self.count(try await client.get("Patient?_has:Patient:see:_id=b")) == 1)
            #expect(try Self.count(try await client.get("Patient?_id=b&_include=Patient:see")) == 2)
            #expect(try Self.count(try await client.get("Patient?_id=a&_revinclude=Patient:see")) == 2)
        }
    }

    @Test func whatCannotTakeEffectIsRefusedAndChangesNothing() async throws {
        try await Self.with { server in
            let client = server.client
            let bad = Self.parameter("nick", "Patient.nickname")
            let refused = try await client.post("SearchParameter", bad)
            #expect(refused.status == 422 && refused.text.contains("SearchParameter.expression"), "\(refused.text)")
            let bundle = """
                {"resourceType":"Bundle","type":"transaction","entry":[{"resource":\(bad),\
                "request":{"method":"POST","url":"SearchParameter"}}]}
                """
            #expect(try await client.post("", bundle).status == 422)
            #expect(try Self.count(try await client.get("SearchParameter")) == 0)
            let good = bundle.replacing("nickname", with: "name.text")
            #expect(try await client.post("", good).status == 200)
            #expect(try await client.get("Patient?nick=x").issueCodes == ["indexing"])
            let same = Self.parameter("nick", "Patient.name.text").replacing("x.example/nick", with: "x.example/other")
            #expect(try await client.post("SearchParameter", same).status == 422)
        }
    }

    @Test func everythingCanBeIndexedAgain() async throws {
        try await Self.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", #"{"resourceType":"Patient","id":"a","gender":"male"}"#)
            try await server.test.database.script("UPDATE patient SET keys = '{}'")
            #expect(try Self.count(try await client.get("Patient?gender=male")) == 0)
            #expect(try await client.post("Patient/$reindex", "{\"resourceType\":\"Parameters\"}").status == 202)
            try await Self.indexAll(server)
            #expect(try Self.count(try await client.get("Patient?gender=male")) == 1)
            #expect(try await client.get("Patient/a").text.contains(#""versionId":"1""#))
        }
    }
}
