import FHIRServerTesting
import JSONTape
import Testing

/// `StructureDefinition/$snapshot` from outside (R4 structuredefinition-operation-snapshot.html).
@Suite("$snapshot")
struct SnapshotOperationTests {
    private static let types = ["Patient", "StructureDefinition"]
    private static let url = "https://clinic.example/StructureDefinition/patient"

    private static func profile(
        _ elements: String, base: String = "http://hl7.org/fhir/StructureDefinition/Patient"
    ) -> String {
        #"""
        {"resourceType": "StructureDefinition", "id": "p", "url": "\#(url)", "name": "ClinicPatient",
         "status": "active", "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
         "baseDefinition": "\#(base)", "differential": {"element": [\#(elements)]}}
        """#
    }

    private static let birthDate = #"{"id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1}"#

    private static func min(_ response: TestResponse, _ id: String) throws -> Int? {
        try response.json["snapshot"]?["element"]?.items.first { $0["id"]?.string == id }?["min"]?.integer
    }

    @Test func snapshotsComeOfStoredAndStandardDefinitions() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            #expect(try await client.put("StructureDefinition/p", Self.profile(Self.birthDate)).status == 201)
            for path in [
                "StructureDefinition/p/$snapshot", "StructureDefinition/$snapshot?url=\(Self.url)",
                // Parameters are of no account where it is called on a resource.
                "StructureDefinition/p/$snapshot?url=urn:none",
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                #expect(try answer.json["resourceType"]?.string == "StructureDefinition")
                #expect(try Self.min(answer, "Patient.birthDate") == 1)
                #expect(try Self.min(answer, "Patient.gender") == 0)
            }
            let vitals = try await client.get(
                "StructureDefinition/$snapshot?url=http://hl7.org/fhir/StructureDefinition/vitalsigns%7C4.0.1")
            #expect(try Self.min(vitals, "Observation.category:VSCat") == 1, "\(vitals.status)")
            // It is not stored.
            #expect(try await client.get("StructureDefinition/p").json["snapshot"] == nil)
            // A change takes effect at once.
            _ = try await client.put(
                "StructureDefinition/p",
                Self.profile(#"{"id": "Patient.gender", "path": "Patient.gender", "min": 1}"#))
            let changed = try await client.get("StructureDefinition/$snapshot?url=\(Self.url)")
            #expect(try Self.min(changed, "Patient.birthDate") == 0)
            #expect(try Self.min(changed, "Patient.gender") == 1)
        }
    }

    @Test func aDefinitionMayBeSentAlong() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            for body in [
                Self.profile(Self.birthDate),
                #"{"resourceType": "Parameters", "parameter": [{"name": "definition", "resource": "#
                    + Self.profile(Self.birthDate) + "}]}",
            ] {
                let answer = try await client.post("StructureDefinition/$snapshot", body)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try Self.min(answer, "Patient.birthDate") == 1)
            }
            // Without a differential there is nothing to make it from.
            let kept = #"""
                {"resourceType": "StructureDefinition", "url": "\#(Self.url)", "name": "P", "status": "active",
                 "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
                 "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
                 "snapshot": {"element": [{"id": "Patient", "path": "Patient", "min": 0, "max": "*",
                   "definition": "A patient.", "base": {"path": "Patient", "min": 0, "max": "*"}}]}}
                """#
            let same = try await client.post("StructureDefinition/$snapshot", kept)
            #expect(try same.json["snapshot"]?["element"]?.items.count == 1, "\(same.text)")
            #expect(try await client.get("StructureDefinition").json["total"]?.integer == 0)
        }
    }

    @Test func whatHasNoSnapshotIsRefused() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            #expect(try await client.get("StructureDefinition/$snapshot").status == 400)
            #expect(try await client.get("StructureDefinition/none/$snapshot").status == 404)
            let unknown = try await client.get("StructureDefinition/$snapshot?url=urn:none")
            #expect(unknown.status == 404 && unknown.issueCodes == ["unknown-profile"])
            let path = "StructureDefinition/$snapshot"
            for (body, code) in [
                (Self.profile(Self.birthDate, base: "urn:none"), "snapshot-unknown-base"),
                (
                    Self.profile(#"{"id": "Patient.link.other", "path": "Patient.link.other", "min": 0}"#),
                    "snapshot-rule"
                ),
            ] {
                let answer = try await client.post(path, body)
                #expect(answer.status == 422, "\(code): \(answer.text)")
                #expect(answer.issueCodes.first == code, "\(answer.text)")
            }
            let cyclic = Self.profile(Self.birthDate, base: Self.url)
            #expect(try await client.put("StructureDefinition/p", cyclic).status == 201)
            let answer = try await client.get("StructureDefinition/p/$snapshot")
            #expect(answer.status == 422 && answer.issueCodes == ["snapshot-cyclic"], "\(answer.text)")
        }
    }

    @Test func theCapabilityStatementDeclaresIt() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let resources = try await server.client.get("metadata").json["rest"]?.items.first?["resource"]?.items ?? []
            let operations = resources.first { $0["type"]?.string == "StructureDefinition" }?["operation"]?.items ?? []
            let own = operations.first { $0["name"]?.string == "snapshot" }
            let url = "http://hl7.org/fhir/OperationDefinition/StructureDefinition-snapshot"
            #expect(own?["definition"]?.string == url)
        }
    }
}
