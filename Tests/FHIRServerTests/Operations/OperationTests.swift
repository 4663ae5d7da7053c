import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// Answers with the parameters it got.
private struct Echo: ResourceOperation {
    let declaration: OperationDeclaration

    init(_ name: String, _ levels: Set<OperationDeclaration.Level>, affectsState: Bool) {
        declaration = OperationDeclaration(
            name, levels: levels, types: ["Patient"], affectsState: affectsState, definition: "urn:test:\(name)")
    }

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        if call.parameters["parameter"]?.items.first?["name"]?.string == "fail" {
            throw StoreError(.conflict, "taken", expression: "Parameters.parameter[0]", details: "slot-taken")
        }
        return OperationAnswer(resource: call.parameters.source)
    }
}

@Suite struct OperationTests {
    private func withServer(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.operations = [
                Echo("echo", [.type, .instance], affectsState: false), Echo("change", [.type], affectsState: true),
            ]
        } _: { server in
            try await body(server)
        }
    }

    @Test func callsReachTheOperation() async throws {
        try await withServer { server in
            let parameters = #"{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"b"}]}"#
            let posted = try await server.client.post("Patient/$echo", parameters)
            #expect(posted.status == 200)
            #expect(posted.text == parameters)
            #expect(try await server.client.get("Patient/$echo?a=b").text == parameters)
            #expect(try await server.client.post("Patient/1/$echo", parameters).status == 200)
        }
    }

    @Test func wrongCallsAreRefused() async throws {
        try await withServer { server in
            #expect(try await server.client.get("Observation/$echo").status == 404)
            #expect(try await server.client.get("$echo").status == 404)
            #expect(
                try await server.client.post("Patient/1/$change", "{\"resourceType\":\"Parameters\"}").status == 404)
            let get = try await server.client.get("Patient/$change")
            #expect(get.status == 405 && get[header: "Allow"] == "POST")
            let failed = try await server.client.get("Patient/$echo?fail=1")
            #expect(failed.status == 409)
            #expect(failed.issueCodes == ["slot-taken"])
        }
    }

    @Test func theCapabilityStatementListsThem() async throws {
        try await withServer { server in
            let statement = try await server.client.get("metadata")
            let resources = try statement.json["rest"]?.items.first?["resource"]?.items ?? []
            #expect(resources.count >= 145)
            let patient = try #require(resources.first { $0["type"]?.string == "Patient" })
            let names = { (resource: JSONNode?) in
                Set(resource?["operation"]?.items.compactMap { $0["name"]?.string } ?? [])
            }
            #expect(names(patient).isSuperset(of: ["change", "echo"]))
            let codes = patient["searchParam"]?.items.compactMap { $0["name"]?.string } ?? []
            #expect(codes.contains("birthdate") && codes.contains("_id"))
            let basic = resources.first { $0["type"]?.string == "Basic" }
            #expect(names(basic).isDisjoint(with: ["change", "echo"]))
            let tag = try #require(statement[header: "ETag"])
            let again = try await server.client.get("metadata", headers: [("If-None-Match", tag)])
            #expect(again.status == 304)
        }
    }
}
