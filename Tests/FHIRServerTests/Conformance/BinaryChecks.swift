import FHIRServer
import FHIRServerTesting
import FHIRStoreTesting
import FoundationEssentials
import JSONTape
import NIOCore
import PostgreSQL
import Testing

/// Binary: content as it is, and the resource with it in base64, from outside (R4 binary.html).
@Suite struct BinaryChecks {
    private static let fhirJSON = [("Accept", "application/fhir+json")]
    private static let fhirXML = [("Accept", "application/fhir+xml")]

    private func with(_ inlineByteCount: Int = 1 << 20, _ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with {
            $0.types = ["Binary", "Patient"]
            $0.configuration.limits.inlineBinaryByteCount = inlineByteCount
            $0.configuration.limits.binaryByteCount = 4 << 20
        } _: { server in
            try await body(server)
        }
    }

    /// Bytes of every value, without a period that a part's size could hide.
    private func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private func put(
        _ path: String, _ bytes: [UInt8], _ client: TestClient, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        try await client.send("PUT", path, body: bytes, headers: [("Content-Type", "application/pdf")] + headers)
    }

    /// Small content lies in the row, large in parts; from outside there is no difference. Sizes about the limit of
    /// the row and the size of a part (786 432 bytes).
    @Test(
        "Binary: content goes in and comes out as it is, and in base64",
        arguments: [0, 1, 999, 1_000, 1_001, 786_431, 786_432, 786_433, 1_600_000])
    func contentGoesRound(size: Int) async throws {
        let bytes = noise(size)
        try await with(1_000) { server in
            let client = server.client
            let put = try await put("Binary/b", bytes, client)
            #expect(put.status == 201 && put[header: "ETag"] == "W/\"1\"", "\(put.text.prefix(300))")
            #expect(put[header: "Location"] == "\(client.base)/Binary/b/_history/1")
            let raw = try await client.get("Binary/b")
            #expect(raw.status == 200 && raw[header: "Content-Type"] == "application/pdf")
            #expect(raw.body == bytes && raw[header: "Content-Length"] == "\(size)")
            #expect(raw[header: "ETag"] == "W/\"1\"" && raw[header: "Last-Modified"] != nil)
            #expect(raw[header: "X-Content-Type-Options"] == "nosniff")
            let json = try await client.get("Binary/b", headers: Self.fhirJSON)
            #expect(json[header: "Content-Type"] == "application/fhir+json; charset=utf-8")
            #expect(json[header: "ETag"] == "W/\"1\"")
            let resource = try json.json
            #expect(resource["contentType"]?.string == "application/pdf" && resource["_data"] == nil)
            #expect(resource["data"]?.string ?? "" == Data(bytes).base64EncodedString())
            #expect(resource["meta"]?["versionId"]?.string == "1")
            for path in ["Binary/b?_format=xml", "Binary/b?_format=xml&_pretty=true"] {
                let xml = try await client.get(path)
                #expect(xml[header: "Content-Type"] == "application/fhir+xml; charset=utf-8")
                #expect(xml[header: "Content-Length"] == "\(xml.body.count)")
                let attribute = size == 0 ? "<contentType" : "<data value=\"\(Data(bytes).base64EncodedString())\"/>"
                #expect(xml.text.contains(attribute))
            }
            for headers in [[], Self.fhirJSON] {
                let head = try await client.send("HEAD", "Binary/b", headers: headers)
                let whole = try await client.get("Binary/b", headers: headers)
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head[header: "Content-Length"] == "\(whole.body.count)")
                #expect(head[header: "Content-Type"] == whole[header: "Content-Type"])
            }
            let known = try await client.get("Binary/b", headers: [("If-None-Match", "W/\"1\"")])
            #expect(known.status == 304 && known.body.isEmpty)
        }
    }

    @Test("Binary: each version keeps its bytes", arguments: [10, 1_000_000])
    func versions(size: Int) async throws {
        let (first, second) = (noise(size, seed: 1), noise(size + 3, seed: 2))
        try await with(1_000) { server in
            let client = server.client
            #expect(try await put("Binary/b", first, client).status == 201)
            let same = try await put("Binary/b", first, client)
            #expect(same.status == 200 && same[header: "ETag"] == "W/\"1\"")
            let stale = try await put("Binary/b", second, client, headers: [("If-Match", "W/\"7\"")])
            #expect(stale.status == 412)
            let new = try await put("Binary/b", second, client, headers: [("If-Match", "W/\"1\"")])
            #expect(new.status == 200 && new[header: "ETag"] == "W/\"2\"")
            #expect(try await client.get("Binary/b").body == second)
            #expect(try await client.get("Binary/b/_history/1").body == first)
            let old = try await client.get("Binary/b/_history/1", headers: Self.fhirJSON)
            #expect(try old.json["data"]?.string == Data(first).base64EncodedString())
            #expect(try await client.delete("Binary/b").status == 204)
            #expect(try await client.get("Binary/b").status == 410)
            #expect(try await client.get("Binary/b/_history/2").body == second)
            #expect(try await client.get("Binary/b/_history/3").status == 410)
            #expect(try await put("Binary/b", first, client).status == 201)
            #expect(try await client.get("Binary/b").body == first)
            let history = try await client.get("Binary/b/_history").json
            #expect(history["entry"]?.count == 4)
            let search = try await client.get("Binary?_id=b").json
            let found = search["entry"]?.items.first?["resource"]
            #expect(found?["contentType"]?.string == "application/pdf")
            #expect(found?["data"]?.string == Data(first).base64EncodedString() && found?["_data"] == nil)
            let past = (history["entry"]?.items ?? []).compactMap { $0["resource"]?["data"]?.string }
            #expect(past == [first, second, first].map { Data($0).base64EncodedString() })
        }
    }

    @Test("Binary: bundles show content up to a limit, and say of what they leave out that it is not all")
    func bundles() async throws {
        let bytes = noise(3_000)
        try await TestServer.with {
            $0.types = ["Binary", "Patient", "DocumentReference"]
            $0.configuration.limits.inlineBinaryByteCount = 1_000
            $0.configuration.limits.bundledBinaryByteCount = 7_000
        } _: { server in
            let client = server.client
            for id in ["a", "b", "c"] { #expect(try await put("Binary/\(id)", bytes, client).status == 201) }
            let data = Data(bytes).base64EncodedString()
            func check(_ resources: [JSONNode?], _ what: String) {
                let whole = resources.filter { $0?["data"]?.string == data }
                #expect(whole.count == 2 && whole.allSatisfy { $0?["meta"]?["tag"] == nil }, "\(what)")
                let rest = resources.filter { $0?["data"] == nil }
                #expect(rest.count == 1, "\(what)")
                #expect(rest.first??["meta"]?["tag"]?.items.first?["code"]?.string == "SUBSETTED", "\(what)")
                #expect(rest.first??["meta"]?["versionId"]?.string == "1", "\(what)")
                let marker = rest.first??["_data"]?["extension"]?.items.first?["extension"]?.items
                #expect(marker?.first?["valueUnsignedInt"]?.integer == 3_000, "\(what)")
            }
            for path in ["Binary?_sort=_id", "Binary/_history", "_history", "?_type=Binary"] {
                check((try await client.get(path).json["entry"]?.items ?? []).map { $0["resource"] }, path)
            }
            let entries = ["Binary/a", "Binary?_id=b", "Binary/c/_history/1"].map {
                #"{"request":{"method":"GET","url":"\#($0)"}}"#
            }.joined(separator: ",")
            for type in ["batch", "transaction"] {
                let bundle = #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries)]}"#
                let answer = try await client.post("", bundle).json["entry"]?.items ?? []
                check(answer.map { $0["resource"]?["entry"]?.items.first?["resource"] ?? $0["resource"] }, type)
            }
            for query in ["_summary=data", "_elements=data"] {
                let read = try await client.get("Binary/a?\(query)", headers: Self.fhirJSON).json
                #expect(read["data"]?.string == data, "\(query)")
            }
            // What is not all there is not written back.
            let rest = try await client.get("Binary?_sort=_id").json["entry"]?.items.last?["resource"]
            let text = rest.map { String(decoding: $0.source, as: UTF8.self) } ?? ""
            #expect(try await client.put("Binary/c", text).status == 422)
            _ = try await client.put("Patient/p", #"{"resourceType":"Patient","id":"p"}"#)
            let document = """
                {"resourceType":"DocumentReference","status":"current","subject":{"reference":"Patient/p"},\
                "content":[{"attachment":{"url":"Binary/a"}}]}
                """
            #expect(try await client.post("DocumentReference", document).status == 201)
            let everything = try await client.get("Patient/p/$everything").json["entry"]?.items ?? []
            #expect(everything.contains { $0["resource"]?["data"]?.string == data })
        }
    }

    @Test("Binary: what was not stored leaves nothing behind")
    func refusedContentLeavesNothing() async throws {
        try await with(1_000) { server in
            let client = server.client
            let refused = try await put("Binary/b", noise(900_000), client, headers: [("If-Match", "W/\"7\"")])
            #expect(refused.status == 412)
            // More than is allowed, all of which was sent.
            #expect(try await put("Binary/b", noise(5 << 20), client).status == 413)
            #expect(try await client.get("Binary/b").status == 404)
            let count = try await server.test.database.withSession { session in
                try await session.query(SQLStatement("SELECT count(*) FROM binary_part"), SQLParameters()).int64(0, 0)
            }
            #expect(count == 0)
        }
    }

    @Test("Binary: what Accept asks for decides between bytes and resource")
    func negotiation() async throws {
        let rows: [(type: String, accept: String?, format: String, isRaw: Bool)] = [
            ("application/pdf", nil, "", true), ("application/pdf", "*/*", "", true),
            ("application/pdf", "application/pdf", "", true), ("application/pdf", "image/png", "", true),
            ("application/pdf", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", true),
            (
                "application/pdf",
                """
                application/fhir+json
                """, "", false
            ), ("application/pdf", "application/fhir+xml", "", false),
            ("application/pdf", "application/fhir+json, */*;q=0.5", "", false),
            ("application/pdf", "application/pdf, application/fhir+json;q=0.5", "", true),
            ("application/pdf", "application/json", "", false), ("application/json", "application/json", "", true),
            ("text/xml", "application/fhir+xml", "", false), ("application/pdf", "*/*", "json", false),
            ("application/pdf", "application/pdf", "xml", false), ("text/plain; charset=utf-8", "text/plain", "", true),
        ]
        try await with { server in
            for row in rows {
                let put = try await server.client.send(
                    "PUT", "Binary/b", body: Array("<a/>".utf8), headers: [("Content-Type", row.type)])
                #expect(put.status < 300, "\(put.text)")
                let headers = row.accept.map { [("Accept", $0)] } ?? []
                let path = row.format.isEmpty ? "Binary/b" : "Binary/b?_format=\(row.format)"
                let response = try await server.client.get(path, headers: headers)
                #expect(response.status == 200)
                #expect((response.text == "<a/>") == row.isRaw, "\(row) \(response.text)")
                if row.isRaw { #expect(response[header: "Content-Type"] == row.type) }
            }
        }
    }

    @Test("Binary: FHIR's own formats are content too, unless they hold a Binary")
    func otherResourcesAsContent() async throws {
        try await with { server in
            let client = server.client
            let patient = Patients.named("A")
            for type in ["application/fhir+json", "application/json"] {
                let post = try await client.post("Binary", patient, headers: [("Content-Type", type)])
                #expect(post.status == 201)
                let path = String(post[header: "Location"]?.dropFirst(client.base.count + 1) ?? "")
                let raw = try await client.get(path, headers: [("Accept", "*/*")])
                #expect(raw[header: "Content-Type"] == type && raw.text == patient)
            }
            // Whatever it is called, a Binary is a Binary.
            let json = #"{"resourceType":"Binary","contentType":"text/plain","data":"YWJj"}"#
            for type in ["application/fhir+json", "application/json", "text/json"] {
                let post = try await client.post("Binary", json, headers: [("Content-Type", type)])
                let path = String(post[header: "Location"]?.dropFirst(client.base.count + 1) ?? "")
                let raw = try await client.get(path)
                #expect(raw.text == "abc" && raw[header: "Content-Type"] == "text/plain")
            }
            let xml = """
                <Binary xmlns="http://hl7.org/fhir"><id value="x"/>\
                <contentType value="text/plain"/><data value="YWJj"/></Binary>
                """
            let put = try await client.send(
                "PUT", "Binary/x", body: Array(xml.utf8), headers: [("Content-Type", "application/fhir+xml")])
            #expect(put.status == 201, "\(put.text)")
            #expect(try await client.get("Binary/x").text == "abc")
            // Meant as FHIR and broken: an error. Of a general type: content.
            for (type, status) in [("application/fhir+json", 400), ("application/json", 201), ("text/xml", 201)] {
                let post = try await client.post("Binary", "{\"a\":", headers: [("Content-Type", type)])
                #expect(post.status == status, "\(type)")
            }
        }
    }

    @Test("Binary: X-Security-Context becomes securityContext and comes back", arguments: [10, 2_000])
    func securityContext(size: Int) async throws {
        let bytes = noise(size)
        try await with(1_000) { server in
            let client = server.client
            let put = try await put("Binary/b", bytes, client, headers: [("X-Security-Context", "Patient/x")])
            #expect(put.status == 201)
            let resource = try await client.get("Binary/b", headers: Self.fhirJSON).json
            #expect(resource["securityContext"]?["reference"]?.string == "Patient/x")
            #expect(try await client.get("Binary/b")[header: "X-Security-Context"] == "Patient/x")
            let blank = try await self.put("Binary/b", bytes, client, headers: [("X-Security-Context", "a b")])
            #expect(blank.status == 400 && blank.isOutcome)
        }
    }

    @Test("Binary: ranges", arguments: [1_000, 1_000_000])
    func ranges(size: Int) async throws {
        let bytes = noise(size)
        try await with(1_500) { server in
            let client = server.client
            #expect(try await put("Binary/b", bytes, client).status == 201)
            let rows: [(String, Range<Int>)] = [
                ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=500-", 500..<size),
                ("bytes=-10", size - 10..<size), ("bytes=10-99999999", 10..<size),
                ("bytes=\(size / 2 - 1)-\(size / 2)", size / 2 - 1..<size / 2 + 1),
            ]
            for (header, range) in rows {
                let response = try await client.get("Binary/b", headers: [("Range", header)])
                #expect(response.status == 206 && response.body == Array(bytes[range]), "\(header)")
                #expect(
                    response[header: "Content-Range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)")
            }
            let beyond = try await client.get("Binary/b", headers: [("Range", "bytes=\(size)-")])
            #expect(beyond.status == 416 && beyond.isOutcome && beyond[header: "Content-Range"] == "bytes */\(size)")
            for header in ["bytes=5-4", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=-"] {
                let response = try await client.get("Binary/b", headers: [("Range", header)])
                #expect(response.status == 200 && response.body == bytes, "\(header)")
            }
            let conditional = try await client.get(
                "Binary/b", headers: [("Range", "bytes=0-1"), ("If-Range", "W/\"1\"")])
            #expect(conditional.status == 200)
        }
    }

    @Test("Binary: what is refused changes nothing")
    func refusals() async throws {
        try await with(1_000) { server in
            let client = server.client
            let large = noise((4 << 20) + 1)
            let tooLarge = try await put("Binary/b", large, client)
            #expect(tooLarge.status == 413 && tooLarge.isOutcome)
            let badID = try await put("Binary/a_b", noise(2_000), client)
            #expect(badID.status == 400)
            let noType = try await client.send(
                "POST", "Binary", body: noise(10), headers: [("Content-Type", "nonsense")])
            #expect(noType.status == 415 && noType.isOutcome)
            let empty = try await client.send("PUT", "Binary/b", headers: [("Content-Type", "application/fhir+json")])
            #expect(empty.status == 400)
            // The general limit of bodies is another one.
            #expect(try await client.get("Binary/b").status == 404)
            #expect(try await client.get("Binary?_summary=count").json["total"]?.integer ?? 0 == 0)
            let unknown = try await client.get("Binary/none", headers: [("Accept", "image/png")])
            #expect(unknown.status == 404 && unknown.isOutcome)
        }
    }

    @Test("Binary: compressed content is stored as it was before")
    func compressed() async throws {
        let bytes = Array(String(repeating: "abc", count: 5_000).utf8)
        let packed = try #require(GzipCodec.compress(bytes))
        try await with(1_000) { server in
            let put = try await put(
                "Binary/b", Array(packed.readableBytesView), server.client, headers: [("Content-Encoding", "gzip")])
            #expect(put.status == 201, "\(put.text)")
            #expect(try await server.client.get("Binary/b").body == bytes)
        }
    }

    @Test("Binary: a version that changes something else keeps the bytes")
    func otherChanges() async throws {
        let bytes = noise(2_000)
        let patch = #"[{"op":"add","path":"/securityContext","value":{"reference":"Patient/x"}}]"#
        try await with(1_000) { server in
            let client = server.client
            #expect(try await put("Binary/b", bytes, client).status == 201)
            let patched = try await client.send(
                "PATCH", "Binary/b", body: Array(patch.utf8), headers: [("Content-Type", "application/json-patch+json")]
            )
            #expect(patched.status == 200, "\(patched.text)")
            #expect(try patched.json["data"]?.string == Data(bytes).base64EncodedString())
            let raw = try await client.get("Binary/b")
            #expect(raw.body == bytes && raw[header: "X-Security-Context"] == "Patient/x")
            #expect(raw[header: "ETag"] == "W/\"2\"")
            // Away and back again: the parts of the first content are still there.
            #expect(try await put("Binary/b", noise(2_000, seed: 3), client).status == 200)
            #expect(try await put("Binary/b", bytes, client).status == 200)
            #expect(try await client.get("Binary/b").body == bytes)
            #expect(try await client.get("Binary/b/_history/2").body == bytes)
        }
    }

    @Test("Binary: a stub that comes back without its parts is a resource without data")
    func stubs() async throws {
        try await with(1_000) { server in
            let client = server.client
            #expect(try await put("Binary/b", noise(2_000), client).status == 201)
            let digest = String(repeating: "a", count: 64)
            let stub = """
                {"resourceType":"Binary","id":"c","contentType":"application/pdf","_data":{"extension":[{"url":\
                "urn:martlet:raw-content","extension":[{"url":"size","valueUnsignedInt":2000},{"url":"sha256",\
                "valueString":"\(digest)"}]}]}}
                """
            let put = try await client.put("Binary/c", stub)
            #expect(put.status == 201, "\(put.text)")
            #expect(try await client.get("Binary/c").body.isEmpty)
            #expect(try await client.get("Binary/c", headers: Self.fhirJSON).status == 200)
        }
    }
}
