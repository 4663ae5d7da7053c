import FHIRDefinitions
import FHIRServerTesting
import JSONTape
import Testing

/// One `rest.resource` of the CapabilityStatement, and calls of all that it declares.
struct DeclaredResource {
    let node: JSONNode
    let name: String
    let client: TestClient

    init(_ node: JSONNode, _ client: TestClient) {
        self.node = node
        self.client = client
        name = node["type"]?.string ?? ""
    }

    /// Parameters that do not stand behind an element of their kind, or that every type has.
    static let commonValues = [
        "_id": "a", "_lastUpdated": "2020", "_tag": "a", "_profile": "http://a/b", "_security": "a%7Cb",
        "_source": "http://a/b", "_content": "a", "_text": "a", "_filter": "_id%20eq%20a", "near": "1%7C2%7C3%7Ckm",
    ]

    func callEverything() async throws {
        try await callInteractions()
        try await callSearchParameters()
        try await callIncludes("searchInclude", as: "_include")
        try await callIncludes("searchRevInclude", as: "_revinclude")
        try await callOperations()
    }

    private func flag(_ key: String) -> Bool { node[key]?.bool == true }

    private func expect(_ answer: TestResponse, _ status: Int, _ what: String) {
        #expect(answer.status == status, "\(what) of \(name): \(answer.status) \(answer.text.prefix(200))")
    }

    // MARK: - Interactions

    private func callInteractions() async throws {
        let codes = Set((node["interaction"]?.items ?? []).compactMap { $0["code"]?.string })
        let body = #"{"resourceType":"\#(name)","id":"a"}"#
        var called: Set<String> = ["update", "create", "delete"]
        expect(try await client.post(name, body), 201, "create")
        expect(try await client.put("\(name)/a", body), flag("updateCreate") ? 201 : 405, "update")
        for (code, path) in [
            ("read", "/a"), ("vread", "/a/_history/1"), ("history-instance", "/a/_history"),
            ("history-type", "/_history?_count=1"), ("search-type", "?_id=a"),
        ] {
            called.insert(code)
            expect(try await client.get(name + path), codes.contains(code) ? 200 : 405, code)
        }
        called.insert("patch")
        let patch = Array(#"{"language":"en"}"#.utf8)
        let type = ("Content-Type", "application/merge-patch+json")
        expect(try await client.send("PATCH", "\(name)/a", body: patch, headers: [type]), 200, "patch")
        if flag("readHistory") { expect(try await client.get("\(name)/a/_history/1"), 200, "an old version") }
        try await callConditionals(body)
        expect(try await client.delete("\(name)/a"), 204, "delete")
        expect(try await client.get("\(name)/a"), 410, "read after delete")
        #expect(called == codes, "\(name)")
    }

    private func callConditionals(_ body: String) async throws {
        if flag("conditionalCreate") {
            let answer = try await client.post(name, body, headers: [("If-None-Exist", "_id=a")])
            expect(answer, 200, "conditional create")
        }
        if node["conditionalRead"]?.string == "full-support" {
            let same = try await client.get("\(name)/a", headers: [("If-None-Match", "W/\"2\"")])
            expect(same, 304, "conditional read")
            let later = ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")
            expect(try await client.get("\(name)/a", headers: [later]), 304, "conditional read")
        }
        if flag("conditionalUpdate") { expect(try await client.put("\(name)?_id=a", body), 200, "conditional update") }
        if node["conditionalDelete"]?.string != "not-supported" {
            expect(try await client.delete("\(name)?_id=nobody"), 404, "conditional delete")
        }
    }

    // MARK: - Searches

    private func callSearchParameters() async throws {
        var pairs: [String] = []
        for parameter in node["searchParam"]?.items ?? [] {
            let code = parameter["name"]?.string ?? ""
            pairs.append("\(code)=\(try value(of: parameter, code))")
        }
        try await search(pairs)
    }

    /// A value that fits the kind of parameter.
    private func value(of parameter: JSONNode, _ code: String) throws -> String {
        if let value = Self.commonValues[code] { return value }
        let kind = SearchParameterDefinition.Kind(rawValue: parameter["type"]?.string ?? "")
        guard kind == .composite else { return value(of: try #require(kind)) }
        let definitions = FHIRDefinitions.r4
        let url = parameter["definition"]?.string
        let definition = try #require(definitions.searchParameters.first { $0.url == url })
        return definition.components.map { value(of: definitions.searchParameters[$0.definition].type) }
            .joined(separator: "$")
    }

    private func value(of kind: SearchParameterDefinition.Kind) -> String {
        switch kind {
        case .number, .quantity: "1"
        case .date: "2020-01-01"
        case .uri: "http://a/b"
        case .string, .token, .reference, .composite, .special: "a"
        }
    }

    /// The includes or reverse includes, which come without searches of their own.
    private func callIncludes(_ key: String, as parameter: String) async throws {
        try await search((node[key]?.items ?? []).compactMap(\.string).map { "\(parameter)=\($0)" })
    }

    /// Several pairs to a search, as one request for each would take minutes; where one is refused, each alone, so that
    /// it is told which.
    private func search(_ pairs: [String], together: Int = 12) async throws {
        for start in stride(from: 0, to: pairs.count, by: together) {
            let some = Array(pairs[start..<min(start + together, pairs.count)])
            let answer = try await client.get("\(name)?\(some.joined(separator: "&"))")
            if answer.status != 200, some.count > 1 {
                try await search(some, together: 1)
            } else {
                expect(answer, 200, some.joined(separator: "&"))
                let link = SearchSet(json: try answer.json).link("self") ?? ""
                for pair in some {
                    #expect(link.contains(pair.prefix { $0 != "=" } + "="), "\(pair) is missing in \(link)")
                }
            }
        }
    }

    // MARK: - Operations

    /// At one of its levels each operation is there: what it says to calls without parameters is its own affair.
    private func callOperations() async throws {
        let names = (node["operation"]?.items ?? []).compactMap { $0["name"]?.string }
        guard !names.isEmpty else { return }
        _ = try await client.put("\(name)/o", #"{"resourceType":"\#(name)","id":"o"}"#)
        for operation in names {
            var statuses: [Int] = []
            for place in [name, "\(name)/o"] {
                let answer = try await client.post("\(place)/$\(operation)", #"{"resourceType":"Parameters"}"#)
                #expect(answer.status < 500, "\(place)/$\(operation): \(answer.status)")
                statuses.append(answer.status)
            }
            #expect(statuses.contains { $0 != 404 && $0 != 405 }, "$\(operation) of \(name): \(statuses)")
        }
    }
}
