import ClinicTesting
import FHIRServerTesting
import Testing

/// A patient whose record holds visits, results or open bills is not deleted, by no door.
@Suite struct PatientInUseTests {
    /// What may stand in a patient's record, and whether it keeps the patient.
    static let records: [(text: String, holds: Bool)] = [
        (#"{"resourceType":"Encounter","id":"r","status":"finished","class":{"code":"AMB"},"#, true),
        (#"{"resourceType":"Encounter","id":"r","status":"cancelled","class":{"code":"AMB"},"#, false),
        (#"{"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"c"},"#, true),
        (#"{"resourceType":"DiagnosticReport","id":"r","status":"entered-in-error","code":{"text":"c"},"#, false),
        (
            #"{"resourceType":"Observation","id":"r","status":"final","code":{"text":"c"},"category":[{"coding":["#
                + #"{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"#,
            true
        ),
        (#"{"resourceType":"Observation","id":"r","status":"final","code":{"text":"c"},"#, false),
        (#"{"resourceType":"Invoice","id":"r","status":"draft","#, true),
        (#"{"resourceType":"Invoice","id":"r","status":"balanced","#, false),
    ]

    private static func entry(delete path: String) -> String {
        #"{"request":{"method":"DELETE","url":"\#(path)"}}"#
    }

    private static func bundle(_ type: String, _ entries: String...) -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    @Test(arguments: records.indices) func deletionsWaitForTheRecord(_ position: Int) async throws {
        let record = Self.records[position]
        try await ClinicServer.with { server in
            let client = server.client
            try await client.store(People.patient("Moss", "Ada", extra: #","id":"p""#))
            let resource = record.text + #""subject":{"reference":"Patient/p"}}"#
            try await client.store(resource)
            let plain = try await client.delete("Patient/p")
            guard record.holds else {
                #expect(plain.status < 300, "\(plain.text)")
                return
            }
            #expect(plain.status == 409 && plain.issueCodes == ["still-referenced"], "\(plain.text)")
            #expect(try await client.delete("Patient?family=Moss").status == 409)
            let alone = try await client.post("", Self.bundle("transaction", Self.entry(delete: "Patient/p")))
            #expect(alone.status == 409, "\(alone.text)")
            let type = try #require(resource.split(separator: "\"").dropFirst(3).first)
            // With the whole record it goes, in whatever order it is named; and comes back by a PUT.
            let whole = try await client.post(
                "", Self.bundle("transaction", Self.entry(delete: "Patient/p"), Self.entry(delete: "\(type)/r")))
            #expect(whole.status == 200, "\(whole.text)")
            #expect(try await client.get("Patient/p").status == 410)
            try await client.store(People.patient("Moss", "Ada", extra: #","id":"p""#))
            #expect(try await client.get("Patient/p").status == 200)
        }
    }
}
