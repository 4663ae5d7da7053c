import FHIRFormats
import FHIRServer
import FHIRServerTesting
import NIOCore
import Testing

@Suite struct NegotiationTests {
    /// C19: `_format`, `Accept` and the format of the body, and what they come to.
    static let formats: [(format: String?, accept: String?, body: ContentFormat?, expected: ContentFormat?)] = [
        (nil, nil, nil, .json), (nil, nil, .xml, .xml), (nil, "*/*", nil, .json), (nil, "*/*", .xml, .xml),
        (nil, "", nil, .json), ("", "application/fhir+xml", nil, .xml),
        // Every spelling
        (nil, "application/json", .xml, .json), (nil, "application/fhir+json", nil, .json),
        (nil, "application/json+fhir", nil, .json), (nil, "text/json", nil, .json), (nil, "json", nil, .json),
        (nil, "application/xml", nil, .xml), (nil, "application/fhir+xml", nil, .xml),
        (nil, "application/xml+fhir", nil, .xml), (nil, "text/xml", nil, .xml), (nil, "xml", nil, .xml),
        (nil, "Application/FHIR+XML; charset=UTF-8", nil, .xml),
        // `_format` beats `Accept`, also where it cannot be served
        ("json", "application/fhir+xml", nil, .json), ("xml", "application/json", nil, .xml),
        ("application/fhir json", "image/png", nil, .json), ("application/fhir xml", nil, nil, .xml),
        ("application/fhir+json; charset=utf-8", "image/png", nil, .json), ("text/xml", nil, nil, .xml),
        ("application/xml+fhir", nil, nil, .xml), ("html", "*/*", nil, nil), ("ttl", "application/json", nil, nil),
        // Weights and wildcards
        (nil, "application/fhir+xml;q=0.5, application/fhir+json;q=0.9", nil, .json),
        (nil, "application/fhir+json;q=0.5, application/fhir+xml;q=0.9", nil, .xml),
        (nil, "application/fhir+xml;q=1.0, application/fhir+json;q=1.0, application/xml+fhir;q=0.9", nil, .xml),
        (nil, "application/fhir+json;q=1.0, application/json+fhir;q=0.9, */*;q=0.1", nil, .json),
        (nil, "text/html,application/xhtml+xml,*/*;q=0.8", nil, .json), (nil, "application/*", nil, .json),
        (nil, "text/*", .xml, .xml), (nil, "application/fhir+json;q=0, */*", nil, .xml),
        (nil, "application/fhir+json;q=0.5, */*;q=0.8", nil, .xml),
        (nil, "image/png, application/fhir+xml;q=0.1", nil, .xml), (nil, "application/json;q=0", nil, nil),
        (nil, "application/json;q=nonsense", nil, .json), (nil, "*/*;q=0", nil, nil),
        (nil, "image/png", nil, nil), (nil, "text/html", nil, nil), (nil, ",", nil, nil),
        // Versions of FHIR
        (nil, "application/fhir+json; fhirVersion=4.0", nil, .json),
        (nil, "application/fhir+xml; fhirVersion=\"4.0.1\"", nil, .xml),
        (nil, "application/fhir+json; fhirVersion=3.0", nil, nil),
        (nil, "application/fhir+json; fhirVersion=5.0, application/fhir+xml; fhirVersion=4.0;q=0.1", nil, .xml),
        ("application/fhir+json; fhirVersion=1.0", nil, nil, nil),
        ("application/fhir+xml;fhirVersion=4.0", nil, nil, .xml),
    ]

    @Test(arguments: formats.indices)
    func formatsAreNegotiated(index: Int) {
        let row = Self.formats[index]
        let found = MediaType.negotiate(format: row.format, accept: row.accept, body: row.body)
        #expect(found == row.expected, "\(row)")
    }

    @Test(
        arguments: [
            ("a=1&b=x+y&b=%C3%A9&=z&c", [("a", "1"), ("b", "x y"), ("b", "é"), ("c", "")]),
            ("name:exact=a%26b", [("name:exact", "a&b")]), ("", []), ("&&", []),
            ("a=%zz&b=%4", [("a", "%zz"), ("b", "%4")]),
        ] as [(String, [(String, String)])])
    func queriesAreDecoded(text: String, expected: [(String, String)]) {
        let items = QueryItems(parsing: text)
        #expect(items.items == expected.map { QueryItems.Item($0.0, $0.1) })
        #expect(QueryItems(parsing: items.text) == items)
    }

    @Test func datesGoRound() {
        let instant = Instant(microsecondsSince1970: 784_111_777_000_000)
        #expect(HTTPDate.text(instant) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.instant("Sun, 06 Nov 1994 08:49:37 GMT") == instant)
        for text in ["", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 25:00:00 GMT", "1994-11-06"] {
            #expect(HTTPDate.instant(text) == nil)
        }
        for days in stride(from: 0, to: 40_000, by: 97) {
            let day = Instant(microsecondsSince1970: Int64(days) * 86_400_000_000)
            #expect(HTTPDate.instant(HTTPDate.text(day)) == day)
        }
    }

    @Test func gzipGoesRoundWithinLimits() throws {
        let text = Array(String(repeating: "{\"a\":[1,2,3]}", count: 5_000).utf8)
        let packed = try #require(GzipCodec.compress(text))
        #expect(packed.readableBytes < text.count / 20)
        #expect(Array(try GzipCodec.decompress(packed, limit: text.count).readableBytesView) == text)
        #expect(throws: GzipCodec.Failure.tooLarge) { try GzipCodec.decompress(packed, limit: 10_000) }
        #expect(throws: GzipCodec.Failure.malformed) { try GzipCodec.decompress(ByteBuffer(string: "no"), limit: 9) }
        let half = try #require(packed.getSlice(at: 0, length: packed.readableBytes / 2))
        #expect(throws: GzipCodec.Failure.malformed) { try GzipCodec.decompress(half, limit: text.count) }
    }

    @Test func prettyPrintingKeepsStrings() {
        let pretty = PrettyPrinter.pretty(Array(#"{"a":["{,\"",1,true],"b":{"c":null},"d":[],"e":{}}"#.utf8))
        let expected = #"""
            {
              "a": [
                "{,\"",
                1,
                true
              ],
              "b": {
                "c": null
              },
              "d": [],
              "e": {}
            }

            """#
        #expect(String(decoding: pretty, as: UTF8.self) == expected)
    }

    @Test func compressedBodiesGoBothWays() async throws {
        try await TestServer.with { server in
            let json = Array(Patients.named(String(repeating: "x", count: 5_000), id: "a").utf8)
            let packed = try #require(GzipCodec.compress(json))
            let put = try await server.client.send(
                "PUT", "Patient/a", body: Array(packed.readableBytesView),
                headers: [("Content-Type", "application/fhir+json"), ("Content-Encoding", "gzip")])
            #expect(put.status == 201)
            let plain = try await server.client.get("Patient/a")
            #expect(plain[header: "Content-Encoding"] == nil)
            let answer = try await server.client.get("Patient/a", headers: [("Accept-Encoding", "br, gzip;q=0.5")])
            #expect(answer[header: "Content-Encoding"] == "gzip")
            #expect(answer[header: "Vary"] == "Accept, Accept-Encoding")
            let unpacked = try GzipCodec.decompress(ByteBuffer(bytes: answer.body), limit: 1 << 20)
            #expect(Array(unpacked.readableBytesView) == plain.body)
            let refused = try await server.client.get("Patient/a", headers: [("Accept-Encoding", "gzip;q=0")])
            #expect(refused[header: "Content-Encoding"] == nil)
            _ = try await server.client.put("Patient/s", Patients.named("s", id: "s"))
            let small = try await server.client.get("Patient/s", headers: [("Accept-Encoding", "gzip")])
            #expect(small[header: "Content-Encoding"] == nil)
        }
    }

    @Test func bombsAreRefused() async throws {
        try await TestServer.with { options in
            options.configuration.limits.bodyByteCount = 1 << 20
        } _: { server in
            let bomb = try #require(GzipCodec.compress(Array(repeating: 0x20, count: 50 << 20)))
            let answer = try await server.client.send(
                "POST", "Patient", body: Array(bomb.readableBytesView),
                headers: [("Content-Type", "application/fhir+json"), ("Content-Encoding", "gzip")])
            #expect(answer.status == 413)
        }
    }
}
