import Clinic
import ClinicScheduling
import FHIRDefinitions
import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// The CapabilityStatement says what is true (R4 http.html#capabilities, capabilitystatement.html).
@Suite struct CapabilityChecks {
    /// All types, without structure rules: what is called here is routes and indexes, with the smallest of resources.
    private static func configure(_ options: inout TestServer.Options) {
        options.types = nil
        options.checksStructure = false
        options.operations = SchedulingArea.operations.map { WorkflowOperation($0) }
        options.migrations = ClinicMigrations.all + SchedulingArea.migrations
    }

    @Test func everythingDeclaredCanBeCalled() async throws {
        try await TestServer.with(Self.configure) { server in
            let client = server.client
            let statement = try await client.get("metadata").json
            let rest = try #require(statement["rest"]?.items.first)
            let resources = rest["resource"]?.items ?? []
            #expect(resources.count == FHIRDefinitions.r4.resourceTypes.count)
            #expect(try await client.post("CodeSystem", DeclaredParameter.codeSystem).status == 201)
            // A few at once; each type has its own tables, so they do not meet.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for (index, resource) in resources.enumerated() where index % 4 == worker {
                            try await DeclaredResource(resource, client).callEverything()
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await callSystem(rest, client)
            try await callFormats(statement, client)
        }
    }

    private func callSystem(_ rest: JSONNode, _ client: TestClient) async throws {
        for code in (rest["interaction"]?.items ?? []).compactMap({ $0["code"]?.string }) {
            let status: Int
            switch code {
            case "transaction", "batch":
                let bundle = #"{"resourceType":"Bundle","type":"\#(code)"}"#
                status = try await client.post("", bundle).status
            case "search-system": status = try await client.get("?_type=Patient&_id=a").status
            case "history-system": status = try await client.get("_history?_count=1").status
            default: status = 0
            }
            #expect(status == 200, "\(code)")
        }
        for operation in rest["operation"]?.items ?? [] {
            try await DeclaredOperation(operation, client).call(.system)
        }
        for parameter in rest["searchParam"]?.items ?? [] {
            for pair in try DeclaredParameter(parameter).pairs {
                #expect(try await client.get("?_type=Patient,Observation&\(pair)").status == 200, "\(pair)")
            }
        }
    }

    /// A patch in each of the formats.
    private static let patches = [
        "application/json-patch+json": #"[{"op":"replace","path":"/active","value":false}]"#,
        "application/merge-patch+json": #"{"active":null}"#,
        "application/fhir+json": #"""
        {"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},
         {"name":"path","valueString":"Patient"},{"name":"name","valueString":"gender"},
         {"name":"value","valueCode":"female"}]}]}
        """#,
        "application/fhir+xml": #"""
        <Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>
        <part><name value="type"/><valueCode value="delete"/></part>
        <part><name value="path"/><valueString value="Patient.birthDate"/></part></parameter></Parameters>
        """#,
    ]

    private func callFormats(_ statement: JSONNode, _ client: TestClient) async throws {
        let formats = (statement["format"]?.items ?? []).compactMap(\.string)
        #expect(formats.contains("application/fhir+json"))
        for format in formats {
            let encoded = format.replacing("+", with: "%2B")
            #expect(try await client.get("Patient?_format=\(encoded)").status == 200, "\(format)")
            guard format.contains("/") else { continue }
            let answer = try await client.get("Patient", headers: [("Accept", format)])
            #expect(answer.status == 200 && answer[header: "Content-Type"]?.hasPrefix(format) == true, "\(format)")
        }
        let declared = (statement["patchFormat"]?.items ?? []).compactMap(\.string)
        #expect(Set(declared) == Set(Self.patches.keys))
        for (format, body) in Self.patches {
            _ = try await client.put(
                "Patient/patched", #"{"resourceType":"Patient","id":"patched","active":true,"birthDate":"2000"}"#)
            let answer = try await client.send(
                "PATCH", "Patient/patched", body: Array(body.utf8), headers: [("Content-Type", format)])
            #expect(answer.status == 200, "\(format): \(answer.text)")
        }
        let other = try await client.send(
            "PATCH", "Patient/nobody", body: [0x5B, 0x5D], headers: [("Content-Type", "a/b")])
        #expect(other.status == 415)
    }

    @Test(arguments: [
        ("GET", "Patient?nothing=1", 400), ("GET", "Patient?combo-code=1", 400), ("GET", "Patient?name:above=1", 400),
        ("GET", "Patient?_query=x", 400), ("GET", "Patient?_include=Patient:name", 400),
        ("GET", "Patient?_revinclude=Observation:code", 400), ("GET", "Patient?_nothing=1", 400),
        ("GET", "Patient/$nothing", 404), ("POST", "$nothing", 404), ("DELETE", "", 405), ("PUT", "", 405),
        ("GET", "Nothing", 404), ("GET", "metadata?mode=x", 400), ("GET", "metadata?_summary=count", 400),
        ("GET", "metadata?_format=text/turtle", 406), ("PUT", "metadata", 405),
    ])
    func whatIsNotDeclaredIsRefused(method: String, path: String, status: Int) async throws {
        try await TestServer.with { server in
            let answer = try await server.client.send(method, path)
            #expect(answer.status == status && answer.isOutcome)
        }
    }

    @Test func theStatementKeepsItsOwnRules() async throws {
        try await TestServer.with { server in
            let client = server.client
            let answer = try await client.get("metadata")
            let statement = try answer.json
            #expect(statement["kind"]?.string == "instance" && statement["fhirVersion"]?.string == "4.0.1")
            // cpb-2, cpb-14: an instance has an implementation.
            #expect(statement["implementation"]?["url"]?.string == client.base)
            #expect(statement["implementation"]?["description"]?.string != nil)
            // cpb-8: one description per mode.
            let rests = statement["rest"]?.items ?? []
            #expect(rests.count == 1 && rests.first?["mode"]?.string == "server")
            #expect(rests.first?["security"]?["cors"]?.bool == false)
            #expect(rests.first?["security"]?["service"] == nil)
            // cpb-9: each type once; cpb-12: each parameter once.
            let resources = rests.first?["resource"]?.items ?? []
            let types = resources.compactMap { $0["type"]?.string }
            #expect(Set(types).count == resources.count)
            for resource in resources {
                let parameters = resource["searchParam"]?.items ?? []
                let names = Set(parameters.compactMap { $0["name"]?.string })
                #expect(names.count == parameters.count, "\(resource["type"]?.string ?? "")")
                #expect(names.contains("_id") && names.contains("_filter"))
                for parameter in parameters {
                    #expect(parameter["definition"]?.string?.contains("/SearchParameter/") == true)
                    #expect(SearchParameterDefinition.Kind(rawValue: parameter["type"]?.string ?? "") != nil)
                }
            }
            for mode in ["full", "normative", "terminology"] {
                #expect(try await client.get("metadata?mode=\(mode)").status == 200)
            }
            let summary = try await client.get("metadata?_summary=true")
            #expect(summary.status == 200 && summary.body.count < answer.body.count)
            let etag = try #require(answer[header: "ETag"])
            #expect(try await client.get("metadata", headers: [("If-None-Match", etag)]).status == 304)
        }
    }

    @Test func theStatementTellsWhoIsLetIn() async throws {
        try await TestServer.with {
            $0.needsToken = true
        } _: { server in
            let security = try await server.client.get("metadata").json["rest"]?.items.first?["security"]
            #expect(security?["service"]?.items.first?["text"]?.string == "Bearer token (RFC 6750)")
        }
    }
}
