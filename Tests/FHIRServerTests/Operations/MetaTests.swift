import FHIRServerTesting
import JSONTape
import Testing

/// `$meta`, `$meta-add`, `$meta-delete` (R4 resource-operation-meta.html and its neighbours).
@Suite struct MetaTests {
    private static func parameters(_ meta: String) -> String {
        #"{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":\#(meta)}]}"#
    }

    private func codes(_ client: TestClient, _ path: String, _ set: String = "tag") async throws -> [String] {
        try codes(try await client.get(path), set)
    }

    private func codes(_ response: TestResponse, _ set: String = "tag") throws -> [String] {
        let meta = try response.json["parameter"]?.items.first?["valueMeta"]
        return (meta?[named: set]?.items ?? []).compactMap { $0.string ?? $0["code"]?.string }
    }

    @Test func labelsAreAddedAndRemovedAsSets() async throws {
        try await TestServer.with { server in
            let client = server.client
            let patient = """
                {"resourceType":"Patient","id":"a","meta":{"profile":["http://p/1"],\
                "tag":[{"system":"s","code":"one","display":"One"}]},"name":[{"family":"Ada"}]}
                """
            #expect(try await client.put("Patient/a", patient).status == 201)
            let more = #"""
                {"profile":["http://p/1","http://p/2"],"security":[{"system":"x","code":"R"}],
                 "tag":[{"system":"s","code":"one","version":"2"},{"system":"t","code":"one"},{"code":"two"},
                        {"code":"two","display":"twice"}]}
                """#
            let added = try await client.post("Patient/a/$meta-add", Self.parameters(more))
            #expect(added.status == 200)
            #expect(try codes(added) == ["one", "one", "two"])
            #expect(try codes(added, "profile") == ["http://p/1", "http://p/2"])
            #expect(added[header: "ETag"] == #"W/"2""#)
            let stored = try await client.get("Patient/a")
            #expect(stored.versionID == "2")
            #expect(try stored.json["name"]?.items.first?["family"]?.string == "Ada")
            // Searchable at once; the old version is as it was.
            #expect(try await client.get("Patient?_tag=t%7Cone").json["total"]?.integer == 1)
            #expect(try await client.get("Patient?_security=x%7CR&_profile=http://p/2").json["total"]?.integer == 1)
            #expect(try await codes(client, "Patient/a/_history/1/$meta") == ["one"])
            // Nothing to add makes no version.
            #expect(try await client.post("Patient/a/$meta-add", Self.parameters(more))[header: "ETag"] == #"W/"2""#)

            let less = #"{"tag":[{"system":"s","code":"one","version":"7"},{"code":"nine"}],"security":[{"code":"R"}]}"#
            let removed = try await client.post("Patient/a/$meta-delete", Self.parameters(less))
            #expect(try codes(removed) == ["one", "two"])
            #expect(try codes(removed, "security") == ["R"])
            #expect(try await client.get("Patient?_tag=s%7Cone").json["total"]?.integer == 0)
            #expect(try await codes(client, "Patient/a/$meta") == ["one", "two"])
        }
    }

    @Test func everythingCanBeRemoved() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put(
                "Patient/a", #"{"resourceType":"Patient","id":"a","meta":{"tag":[{"code":"x"}]}}"#)
            let removed = try await client.post(
                "Patient/a/$meta-delete", Self.parameters(#"{"tag":[{"code":"x"}]}"#))
            #expect(removed.status == 200)
            let meta = try await client.get("Patient/a").json["meta"]
            #expect(meta?["tag"] == nil && meta?["versionId"]?.string == "2")
        }
    }

    @Test func typeAndSystemTellWhatIsInUse() async throws {
        try await TestServer.with { server in
            let client = server.client
            #expect(try await client.get("$meta").json["parameter"] == nil)
            _ = try await client.put(
                "Patient/a",
                #"{"resourceType":"Patient","id":"a","meta":{"tag":[{"code":"x"},{"system":"s","code":"x"}]}}"#)
            _ = try await client.put(
                "Patient/b", #"{"resourceType":"Patient","id":"b","meta":{"tag":[{"code":"x","display":"again"}]}}"#)
            _ = try await client.put(
                "Basic/c",
                #"{"resourceType":"Basic","id":"c","meta":{"profile":["http://p/1"]},"code":{"text":"a"}}"#)
            #expect(try await codes(client, "Patient/$meta") == ["x", "x"])
            #expect(try await codes(client, "Patient/$meta", "profile") == [])
            #expect(try await codes(client, "$meta", "profile") == ["http://p/1"])
            let meta = try await client.get("$meta").json["parameter"]?.items.first?["valueMeta"]
            #expect(meta?["versionId"] == nil)
        }
    }

    @Test func wrongCallsChangeNothing() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Patients.named("Ada", id: "a"))
            _ = try await client.put("Patient/gone", Patients.named("Ida", id: "gone"))
            _ = try await client.delete("Patient/gone")
            let tag = Self.parameters(#"{"tag":[{"code":"x"}]}"#)
            for path in ["Patient/none/$meta-add", "Patient/none/$meta", "Patient/a/_history/7/$meta"] {
                let answer =
                    path.hasSuffix("$meta") ? try await client.get(path) : try await client.post(path, tag)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.isOutcome)
            }
            #expect(try await client.post("Patient/gone/$meta-add", tag).status == 410)
            #expect(try await client.get("Patient/gone/$meta").status == 410)
            #expect(try await client.get("Patient/a/$meta-add").status == 405)
            #expect(try await client.post("Patient/$meta-add", tag).status == 404)
            #expect(try await client.post("Patient/a/_history/1/$meta-add", tag).status == 404)
            let stale = try await client.post("Patient/a/$meta-add", tag, headers: [("If-Match", #"W/"9""#)])
            #expect(stale.status == 412)
            let bad = [
                #"{"resourceType":"Parameters"}"#,
                #"{"resourceType":"Parameters","parameter":[{"name":"meta","valueString":"x"}]}"#,
                #"{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":"x"}}]}"#,
                #"{"resourceType":"Parameters","parameter":[{"name":"mata","valueMeta":{"tag":[{"code":"x"}]}}]}"#,
                #"{"resourceType":"Patient"}"#,
            ]
            for body in bad {
                let answer = try await client.post("Patient/a/$meta-add", body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.isOutcome)
            }
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }
}
