import FHIRSearch
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// SearchParameters take effect by whatever door they come, and in every server.
@Suite struct SearchParameterWriteTests {
    private static let fhirPatch = [("Content-Type", "application/json-patch+json")]

    private static func parameter(_ expression: String, id: String? = nil, status: String = "active") -> String {
        let member = id.map { "\"id\":\"\($0)\"," } ?? ""
        return """
            {"resourceType":"SearchParameter",\(member)"url":"http://x.example/nick","name":"n","status":"\(status)",\
            "description":"d","code":"nick","base":["Patient"],"type":"string","expression":"\(expression)"}
            """
    }

    private static func with(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = TestStore.commonTypes + ["SearchParameter"]
        } _: { server in
            _ = try await server.client.put(
                "Patient/a", #"{"resourceType":"Patient","id":"a","name":[{"text":"Bert","family":"Ernst"}]}"#)
            try await body(server)
        }
    }

    private static func indexAll(_ server: TestServer) async throws {
        while try await server.store.reindexStep() != .idle {}
    }

    @Test func aStatusDecidesAndAPatchMayChangeIt() async throws {
        try await Self.with { server in
            let client = server.client
            let draft = Self.parameter("Patient.name.text", id: "n", status: "draft")
            #expect(try await client.put("SearchParameter/n", draft).status == 201)
            #expect(try await client.get("Patient?nick=b").issueCodes == ["unknown-parameter"])
            func patch(_ operations: String) async throws -> TestResponse {
                try await client.send(
                    "PATCH", "SearchParameter/n", json: Array(operations.utf8), headers: Self.fhirPatch)
            }
            let refused = try await patch(
                """
                [{"op":"replace","path":"/status","value":"active"},\
                {"op":"replace","path":"/expression","value":"Patient.nickname"}]
                """)
            #expect(refused.status == 422 && refused.text.contains("SearchParameter.expression"))
            #expect(try await client.get("SearchParameter/n").text.contains("draft"))
            #expect(try await patch(#"[{"op":"replace","path":"/status","value":"active"}]"#).status == 200)
            #expect(try await client.get("Patient?nick=b").issueCodes == ["indexing"])
            try await Self.indexAll(server)
            #expect(try await client.search("Patient?nick=b").ids == ["a"])
            #expect(try await patch(#"[{"op":"replace","path":"/status","value":"retired"}]"#).status == 200)
            #expect(try await client.get("Patient?nick=b").issueCodes == ["unknown-parameter"])
            #expect(try await client.get("Patient?_sort=nick").status == 400)
        }
    }

    @Test func conditionalWritesBeginAnew() async throws {
        try await Self.with { server in
            let client = server.client
            let query = "SearchParameter?url=http://x.example/nick"
            #expect(try await client.put(query, Self.parameter("Patient.name.text")).status == 201)
            try await Self.indexAll(server)
            #expect(try await client.search("Patient?nick=bert").ids == ["a"])
            #expect(try await client.put(query, Self.parameter("Patient.name.family")).status == 200)
            #expect(try await client.get("Patient?nick=ernst").issueCodes == ["indexing"])
            try await Self.indexAll(server)
            #expect(try await client.search("Patient?nick=ernst").ids == ["a"])
            // What an earlier definition left behind is not found.
            #expect(try await client.search("Patient?nick=bert").ids == [])
            #expect(try await client.delete(query).status == 204)
            #expect(try await client.get("Patient?nick=ernst").issueCodes == ["unknown-parameter"])
        }
    }

    @Test func batchesAndTransactionsHaveThemTakeEffect() async throws {
        try await Self.with { server in
            let client = server.client
            for type in ["batch", "transaction"] {
                let bundle = """
                    {"resourceType":"Bundle","type":"\(type)","entry":[{"request":{"method":"PUT",\
                    "url":"SearchParameter/n"},"resource":\(Self.parameter("Patient.name.text", id: "n"))}]}
                    """
                #expect(try await client.post("", bundle).status == 200)
                #expect(try await client.get("Patient?nick=b").issueCodes == ["indexing"])
                // Criteria of writes need all of the index just as well.
                let create = try await client.post(
                    "Patient", #"{"resourceType":"Patient"}"#, headers: [("If-None-Exist", "nick=bert")])
                #expect(create.status == 400 && create.issueCodes == ["indexing"])
                let inside = """
                    {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"},\
                    "request":{"method":"POST","url":"Patient","ifNoneExist":"nick=bert"}}]}
                    """
                #expect(try await client.post("", inside).issueCodes == ["indexing"])
                try await Self.indexAll(server)
                #expect(try await client.search("Patient?nick=b").ids == ["a"])
                let found = try await client.post(
                    "Patient", #"{"resourceType":"Patient"}"#, headers: [("If-None-Exist", "nick=bert")])
                #expect(found.status == 200)
                #expect(try await client.post("", inside).status == 200)
                #expect(try await client.search("Patient").ids == ["a"])
                #expect(try await client.delete("SearchParameter/n").status == 204)
            }
        }
    }

    @Test func aServerLearnsWhatAnotherOneIsTold() async throws {
        try await Self.with { server in
            let client = server.client
            let other = FHIRStore(
                database: server.test.database, definitions: server.test.definitions,
                indexer: SearchIndexer(sharing: server.store.indexer), types: server.store.tables.types)
            _ = try await other.update(try server.test.input(Self.parameter("Patient.name.text", id: "n")), id: "n")
            // Nobody has made it take effect yet.
            let lenient = [("Prefer", "handling=lenient")]
            #expect(try await client.get("Patient?nick=zzz", headers: lenient).issueCodes == ["indexing"])
            try await other.refreshSearchParameters()
            while try await other.reindexStep() != .idle {}
            let conditional = """
                {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"},\
                "request":{"method":"POST","url":"Patient","ifNoneExist":"nick=bert"}}]}
                """
            #expect(try await client.post("", conditional).status == 200)
            #expect(try await client.search("Patient?nick=bert").ids == ["a"])
            _ = try await other.update(
                try server.test.input(Self.parameter("Patient.name.family", id: "n")), id: "n")
            #expect(try await client.get("Patient?nick=bert").issueCodes == ["indexing"])
            while try await other.reindexStep() != .idle { try await other.refreshSearchParameters() }
            #expect(try await client.search("Patient?_sort=nick").ids == ["a"])
            #expect(try await client.search("Patient?nick=ernst").ids == ["a"])
            _ = try await other.delete(server.test.type("SearchParameter"), id: "n")
            #expect(try await client.get("Patient?nick=ernst").issueCodes == ["unknown-parameter"])
        }
    }

    @Test func progressIsTold() async throws {
        try await Self.with { server in
            let client = server.client
            for _ in 0..<40 { _ = try await client.post("Patient", #"{"resourceType":"Patient"}"#) }
            #expect(try await !client.get("/metrics").text.contains("martlet_reindex"))
            #expect(
                try await client.put("SearchParameter/n", Self.parameter("Patient.name.text", id: "n")).status == 201)
            for _ in 0..<4 { _ = try await server.store.reindexStep(limit: 10) }
            let refusal = try await client.get("Patient?nick=b").text
            #expect(refusal.contains("% done") && !refusal.contains("(0 %"))
            let status = try await client.get("Patient/$reindex-status").json["parameter"]?.items.first?["part"]?.items
            #expect(status?.first { $0["name"]?.string == "state" }?["valueCode"]?.string == "running")
            #expect(status?.first { $0["name"]?.string == "parameter" }?["valueCode"]?.string == "nick")
            let metrics = try await client.get("/metrics").text
            #expect(metrics.contains(#"martlet_reindex_resources{type="Patient"} 20"#))
            #expect(metrics.contains(#"martlet_reindex_percent{type="Patient"} "#))
            try await Self.indexAll(server)
            #expect(try await client.get("/metrics").text.contains(#"martlet_reindex_percent{type="Patient"} 100"#))
            #expect(try await client.get("OperationDefinition/Resource-reindex").status == 200)
        }
    }
}
