import FHIRServer
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

    func callEverything() async throws {
        try await callInteractions()
        try await callSearchParameters()
        try await callIncludes("searchInclude", as: "_include")
        try await callIncludes("searchRevInclude", as: "_revinclude")
        try await callOperations()
    }

    private func flag(_ key: String) -> Bool { node[named: key]?.bool == true }

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
            expect(try await client.delete("\(name)?_id=nobody"), 204, "conditional delete")
        }
    }

    // MARK: - Searches

    /// Each parameter without modifier and with each that it declares.
    private func callSearchParameters() async throws {
        let pairs = try (node["searchParam"]?.items ?? []).flatMap { try DeclaredParameter($0).pairs }
        #expect(!pairs.isEmpty, "\(name)")
        try await search(pairs)
    }

    /// The includes or reverse includes, which come without searches of their own.
    private func callIncludes(_ key: String, as parameter: String) async throws {
        try await search((node[named: key]?.items ?? []).compactMap(\.string).map { "\(parameter)=\($0)" })
    }

    /// Several pairs to a search, as one request for each would take minutes; where one is refused, each alone, so that
    /// it is told which.
    private func search(_ pairs: [String], together: Int = 30) async throws {
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

    /// Each operation at each of its levels, by each of its methods.
    private func callOperations() async throws {
        let more = DeclaredTerminology.members(of: name)
        _ = try await client.put("\(name)/o", #"{"resourceType":"\#(name)","id":"o"\#(more)}"#)
        for operation in node["operation"]?.items ?? [] {
            let operation = try await DeclaredOperation(operation, client)
            for level in operation.levels where level != .system { try await operation.call(level, of: name) }
            for level in [OperationDeclaration.Level.type, .instance] where !operation.levels.contains(level) {
                try await operation.expectNone(level, of: name)
            }
        }
    }
}
