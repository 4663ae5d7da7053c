import FHIRServerTesting
import FHIRStoreTesting
import Glibc
import JSONTape
import Testing

/// `martlet package` from the outside, and the package that every server has.
@Suite struct PackageCommandTests {
    private static let url = "https://clinic.example/StructureDefinition/visitor"

    private static func archive(_ folder: String, min: Int) throws -> String {
        var package = TestPackage()
        package.add(
            "StructureDefinition", id: "visitor",
            #"""
            "url": "\#(url)", "name": "Visitor", "kind": "resource", "abstract": false, "type": "Patient",
            "derivation": "constraint", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
            "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": \#(min)}]}
            """#)
        let path = folder + "/forms-\(min).tgz"
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        let bytes = package.archive
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return path
    }

    /// The lines of the output that are JSON: what is for people goes beside them.
    private static func lines(_ output: String) throws -> [JSONNode] {
        try output.split(separator: "\n").filter { $0.hasPrefix("{\"name\"") }
            .map { JSONNode(try Document.parse(String($0))) }
    }

    @Test func packagesAreLoadedListedAndServed() async throws {
        let folder = try MartletProcess.makeFolder()
        let data = ["--data-dir", folder + "/data"]
        func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
            try await MartletProcess.run(["package"] + arguments + data, in: folder)
        }
        let first = try Self.archive(folder, min: 1)
        let second = try Self.archive(folder, min: 2)
        for (arguments, status, result) in [
            ([first], 0, "loaded"), ([first], 0, "unchanged"), ([second], 1, nil),
            ([second, "--replace"], 0, "replaced"),
        ] as [([String], Int32, String?)] {
            let end = try await run(["load"] + arguments)
            #expect(end.status == status, "\(arguments): \(end.output)")
            #expect(try Self.lines(end.output).first?["result"]?.string == result, "\(end.output)")
        }
        #expect(try await run(["load", folder + "/none.tgz"]).status != 0)
        let list = try await run(["list"])
        #expect(list.status == 0, "\(list.output)")
        #expect(try Self.lines(list.output).map { $0["name"]?.string } == ["clinic.example.forms"])

        // While a server runs, which has brought its own.
        var server = try await MartletProcess.serve(folder)
        let both = try await run(["list"])
        #expect(
            try Self.lines(both.output).map { $0["name"]?.string } == ["clinic.example.forms", "martlet.clinic"],
            "\(both.output)")
        var http = TestClient(port: server.httpPort)
        let snapshot = try await http.get("StructureDefinition/$snapshot?url=\(Self.url)")
        #expect(snapshot.status == 200, "\(snapshot.text)")
        let own = try await http.get("StructureDefinition?url=urn:martlet:profile:patient").json
        #expect(own["total"]?.integer == 1)
        #expect(own["entry"]?.items.first?["resource"]?["meta"]?["versionId"]?.string == "1")
        let count = try await http.get("StructureDefinition?_summary=count").json["total"]?.integer
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)

        // The next start finds everything there.
        server = try await MartletProcess.serve(folder)
        http = TestClient(port: server.httpPort)
        #expect(try await http.get("StructureDefinition?_summary=count").json["total"]?.integer == count)
        #expect(try await http.get("StructureDefinition/_history?_count=0").json["total"]?.integer == (count ?? 0) + 1)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
