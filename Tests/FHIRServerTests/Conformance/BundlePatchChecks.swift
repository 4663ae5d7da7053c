import FHIRServer
import FHIRServerTesting
import FHIRStore
import FoundationEssentials
import JSONTape
import Testing

/// PATCH and operations as entries of bundles (R4 http.html#patch, #trules).
@Suite struct BundlePatchChecks {
    private typealias Bundles = RequestBundles

    private static func binary(_ patch: String) -> String {
        let data = Data(patch.utf8).base64EncodedString()
        return #"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"\#(data)"}"#
    }

    private static let activate = binary(#"[{"op":"add","path":"/active","value":true}]"#)

    private static let rename = """
        {"resourceType":"Parameters","parameter":[{"name":"operation","part":[\
        {"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},\
        {"name":"name","valueString":"gender"},{"name":"value","valueCode":"female"}]}]}
        """

    @Test(
        "C12, C13, C33: patches of both kinds are entries too", .check("C12", "C13", "C16", "C33"),
        arguments: ["batch", "transaction"])
    func patches(_ kind: String) async throws {
        try await TestServer.with { server in
            let client = server.client
            for id in ["a", "b", "c"] { _ = try await client.put("Patient/\(id)", Bundles.patient(id, id: id)) }
            let response = try await client.post(
                "",
                Bundles.bundle(
                    kind,
                    [
                        Bundles.entry("PATCH", "Patient/a", Self.activate),
                        Bundles.entry("PATCH", "Patient/b", Self.rename, conditions: ["ifMatch": "W/\"1\""]),
                        Bundles.entry("PATCH", "Patient?identifier=urn:mrn%7Cc", Self.activate),
                        Bundles.entry("GET", "Patient/b/_history/1"),
                    ]))
            #expect(response.status == 200, "\(response.text)")
            #expect(try response.entryStatuses == ["200", "200", "200", "200"], "\(response.text)")
            #expect(try response.entries.prefix(3).allSatisfy { $0["response"]?["etag"]?.string == "W/\"2\"" })
            #expect(try await client.get("Patient/a").json["active"]?.bool == true)
            #expect(try await client.get("Patient/b").json["gender"]?.string == "female")
            #expect(try await client.get("Patient/c").json["active"]?.bool == true)
            let history = try await client.get("Patient/a/_history").json
            #expect(history["entry"]?.items.first?["request"]?["method"]?.string == "PATCH")
        }
    }

    @Test("C12, C32: a patch that fails fails the transaction, or alone in a batch", .check("C12", "C32", "C39"))
    func failingPatches() async throws {
        let cases: [(String, [String])] = [
            (
                Bundles.entry("PATCH", "Patient/a", Self.binary(#"[{"op":"test","path":"/active","value":true}]"#)),
                ["422"]
            ),
            (Bundles.entry("PATCH", "Patient/a", Self.binary(#"[{"op":"add","path":"/gender","value":5}]"#)), ["422"]),
            (
                Bundles.entry("PATCH", "Patient/a", Self.binary(#"[{"op":"replace","path":"/id","value":"z"}]"#)),
                ["422"]
            ),
            (Bundles.entry("PATCH", "Patient/a", Self.binary("no json")), ["400"]),
            (Bundles.entry("PATCH", "Patient/a", Bundles.patient("a")), ["415", "400"]),
            (Bundles.entry("PATCH", "Patient/none", Self.activate), ["404"]),
            (Bundles.entry("PATCH", "Patient?identifier=none", Self.activate), ["404"]),
            (Bundles.entry("PATCH", "Patient?identifier:missing=false", Self.activate), ["412"]),
            (Bundles.entry("PATCH", "Patient/a", Self.activate, conditions: ["ifMatch": "W/\"9\""]), ["412"]),
            (Bundles.entry("PATCH", "Patient/a"), ["400"]),
        ]
        try await TestServer.with { server in
            let client = server.client
            for id in ["a", "b"] { _ = try await client.put("Patient/\(id)", Bundles.patient(id, id: id)) }
            for (number, (bad, statuses)) in cases.enumerated() {
                let good = Bundles.entry("PUT", "Patient/new\(number)", Bundles.patient("n", id: "new\(number)"))
                let transaction = try await client.post("", Bundles.transaction(good, bad))
                #expect(statuses.contains("\(transaction.status)"), "\(bad): \(transaction.text)")
                #expect(transaction.isOutcome)
                #expect(
                    try transaction.issueExpressions.first?.hasPrefix("Bundle.entry[1]") == true, "\(transaction.text)")
                #expect(try await client.get("Patient/new\(number)").status == 404)
                let batch = try await client.post("", Bundles.batch(good, bad))
                #expect(try batch.entryStatuses.first == "201")
                #expect(statuses.contains(try batch.entryStatuses.last ?? ""), "\(bad): \(batch.text)")
            }
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }

    @Test("C37: a patch and another write of one resource fail the bundle", .check("C37"))
    func overlaps() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Bundles.patient("a", id: "a"))
            let patch = Bundles.entry("PATCH", "Patient?identifier=urn:mrn%7Ca", Self.activate)
            for other in [
                Bundles.entry("PUT", "Patient/a", Bundles.patient("a", id: "a")),
                Bundles.entry("PATCH", "Patient/a", Self.rename), Bundles.entry("DELETE", "Patient/a"),
            ] {
                let response = try await client.post("", Bundles.transaction(patch, other))
                #expect(response.status == 400, "\(response.text)")
                #expect(response.issueCodes == ["duplicate-identity"])
            }
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }

    @Test("C36: a patched resource may be what a conditional reference means", .check("C36"))
    func referencesToPatched() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", Bundles.patient("a", id: "a"))
            let patch = Self.binary(#"[{"op":"replace","path":"/identifier/0/value","value":"patched"}]"#)
            let response = try await client.post(
                "",
                Bundles.transaction(
                    Bundles.entry(
                        "PUT", "Observation/o", Bundles.observation(of: "Patient?identifier=urn:mrn|patched", id: "o")),
                    Bundles.entry("PATCH", "Patient/a", patch)))
            #expect(response.status == 200, "\(response.text)")
            #expect(try await client.get("Observation/o").json["subject"]?["reference"]?.string == "Patient/a")
            #expect(try await client.get("Patient/a").versionID == "2")
        }
    }

    @Test("C33, C39: operations run in batches, and in transactions if they change nothing", .check("C33", "C39"))
    func operations() async throws {
        try await TestServer.with {
            $0.operations = [Looking(), Changing()]
        } _: { server in
            let client = server.client
            let parameters = #"{"resourceType":"Parameters"}"#
            let looking = [
                Bundles.entry("GET", "Patient/a/$look"), Bundles.entry("POST", "Patient/a/$look", parameters),
                Bundles.entry("POST", "Patient/a/$look"),
            ]
            let put = Bundles.entry("PUT", "Patient/a", Bundles.patient("a", id: "a"))
            let response = try await client.post("", Bundles.bundle("transaction", looking + [put]))
            #expect(response.status == 200, "\(response.text)")
            #expect(try response.entryStatuses == ["200", "200", "200", "201"])
            #expect(try response.entries.first?["resource"]?["id"]?.string == "a")
            let changing = Bundles.entry("POST", "Patient/a/$change", parameters)
            let refused = try await client.post(
                "", Bundles.transaction(Bundles.entry("PUT", "Patient/b", Bundles.patient("b", id: "b")), changing))
            #expect(refused.status == 400)
            #expect(try refused.issueExpressions == ["Bundle.entry[1].request.url"])
            #expect(try await client.get("Patient/b").status == 404)
            let batch = try await client.post("", Bundles.bundle("batch", looking + [changing]))
            #expect(try batch.entryStatuses == ["200", "200", "200", "200"], "\(batch.text)")
        }
    }

    /// Answers the instance that it is called on.
    private struct Looking: ResourceOperation {
        let declaration = OperationDeclaration(
            "look", levels: [.instance], types: ["Patient"], affectsState: false, definition: "urn:test:look")

        func run(_ call: OperationCall) async throws -> OperationAnswer {
            guard case .instance(let type, let id) = call.target else { return OperationAnswer(404) }
            return OperationAnswer(resource: try await call.store.read(type, id: id).content)
        }
    }

    private struct Changing: ResourceOperation {
        let declaration = OperationDeclaration(
            "change", levels: [.instance], types: ["Patient"], affectsState: true, definition: "urn:test:change")

        func run(_ call: OperationCall) async throws -> OperationAnswer { OperationAnswer() }
    }
}
