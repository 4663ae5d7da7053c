import FHIRServerTesting
import JSONTape
import Testing

@Suite struct CreateTests {
    @Test("C04: a create assigns id and meta whatever was sent", .check("C04"))
    func assignsIDAndMetaWhateverWasSent() async throws {
        try await TestServer.with { server in
            let body = """
                {"resourceType":"Patient","id":"mine","meta":{"versionId":"9","lastUpdated":"2001-01-01T00:00:00Z",\
                "source":"urn:x"},"active":true}
                """
            let created = try await server.client.post("Patient", body)
            #expect(created.status == 201)
            let id = try #require(created.id)
            #expect(id != "mine")
            #expect(created.versionID == "1")
            #expect(created[header: "ETag"] == "W/\"1\"")
            #expect(created[header: "Location"] == "\(server.client.base)/Patient/\(id)/_history/1")
            #expect(try created.json["meta"]?["source"]?.string == "urn:x")
            #expect(try created.json["meta"]?["lastUpdated"]?.string?.hasPrefix("2001") == false)
            #expect(try await server.client.get("Patient/\(id)").body == created.body)
        }
    }

    @Test("C21: Prefer chooses the body of a create", .check("C21"))
    func preferChoosesTheBody() async throws {
        try await TestServer.with { server in
            let client = server.client
            let minimal = try await client.post(
                "Patient", Patients.named("A"), headers: [("Prefer", "return=minimal")])
            #expect(minimal.status == 201 && minimal.body.isEmpty)
            #expect(minimal[header: "Location"] != nil && minimal[header: "ETag"] == "W/\"1\"")
            let outcome = try await client.post(
                "Patient", Patients.named("A"), headers: [("Prefer", "respond-async, return=OperationOutcome")])
            #expect(outcome.status == 201 && outcome.isOutcome)
            let twice = try await client.post(
                "Patient", Patients.named("A"), headers: [("Prefer", "handling=lenient"), ("Prefer", "return=minimal")])
            #expect(twice.body.isEmpty)
            let representation = try await client.post(
                "Patient", Patients.named("A"), headers: [("Prefer", "return=representation")])
            #expect(representation.text.contains("\"family\":\"A\""))
        }
    }

    @Test func everyContentTypeOfJSONIsTaken() async throws {
        try await TestServer.with { server in
            let types = [
                "application/fhir+json", "application/json", "application/json+fhir", "text/json",
                "application/fhir+json; charset=UTF-8", "Application/FHIR+JSON;fhirVersion=4.0",
            ]
            for type in types {
                let created = try await server.client.post(
                    "Patient", Patients.named("A"), headers: [("Content-Type", type)])
                #expect(created.status == 201, "\(type)")
            }
            let untyped = try await server.client.send("POST", "Patient", body: Array(Patients.named("A").utf8))
            #expect(untyped.status == 201)
        }
    }
}
