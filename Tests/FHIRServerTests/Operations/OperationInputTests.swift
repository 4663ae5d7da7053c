import FHIRDefinitions
import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// Answers with what it was given, one line a value.
private struct Typed: ResourceOperation {
    let declaration = OperationDeclaration(
        "typed", levels: [.type], types: ["Patient"], affectsState: false, documentation: "For tests.",
        parameters: [
            .init(.input, "count", 0, 1, "positiveInt", "A number."),
            .init(.input, "flag", 0, 1, "boolean", ""),
            .init(.input, "when", 0, 1, "dateTime", ""),
            .init(.input, "size", 0, 1, "decimal", ""),
            .init(.input, "kind", 0, nil, "code", ""),
            .init(.input, "coding", 0, 1, "Coding", ""),
            .init(.input, "who", 0, 1, "Patient", ""),
            .init(.output, "return", 1, 1, "Basic", ""),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let names = ["count", "flag", "when", "size", "kind", "coding", "who"]
        let texts = names.flatMap { name in
            call.input.all(name).map { "\(name)=\(String(decoding: $0.source, as: UTF8.self))" }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Basic")
        writer.member("language", texts.joined(separator: " "))
        writer.endObject()
        return OperationAnswer(resource: writer.bytes)
    }
}

/// Parameters by declaration (R4 operations.html#executing).
@Suite struct OperationInputTests {
    private func withServer(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.operations = [Typed()]
        } _: { server in
            try await body(server.client)
        }
    }

    private func text(_ response: TestResponse) throws -> String? { try response.json["language"]?.string }

    @Test func valuesTakeTheirDeclaredTypes() async throws {
        try await withServer { client in
            let got = try await client.get(
                "Patient/$typed?count=3&flag=true&when=2024-01-01T10:00:00%2B01:00&size=1.50&kind=a&kind=b&_format=json"
            )
            #expect(got.status == 200)
            #expect(
                try text(got)
                    == #"count=3 flag=true when="2024-01-01T10:00:00+01:00" size=1.50 kind="a" kind="b""#)
            let posted = try await client.post(
                "Patient/$typed?kind=q",
                #"""
                {"resourceType":"Parameters","parameter":[{"name":"kind","valueString":"s"},
                {"name":"count","valueInteger":4},{"name":"coding","valueCoding":{"code":"c"}}]}
                """#)
            #expect(try text(posted) == #"count=4 kind="q" kind="s" coding={"code":"c"}"#)
            // The one resource that it takes may be the body.
            let bare = try await client.post("Patient/$typed", #"{"resourceType":"Patient","id":"x"}"#)
            #expect(try text(bare) == #"who={"resourceType":"Patient","id":"x"}"#)
            #expect(try await client.send("HEAD", "Patient/$typed?count=1").status == 200)
        }
    }

    @Test func wrongParametersAreRefusedByName() async throws {
        try await withServer { client in
            let queries: [(String, String)] = [
                ("count=x", "http.count"), ("count=-1", "http.count"), ("count=1&count=2", "http.count"),
                ("flag=yes", "http.flag"), ("when=yesterday", "http.when"), ("size=big", "http.size"),
                ("other=1", "http.other"), ("coding=a", "http.coding"), ("kind=a%20%20b", "http.kind"),
            ]
            for (query, place) in queries {
                let answer = try await client.get("Patient/$typed?\(query)")
                #expect(answer.status == 400, "\(query)")
                #expect(try answer.json["issue"]?.items.first?["expression"]?.items.first?.string == place, "\(query)")
            }
            let bodies: [(String, String)] = [
                (#"{"name":"count","valueString":"3"}"#, "Parameters.parameter[0].value"),
                (#"{"name":"count","valueInteger":0}"#, "Parameters.parameter[0].value"),
                (#"{"name":"count"}"#, "Parameters.parameter[0]"),
                (#"{"name":"none","valueString":"3"}"#, "Parameters.parameter[0].name"),
                (#"{"name":"who","valueString":"3"}"#, "Parameters.parameter[0].value"),
                (#"{"name":"coding","valueCoding":{"cod":"x"}}"#, "Parameters.parameter[0].value.cod"),
                (#"{"valueString":"x"}"#, "Parameters.parameter[0].name"),
            ]
            for (parameter, place) in bodies {
                let body = #"{"resourceType":"Parameters","parameter":[\#(parameter)]}"#
                let answer = try await client.post("Patient/$typed", body)
                #expect(answer.status == 400, "\(parameter)")
                #expect(
                    try answer.json["issue"]?.items.first?["expression"]?.items.first?.string == place, "\(parameter)")
            }
            #expect(try await client.post("Patient/$typed", #"{"resourceType":"Basic"}"#).status == 400)
        }
    }

    @Test func unknownOperationsTellNothing() async throws {
        try await withServer { client in
            for path in ["$typed", "Patient/x/$typed", "Observation/$typed", "Patient/$none", "Patient/x/$none"] {
                let answer = try await client.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.issueCodes == ["unknown-operation"])
                #expect(!answer.text.contains("typed"))
            }
        }
    }

    @Test func ownDefinitionsAreServed() async throws {
        try await withServer { client in
            let answer = try await client.get("OperationDefinition/Patient-typed")
            #expect(answer.status == 200)
            let json = try answer.json
            #expect(json["url"]?.string == "\(client.base)/OperationDefinition/Patient-typed")
            #expect(json["parameter"]?.items.count == 8)
            #expect(try await client.delete("OperationDefinition/Patient-typed").status == 405)
            let statement = try await client.get("metadata").json["rest"]?.items.first
            let patient = statement?["resource"]?.items.first { $0["type"]?.string == "Patient" }
            let operation = patient?["operation"]?.items.first { $0["name"]?.string == "typed" }
            #expect(operation?["definition"]?.string == json["url"]?.string)
            let system = statement?["operation"]?.items.compactMap { $0["name"]?.string }
            #expect(system?.contains("meta") == true)
        }
    }
}
