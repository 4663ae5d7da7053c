import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Results that name an order by the number that this server gave it. §2.5.2, §2.12.
@Suite struct EchoedNumberTests {
    @Test(arguments: ["s1^MARTLET^urn:martlet:placer^URI", "s1^MARTLET"])
    func `the order is found by its own number`(number: String) async throws {
        try await IngestHarness.with { harness in
            for json in [
                """
                {"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:martlet:mrn","value":"M1"}],
                 "name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1970-01-01","gender":"female"}
                """,
                """
                {"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order",
                 "code":{"text":"Panel"},"subject":{"reference":"Patient/p1"}}
                """,
            ] {
                let input = try harness.test.input(json)
                _ = try await harness.test.store.update(input, id: json.contains("\"s1\"") ? "s1" : "p1")
            }
            let text = String(decoding: IngestHarness.result(control: "1"), as: UTF8.self)
                .replacing("OBR|1|P-F1|", with: "OBR|1|\(number)|")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            let report = try await harness.only("DiagnosticReport")
            #expect(report["basedOn"]?.items.map { $0["reference"]?.string } == ["ServiceRequest/s1"])
            let order = try await harness.only("ServiceRequest")
            #expect(order["status"]?.string == "completed")
        }
    }

    @Test func `the number of another patient's order links nothing`() async throws {
        try await IngestHarness.with { harness in
            let json = """
                {"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order",
                 "code":{"text":"Panel"},"subject":{"reference":"Patient/other"}}
                """
            _ = try await harness.test.store.update(try harness.test.input(json), id: "s1")
            let text = String(decoding: IngestHarness.result(control: "1"), as: UTF8.self)
                .replacing("OBR|1|P-F1|", with: "OBR|1|s1^MARTLET|")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            try await harness.expect("quarantined", "SELECT state FROM hl7_message")
            try await harness.expect(0, "SELECT count(*) FROM observation")
        }
    }
}
