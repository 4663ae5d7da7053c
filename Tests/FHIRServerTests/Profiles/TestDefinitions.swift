import FHIRServerTesting
import JSONTape
import Testing

/// Definitions of a package of somebody else's, and a server that has them.
enum TestDefinitions {
    static let types = [
        "CodeSystem", "Measure", "MeasureReport", "Observation", "Patient", "Questionnaire", "QuestionnaireResponse",
        "StructureDefinition",
        "ValueSet",
    ]

    static let codes = #"""
        {"resourceType":"CodeSystem","id":"ranks","url":"urn:test:ranks","name":"R","status":"active",
         "content":"complete","concept":[{"code":"gold","display":"Gold"},{"code":"silver","display":"Silver"}]}
        """#

    static func valueSet(_ compose: String = #""include":[{"system":"urn:test:ranks"}]"#) -> String {
        #"""
        {"resourceType":"ValueSet","id":"ranks","url":"urn:test:vs","name":"V","status":"active",
         "compose":{\#(compose)}}
        """#
    }

    /// A profile of Patient with these elements of its differential.
    static func profile(_ elements: String, url: String = "urn:test:patient", id: String = "patient") -> String {
        #"""
        {"resourceType":"StructureDefinition","id":"\#(id)","url":"\#(url)","name":"P","status":"active",
         "kind":"resource","abstract":false,"type":"Patient","derivation":"constraint",
         "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
         "differential":{"element":[\#(elements)]}}
        """#
    }

    /// A patient with a birth date, who is married or not by a value set that is stored.
    static let patient = profile(
        #"""
        {"id":"Patient.birthDate","path":"Patient.birthDate","min":1,"mustSupport":true},
        {"id":"Patient.photo","path":"Patient.photo","mustSupport":true},
        {"id":"Patient.name","path":"Patient.name","mustSupport":true},
        {"id":"Patient.name.family","path":"Patient.name.family","mustSupport":true},
        {"id":"Patient.maritalStatus","path":"Patient.maritalStatus",
         "binding":{"strength":"required","valueSet":"urn:test:vs"}},
        {"id":"Patient.contact","path":"Patient.contact"},
        {"id":"Patient.contact.relationship","path":"Patient.contact.relationship",
         "binding":{"strength":"extensible","valueSet":"urn:test:vs"}}
        """#)

    static func with(
        _ definitions: [String], _ configure: (inout TestServer.Options) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with {
            $0.types = types
            configure(&$0)
        } _: { server in
            for definition in definitions { try await put(definition, server.client) }
            try await body(server)
        }
    }

    static func put(_ resource: String, _ client: TestClient) async throws {
        let node = JSONNode(try Document.parse(resource))
        let path = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await client.put(path, resource)
        #expect(answer.status == 200 || answer.status == 201, "\(path): \(answer.text)")
    }
}

extension TestResponse {
    /// `error code-invalid Patient.gender` for each issue that is no all-clear.
    func found(_ severities: String...) throws -> [String] {
        (try json["issue"]?.items ?? []).compactMap { issue in
            let severity = issue["severity"]?.string ?? ""
            guard severities.isEmpty || severities.contains(severity) else { return nil }
            return "\(severity) \(issue["code"]?.string ?? "") \(issue["expression"]?.items.first?.string ?? "")"
        }
    }

    /// Whether the outcome says this anywhere.
    func says(_ words: String) throws -> Bool {
        try json["issue"]?.items.contains { $0["diagnostics"]?.string?.contains(words) == true } ?? false
    }
}
