import FHIRStoreTesting
import HL7Ingest
import HL7Syntax
import JSONTape
import Testing

@Suite struct SourceSettingsTests {
    private func settings(_ json: String, name: String = "lab") throws -> SourceSettings {
        try SourceSettings(name: name, json: JSONNode(try Document.parse(json)))
    }

    @Test(arguments: [
        (#"{"timezone":"UTC"}"#, "timezone"),
        (#"{"timeZone":"Mars/Olympus"}"#, "timeZone"),
        (#"{"holdPolicy":"sometimes"}"#, "holdPolicy"),
        (#"{"match":{"listner":"a"}}"#, "match.listner"),
        (#"{"match":"lab"}"#, "match"),
        (#"{"retentionDays":0}"#, "retentionDays"),
        (#"{"retentionDays":"7"}"#, "retentionDays"),
        (#"{"processingIds":["X"]}"#, "processingIds"),
        (#"{"namespaces":{"A":"no uri"}}"#, "namespaces.A"),
        (#"{"decimalComma":"yes"}"#, "decimalComma"),
        (#"{"trustedAssigners":[1]}"#, "trustedAssigners"),
        ("[]", "settings"),
    ])
    func `a slip of the pen is told with its place`(json: String, path: String) throws {
        let error = #expect(throws: SourceSettingsError.self) { try settings(json) }
        #expect(error?.faults.map(\.path) == [path])
    }

    @Test func `all faults are told at once`() throws {
        let error = #expect(throws: SourceSettingsError.self) {
            try settings(#"{"multiMsh":1,"acknowledge":"later","unknown":true}"#)
        }
        #expect(error?.faults.count == 3)
    }

    @Test(arguments: ["", "two words", "a/b", String(repeating: "a", count: 65)])
    func `names are short and plain`(name: String) {
        #expect(throws: SourceSettingsError.self) { try settings("{}", name: name) }
    }

    @Test func `the settings that name most of a message win`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("any", #"{"match":{"listener":"lab"}}"#)
            try await harness.set("north", #"{"match":{"listener":"lab","facility":"NL"}}"#)
            try await harness.set("other", #"{"match":{"application":"SOMEBODY"}}"#)
            let header = try #require(MessageHeader(reading: IngestHarness.result(control: "1")))
            let snapshot = try await harness.ingest.sources.current()
            #expect(snapshot.settings(listener: "lab", header).name == "north")
            #expect(snapshot.settings(listener: "lab", nil).name == "any")
            #expect(snapshot.settings(listener: "mllp", header).name == "mllp")
        }
    }

    @Test func `settings hold from the next message on`() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(IngestHarness.result(control: "C1")) == "AA")
            try await harness.set("lab", #"{"receivingFacilities":["ELSEWHERE"]}"#)
            #expect(await harness.code(IngestHarness.result(control: "C2")) == "AR")
            try await harness.set("lab", #"{"receivingFacilities":["CLINIC"]}"#)
            #expect(await harness.code(IngestHarness.result(control: "C3")) == "AA")
            try await harness.expect(2, "SELECT version FROM hl7_source")
        }
    }

    @Test func `how a source is read follows its settings`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set(
                "lab",
                """
                {"timeZone":"Europe/Berlin","decimalComma":true,"createsServiceRequests":false,
                 "trustedAssigners":["urn:martlet:mrn"]}
                """)
            let text = String(decoding: IngestHarness.result(control: "C1", value: "5,5"), as: UTF8.self)
                .replacing("MR||Doe", with: "MR~99^^^X&urn:x&URI^PI||Doe")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            let found = try await harness.search("Observation", [])
            #expect(found.first?["effectiveDateTime"]?.string == "2026-01-01T09:00:00+01:00")
            #expect(found.first?["valueQuantity"]?["value"]?.numberText == "5.5")
            try await harness.expect(0, "SELECT count(*) FROM servicerequest")
            let patients = try await harness.search("Patient", [])
            #expect(patients.first?["identifier"]?.items.count == 1)
        }
    }
}
