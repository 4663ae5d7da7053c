import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

@Suite struct DeliveryTests {
    @Test func `a repeated delivery gets the same answer and changes nothing`() async throws {
        try await IngestHarness.with { harness in
            let message = IngestHarness.result(control: "C1")
            let first = await harness.send(message)
            let second = await harness.send(message)
            #expect(first != nil && first == second)
            try await harness.expect(0, "SELECT count(*) FROM observation_history")
            try await harness.expect(1, "SELECT repeats FROM hl7_message")
        }
    }

    @Test func `the same result under another control id makes no version`() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(IngestHarness.result(control: "C1")) == "AA")
            #expect(await harness.code(IngestHarness.result(control: "C2")) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM observation")
            try await harness.expect(0, "SELECT count(*) FROM observation_history")
            try await harness.expect(0, "SELECT count(*) FROM diagnosticreport_history")
        }
    }

    struct Delivery: Sendable {
        var status: String
        var changed: String
        var value: String
        init(_ status: String, _ hour: Int, _ value: String) {
            self.status = status
            changed = "202601011\(hour)0000"
            self.value = value
        }
    }

    /// Rows of the table of corrections: what is stored, what comes, what is stored then.
    @Test(arguments: [
        (Delivery("P", 1, "1"), Delivery("F", 1, "2"), "2"),
        (Delivery("P", 1, "1"), Delivery("F", 2, "2"), "2"),
        (Delivery("F", 1, "1"), Delivery("C", 2, "2"), "2"),
        (Delivery("F", 1, "1"), Delivery("P", 0, "2"), "1"),
        (Delivery("F", 1, "1"), Delivery("P", 1, "2"), "1"),
        (Delivery("F", 1, "1"), Delivery("P", 2, "2"), "1"),
        (Delivery("C", 1, "1"), Delivery("F", 0, "2"), "1"),
        (Delivery("C", 1, "1"), Delivery("F", 2, "2"), "2"),
        (Delivery("F", 1, "1"), Delivery("F", 1, "2"), "2"),
    ])
    func `late and corrected results end as the newest stamp says`(
        stored: Delivery, incoming: Delivery, value: String
    ) async throws {
        try await IngestHarness.with { harness in
            for (control, delivery) in [("C1", stored), ("C2", incoming)] {
                let message = IngestHarness.result(
                    control: control, value: delivery.value, status: delivery.status, changed: delivery.changed)
                #expect(await harness.code(message) == "AA")
            }
            let found = try await harness.search("Observation", [])
            #expect(found.count == 1)
            #expect(found.first?["valueQuantity"]?["value"]?.numberText == value)
        }
    }

    @Test func `a report keeps the results that a correction does not mention`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1", code: "2345-7"))
            _ = await harness.code(
                IngestHarness.result(control: "C2", status: "C", changed: "20260101110000", code: "2951-2"))
            let reports = try await harness.search("DiagnosticReport", [])
            #expect(reports.count == 1)
            #expect(reports.first?["result"]?.count == 2)
        }
    }

    @Test func `20 parallel messages for a new patient make one patient`() async throws {
        try await IngestHarness.with { harness in
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        await harness.code(IngestHarness.result(control: "C\(number)", filler: "F\(number)"))
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 20))
            try await harness.expect(1, "SELECT count(*) FROM patient")
            try await harness.expect(20, "SELECT count(*) FROM observation")
        }
    }

    @Test func `a patient who is registered already is found and left as registered`() async throws {
        try await IngestHarness.with { harness in
            let json = """
                {"resourceType":"Patient","id":"known","identifier":[{"system":"urn:martlet:mrn","value":"M1"}],
                 "name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1970-01-01","gender":"female"}
                """
            _ = try await harness.test.store.update(try harness.test.input(json), id: "known")
            #expect(await harness.code(IngestHarness.result(control: "C1")) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM patient")
            try await harness.expect(1, "SELECT version FROM patient")
            let found = try await harness.search("Observation", [("patient", "known")])
            #expect(found.count == 1)
        }
    }

    @Test func `another person under a known identifier is held, and nothing is filed`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(IngestHarness.result(control: "C1"))
            let other = IngestHarness.result(control: "C2", name: "Roe^Max", born: "19991231", filler: "F2")
            #expect(await harness.code(other) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM observation")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
        }
    }

    /// PostgreSQL's text cannot hold U+0000; without an answer the sender would repeat the message for ever.
    @Test func `a message with U+0000 in its header is taken without it, once`() async throws {
        try await IngestHarness.with { harness in
            let message = IngestHarness.result(control: "C\u{0}1", patient: "M\u{0}1")
            #expect(await harness.code(message) == "AA")
            #expect(await harness.code(message) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM observation")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE control_id = 'C1'")
        }
    }
}
