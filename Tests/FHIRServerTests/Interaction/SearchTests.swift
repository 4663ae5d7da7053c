import FHIRServerTesting
import JSONTape
import Testing

@Suite struct SearchTests {
    private func withPatients(
        allTypes: Bool = false, _ body: (TestClient) async throws -> Void
    ) async throws {
        try await TestServer.with {
            if allTypes { $0.types = nil }
        } _: { server in
            for (id, family) in [("a", "Adams"), ("b", "Brown"), ("c", "Clark")] {
                _ = try await server.client.put("Patient/\(id)", Patients.named(family, id: id))
            }
            try await body(server.client)
        }
    }

    private func ids(_ bundle: JSONNode) -> [String] {
        (bundle["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
    }

    private func link(_ bundle: JSONNode, _ relation: String) -> String? {
        bundle["link"]?.items.first { $0["relation"]?.string == relation }?["url"]?.string
    }

    /// C68, C69, C70
    @Test func bundlesHaveLinksTotalsAndModes() async throws {
        try await withPatients { client in
            let bundle = try await client.get("Patient?name=adams").json
            #expect(bundle["type"]?.string == "searchset")
            #expect(bundle["total"]?.integer == 1)
            #expect(link(bundle, "self") == "\(client.base)/Patient?name=adams")
            let entry = try #require(bundle["entry"]?.items.first)
            #expect(entry["fullUrl"]?.string == "\(client.base)/Patient/a")
            #expect(entry["search"]?["mode"]?.string == "match")
            #expect(entry["resource"]?["meta"]?["versionId"]?.string == "1")
            let counted = try await client.get("Patient?_count=0").json
            #expect(counted["total"]?.integer == 3 && counted["entry"] == nil && link(counted, "next") == nil)
        }
    }

    /// C71
    @Test func nextLinksLeadToTheEnd() async throws {
        try await withPatients { client in
            var seen: [String] = []
            var next: String? = "Patient?_sort=-family&_count=2"
            var pages = 0
            while let address = next {
                let page = try await client.get(address).json
                seen += ids(page)
                next = link(page, "next").map { String($0.dropFirst(client.base.count + 1)) }
                pages += 1
            }
            #expect(seen == ["c", "b", "a"])
            #expect(pages == 2)
        }
    }

    /// C77
    @Test func postedFormsAndQueryCombine() async throws {
        try await withPatients { client in
            let type = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            let found = try await client.send(
                "POST", "Patient/_search?_count=5", body: Array("name=br".utf8), headers: [type]
            ).json
            #expect(ids(found) == ["b"])
            #expect(link(found, "self") == "\(client.base)/Patient?_count=5&name=br")
            #expect(try await client.form("Patient", "name=x").status == 415)
            #expect(try await client.post("Patient/_search", "{}").status == 415)
            let untyped = try await client.send("POST", "Patient/_search", body: Array("name=br".utf8))
            #expect(untyped.status == 415)
            #expect(try await client.send("POST", "Patient/_search").status == 200)
        }
    }

    /// C46, C47, C48
    static let whatCannotBeAnsweredIsRefusedCases: [(String, String)] = [
        ("nonsense=1", "unknown-parameter"), ("birthdate=abc", "invalid-value"), ("_count=x", "invalid-value"),
        ("name:nonsense=1", "unsupported-modifier"), ("_lastUpdated=gt", "invalid-value"),
    ]

    @Test func whatCannotBeAnsweredIsRefused() async throws {
        try await withPatients { client in
            for (query, code) in Self.whatCannotBeAnsweredIsRefusedCases {
                let refused = try await client.get("Patient?\(query)")
                #expect(refused.status == 400)
                #expect(refused.issueCodes == [code])
            }
        }
    }

    /// C47, C76
    @Test func lenientHandlingWarns() async throws {
        try await withPatients { client in
            let found = try await client.get(
                "Patient?nonsense=1&name=adams", headers: [("Prefer", "handling=lenient")]
            ).json
            #expect(link(found, "self") == "\(client.base)/Patient?name=adams")
            let entries = found["entry"]?.items ?? []
            #expect(entries.map { $0["search"]?["mode"]?.string } == ["match", "outcome"])
            #expect(entries.last?["resource"]?["issue"]?.items.first?["severity"]?.string == "warning")
        }
    }

    /// SQL in every parameter of a type: an answer or a refusal, never a failure, and the data stays.
    @Test func sqlInEveryParameterDoesNothing() async throws {
        try await withPatients(allTypes: true) { client in
            let attacks = ["';DROP TABLE patient;--", "\") OR 1=1 --", "1' UNION SELECT 1--", "$1", "%00x", "{1,2}"]
            let statement = try await client.get("metadata").json
            let resources = statement["rest"]?.items.first?["resource"]?.items ?? []
            for name in ["Patient", "Observation"] {
                let type = try #require(resources.first { $0["type"]?.string == name })
                var parameters = type["searchParam"]?.items.compactMap { $0["name"]?.string } ?? []
                parameters += [
                    "_sort", "_count", "_include", "_revinclude", "_total", "_cursor", "_has:Observation:code", "x'--",
                ]
                for parameter in parameters {
                    for attack in attacks {
                        let query = FHIRQuery.encode(attack)
                        let answer = try await client.get("\(name)?\(FHIRQuery.encode(parameter))=\(query)")
                        #expect(
                            answer.status == 200 || 400...499 ~= answer.status,
                            "\(name)?\(parameter)=\(attack): \(answer.status)")
                    }
                }
            }
            #expect(try await client.get("Patient?_total=accurate").json["total"]?.integer == 3)
        }
    }

    /// C67
    @Test func aWriteIsFoundAtOnce() async throws {
        try await withPatients { client in
            for number in 0..<20 {
                _ = try await client.put("Patient/n\(number)", Patients.named("Fresh\(number)x", id: "n\(number)"))
                #expect(ids(try await client.get("Patient?family=fresh\(number)x").json) == ["n\(number)"])
            }
        }
    }

    @Test func searchesInsideBundles() async throws {
        try await withPatients { client in
            for kind in ["batch", "transaction"] {
                let response = try await client.post(
                    "",
                    """
                    {"resourceType":"Bundle","type":"\(kind)","entry":[
                    {"request":{"method":"GET","url":"Patient?name=late\(kind)"}},
                    {"resource":\(Patients.named("Late\(kind)")),"request":{"method":"POST","url":"Patient"}}]}
                    """)
                #expect(response.status == 200)
                let found = try response.json["entry"]?.items.first?["resource"]
                #expect(found?["type"]?.string == "searchset")
                if kind == "transaction" { #expect(found?["total"]?.integer == 1) }
            }
        }
    }
}

/// Encoding of queries in tests: everything but letters and digits.
enum FHIRQuery {
    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || ((byte | 0x20) &- 97 < 26)
            let digits = String(byte, radix: 16)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
