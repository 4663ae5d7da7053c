import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// `$validate` in all its forms.
@Suite struct ValidateTests {
    private static let valid =
        #"{"resourceType":"Patient","text":{"status":"generated","div":"<div>A</div>"},"active":true}"#
    private static let wrong = #"{"resourceType":"Patient","gender":"x","active":"yes"}"#

    private static func parameters(_ resource: String?, _ more: String...) -> String {
        let parts = (resource.map { [#"{"name":"resource","resource":\#($0)}"#] } ?? []) + more
        return #"{"resourceType":"Parameters","parameter":[\#(parts.joined(separator: ","))]}"#
    }

    private static func issues(_ response: TestResponse) throws -> [String] {
        try response.json["issue"]?.items.map {
            "\($0["severity"]?.string ?? "") \($0["code"]?.string ?? "") \($0["expression"]?.items.first?.string ?? "")"
        } ?? []
    }

    @Test func everyFormOnATypeAnswersWithAnOutcome() async throws {
        try await TestServer.with { server in
            let client = server.client
            let mode = #"{"name":"mode","valueCode":"create"}"#
            let profile =
                #"{"name":"profile","valueUri":"http://hl7.org/fhir/StructureDefinition/Patient"}"#
            let calls = [
                ("Patient/$validate", Self.valid), ("Patient/$validate", Self.parameters(Self.valid)),
                ("Patient/$validate", Self.parameters(Self.valid, mode)),
                ("Patient/$validate", Self.parameters(Self.valid, #"{"name":"mode","valueCode":"profile"}"#, profile)),
                ("Patient/$validate?mode=create", Self.valid),
                ("Patient/$validate?mode=create", Self.parameters(Self.valid)),
                ("Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient", Self.valid),
                ("Parameters/$validate", #"{"resourceType":"Parameters","parameter":[{"name":"a","valueCode":"b"}]}"#),
                ("Parameters/$validate", Self.parameters(#"{"resourceType":"Parameters"}"#)),
            ]
            for (path, body) in calls {
                let answer = try await client.post(path, body)
                #expect(answer.status == 200, "\(path) \(answer.text)")
                #expect(try answer.json["resourceType"]?.string == "OperationOutcome")
                #expect(try Self.issues(answer) == ["information informational "], "\(path) \(body)")
            }
            for body in [Self.wrong, Self.parameters(Self.wrong)] {
                let answer = try await client.post("Patient/$validate", body)
                #expect(answer.status == 200)
                #expect(
                    try Self.issues(answer) == [
                        "error code-invalid Patient.gender", "error structure Patient.active",
                        "warning invariant Patient",
                    ])
                let first = try answer.json["issue"]?.items.first
                #expect(first?["location"]?.items.first?.string?.hasPrefix("Line[1] Col[") == true)
            }
            // Nothing was stored.
            #expect(try await client.total("Patient", "") == 0)
        }
    }

    @Test func anotherTypeThanTheAddressSaysIsAnIssue() async throws {
        try await TestServer.with { server in
            let answer = try await server.client.post("Patient/$validate", #"{"resourceType":"Basic"}"#)
            #expect(answer.status == 200)
            #expect(try Self.issues(answer) == ["error invalid Patient.resourceType"])
        }
    }

    @Test func instancesAreValidatedStoredOrSent() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Patient/a", #"{"resourceType":"Patient","id":"a"}"#)
            for answer in [
                try await client.get("Patient/a/$validate"), try await client.post("Patient/a/$validate", "{}"),
            ].prefix(1) {
                #expect(answer.status == 200)
                #expect(try Self.issues(answer) == ["warning invariant Patient", "information informational "])
            }
            let sent = try await client.post("Patient/a/$validate", Self.wrong)
            #expect(try Self.issues(sent).count == 3)
            #expect(try await client.get("Patient/b/$validate").status == 404)
            #expect(try await client.get("Patient/a/$validate?mode=profile").status == 200)
            let update = #"{"name":"mode","valueCode":"update"}"#
            let own = Self.valid.replacing(#""active""#, with: #""id":"a","active""#)
            let good = try await client.post("Patient/a/$validate", Self.parameters(own, update))
            #expect(try Self.issues(good) == ["information informational "])
            // Update as create.
            let other = Self.valid.replacing(#""active""#, with: #""id":"new","active""#)
            let new = try await client.post("Patient/new/$validate", Self.parameters(other, update))
            #expect(try Self.issues(new) == ["information informational "])
            let otherID = try await client.post("Patient/a/$validate", Self.parameters(other, update))
            #expect(try Self.issues(otherID) == ["error invalid Patient.id"])
            let stale = try await client.post(
                "Patient/a/$validate", Self.parameters(own, update), headers: [("If-Match", "W/\"7\"")])
            #expect(try Self.issues(stale) == ["error conflict "])
            let partial = own.replacing(
                #""id":"a""#,
                with: #""id":"a","meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","#
                    + #""code":"SUBSETTED"}]}"#)
            let part = try await client.post("Patient/a/$validate", Self.parameters(partial, update))
            #expect(try Self.issues(part) == ["error business-rule Patient.meta.tag"])
        }
    }

    @Test func deletionsAreWeighed() async throws {
        try await TestServer.with {
            $0.integrity = .delete
        } _: { server in
            let client = server.client
            _ = try await client.put("Patient/a", #"{"resourceType":"Patient","id":"a"}"#)
            let delete = Self.parameters(nil, #"{"name":"mode","valueCode":"delete"}"#)
            #expect(
                try Self.issues(try await client.post("Patient/a/$validate", delete)) == ["information informational "])
            #expect(try Self.issues(try await client.get("Patient/a/$validate?mode=delete")).count == 1)
            #expect(try await client.post("Patient/b/$validate", delete).status == 404)
            _ = try await client.put(
                "Encounter/e",
                #"""
                {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},
                "subject":{"reference":"Patient/a"}}
                """#)
            #expect(try Self.issues(try await client.post("Patient/a/$validate", delete)) == ["error conflict "])
            #expect(try await client.get("Patient/a").status == 200)
        }
    }

    @Test func wrongCallsAreRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            let update = #"{"name":"mode","valueCode":"update"}"#
            for (path, body) in [
                ("Patient/$validate", Self.parameters(nil)), ("Patient/$validate", Self.parameters(Self.valid, update)),
                ("Patient/$validate?mode=delete", Self.valid), ("Patient/$validate?mode=other", Self.valid),
                ("Patient/$validate", Self.parameters(Self.valid, #"{"name":"other","valueCode":"x"}"#)),
                ("Patient/$validate", Self.parameters(Self.valid, #"{"name":"resource"}"#)),
                ("Patient/$validate", Self.parameters(Self.valid, #"{"name":"mode"}"#)),
                ("Patient/$validate?profile=http://example.org/none", Self.valid),
                ("Patient/a/$validate", Self.parameters(nil, update)), ("Patient/$validate", "{"),
            ] {
                let answer = try await client.post(path, body)
                #expect(answer.status == 400, "\(path) \(body) \(answer.text)")
                #expect(try answer.json["resourceType"]?.string == "OperationOutcome")
            }
            #expect(try await client.get("Patient/$validate").status == 400)
            #expect(try await client.get("$validate").status == 404)
            #expect(try await client.delete("Patient/a/$validate").status == 405)
        }
    }

    @Test func xmlIsValidatedWithItsOwnLines() async throws {
        try await TestServer.with { server in
            let body = "<Patient xmlns=\"http://hl7.org/fhir\">\n  <gender value=\"x\"/>\n</Patient>"
            let answer = try await server.client.send(
                "POST", "Patient/$validate", body: Array(body.utf8),
                headers: [("Content-Type", "application/fhir+xml"), ("Accept", "application/fhir+json")])
            #expect(answer.status == 200)
            #expect(try Self.issues(answer).first == "error code-invalid Patient.gender")
            let place = try answer.json["issue"]?.items.first?["location"]?.items.first?.string
            #expect(place?.hasPrefix("Line[2]") == true, "\(answer.text)")
        }
    }
}
