import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `Patient/[id]/$expunge`: nothing is left of a record that need not be kept, and nothing is erased that must be.
@Suite struct ExpungeTests {
    private static func parameters(_ basis: String = "consent-withdrawn", dryRun: Bool = false) -> [String] {
        [
            People.parameter("reason", string: "asked for"), People.parameter("legal-basis", code: basis),
            #"{"name":"dryRun","valueBoolean":\#(dryRun)}"#,
        ]
    }

    private static func observation(_ id: String, _ value: String = "1", patient: String = "p") -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final","code":{"text":"secret finding"},"#
            + #""subject":{"reference":"Patient/\#(patient)"},"valueString":"\#(value)"}"#
    }

    private static func furnish(_ client: TestClient) async throws {
        for text in [
            People.patient("Unmistakable", "Jane", extra: #","id":"p""#),
            People.patient("Other", "John", extra: #","id":"q""#), observation("o1"), observation("o1", "2"),
            observation("gone"), observation("mine", patient: "q"),
            #"{"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"AMB"},"#
                + #""subject":{"reference":"Patient/p"}}"#,
            #"{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},"#
                + #""clinicalStatus":{"coding":[{"code":"active","#
                + #""system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]}}"#,
            #"{"resourceType":"Group","id":"g","type":"person","actual":true,"#
                + #""member":[{"entity":{"reference":"Patient/p"}},{"entity":{"reference":"Patient/q"}}]}"#,
            #"{"resourceType":"Invoice","id":"i","status":"balanced","subject":{"reference":"Patient/p"}}"#,
        ] { try await client.store(text) }
        #expect(try await client.delete("Observation/gone").status < 300)
    }

    /// In how many rows of all resources and their histories a text stands.
    private static func traces(_ server: TestServer, _ text: String) async throws -> Int {
        var count = 0
        for type in ["patient", "observation", "encounter", "allergyintolerance"] {
            for table in [type, type + "_history"] {
                count += try await server.count(
                    "SELECT count(*) FROM \(table) WHERE content::text LIKE '%\(text)%'")
            }
        }
        return count
    }

    @Test func whatMustBeKeptIsKept() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.furnish(client)
            #expect(try await client.call("Patient/p/$expunge").status == 400)
            #expect(try await client.call("Patient/p/$expunge", Self.parameters("because")).status == 400)
            #expect(try await client.call("Patient/none/$expunge", Self.parameters()).status == 404)
            // A visit is open; then the record is too young.
            #expect(try await client.call("Patient/p/$expunge", Self.parameters()).refusal == "409 retention")
            let visit = try await client.get("Encounter/e").text
            try await client.store(visit.replacing("in-progress", with: "finished"))
            let young = try await client.call("Patient/p/$expunge", Self.parameters(dryRun: true))
            #expect(young.refusal == "409 retention", "\(young.text)")
            #expect(try await Self.traces(server, "Unmistakable") == 1)
            // Somebody who has no record yet was registered in error.
            try await client.store(People.patient("Nobody", "Nora", extra: #","id":"n""#))
            let error = try await client.call("Patient/n/$expunge", Self.parameters("registered-in-error"))
            #expect(error.status == 200, "\(error.text)")
            #expect(try await client.get("Patient/n").status == 404)
        }
    }

    @Test func nothingIsLeft() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.furnish(client)
            let visit = try await client.get("Encounter/e").text
            try await client.store(visit.replacing("in-progress", with: "finished"))
            let setting = [
                People.parameter("name", code: "privacy.retention-years"), People.parameter("value", string: "0"),
            ]
            #expect(try await client.call("$clinic-setting-set", setting).status == 200)
            let kept = try await client.call(
                "Patient/$register", [People.parameter("patient", resource: People.patient("Kept", "Kim"))], key: "kept"
            )
            let preview = try await client.call("Patient/p/$expunge", Self.parameters(dryRun: true))
            #expect(preview.parameter("count")?["valueInteger"]?.integer == 5, "\(preview.text)")
            #expect(preview.parameter("kept")?["valueInteger"]?.integer == 1)
            #expect(preview.parameter("proof") == nil)
            #expect(try await Self.traces(server, "secret finding") == 4)
            let done = try await client.call("Patient/p/$expunge", Self.parameters(), key: "erase")
            #expect(done.status == 200, "\(done.text)")
            let proof = try #require(done.parameter("proof")?["valueString"]?.string)
            #expect(proof.utf8.count == 64)
            for address in ["Patient/p", "Observation/o1", "Observation/gone", "Encounter/e", "AllergyIntolerance/a"] {
                #expect(try await client.get(address).status == 404, "\(address)")
                #expect(try await client.get(address + "/_history").status == 404, "\(address)")
            }
            #expect(try await Self.traces(server, "Unmistakable") == 0)
            // Of another patient all is there; of a group it is the group's.
            #expect(try await Self.traces(server, "secret finding") == 1)
            for address in ["Patient/q", "Observation/mine", "Group/g", "Invoice/i"] {
                #expect(try await client.get(address).status == 200, "\(address)")
            }
            #expect(try await server.count("SELECT count(*) FROM clinic_idempotency WHERE answer LIKE '%Kept%'") == 1)
            #expect(kept.status == 200)
            // Sent again it has the same answer; the proof stays as it is.
            #expect(try await client.call("Patient/p/$expunge", Self.parameters(), key: "erase").text == done.text)
            #expect(try await server.count("SELECT count(*) FROM people_expunged WHERE proof = '\(proof)'") == 1)
            await #expect(throws: (any Error).self) {
                try await server.test.database.script("DELETE FROM people_expunged")
            }
        }
    }
}
