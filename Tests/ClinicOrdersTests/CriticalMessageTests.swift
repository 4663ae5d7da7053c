import ClinicTesting
import FHIRServerTesting
import HL7Ingest
import JSONTape
import Testing

/// Critical results ask whoever ordered them to look, also where they come by message.
@Suite struct CriticalMessageTests {
    private static let open = "Task?code=urn:martlet:task-code%7Creview-result&status=requested"

    private func tasks(_ clinic: OrderClinic, _ query: String = Self.open) async throws -> [JSONNode] {
        try await clinic.search(query)
    }

    @Test(arguments: [
        ("3.0", "LL", true), ("5.0", "HH", true), ("4.0", "AA", true), ("4.0", "H~HH", true),
        // Without a flag the clinic's own limits say it: below 2.5, above 6.5.
        ("2.4", "", true), ("6.6", "H", true), ("<2.5", "", true), ("2.5", "L", false), ("6.5", "", false),
        ("<7", "", false), ("4.0", "N", false), ("4.0", "A", false), (">6.5", "", true),
    ])
    func aCriticalValueAsks(value: String, flag: String, isCritical: Bool) async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let number = try await clinic.number(of: order)
            let message = ResultMessage(number: number, control: "1", value: value, flag: flag)
            #expect(await clinic.send(message, to: clinic.ingest) == "AA")
            let tasks = try await tasks(clinic)
            #expect(tasks.count == (isCritical ? 1 : 0))
            let report = try #require(try await clinic.search("DiagnosticReport?based-on=\(order)").first)
            let address = "DiagnosticReport/\(report["id"]?.string ?? "")"
            guard let task = tasks.first else {
                #expect(try await clinic.events(address).isEmpty)
                return
            }
            #expect(task["focus"]?["reference"]?.string == address)
            #expect(task["priority"]?.string == "stat")
            #expect(task["basedOn"]?.items.first?["reference"]?.string == order)
            #expect(task["for"]?["reference"]?.string == "Patient/p")
            #expect(try await clinic.events(address) == ["result.critical"])
            #expect(try await clinic.count("SELECT count(*) FROM order_review") == 1)
            try await clinic.ok(clinic.doctor, "\(address)/$acknowledge")
            #expect(try await self.tasks(clinic).isEmpty)
        }
    }

    @Test func eachVersionAsksOnce() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let number = try await clinic.number(of: order)
            let ingest = clinic.ingest
            var message = ResultMessage(number: number, control: "1", value: "7.0", status: "P", flag: "HH")
            #expect(await clinic.send(message, to: ingest) == "AA")
            // The same message, and the same result in another message.
            #expect(await clinic.send(message, to: ingest) == "AA")
            message.control = "2"
            #expect(await clinic.send(message, to: ingest) == "AA")
            #expect(try await tasks(clinic).count == 1)
            // A laboratory phones before the result is final: that can be acknowledged.
            let report = try #require(try await clinic.search("DiagnosticReport?based-on=\(order)").first)
            let address = "DiagnosticReport/\(report["id"]?.string ?? "")"
            try await clinic.ok(clinic.doctor, "\(address)/$acknowledge")
            #expect(try await clinic.outcome(clinic.doctor, "\(address)/$acknowledge") == "422 not-verified")
            message.control = "3"
            message.status = "F"
            message.minute = "30"
            #expect(await clinic.send(message, to: ingest) == "AA")
            #expect(try await tasks(clinic).count == 1)
            // An older message changes nothing, and asks for nothing.
            message.control = "4"
            message.minute = "10"
            #expect(await clinic.send(message, to: ingest) == "AA")
            #expect(try await tasks(clinic).count == 1)
            #expect(try await tasks(clinic, "Task?code=urn:martlet:task-code%7Creview-result").count == 2)
        }
    }

    /// Two units of one quantity, and limits that the clinic sets while the server runs.
    @Test func limitsAreThoseInForce() async throws {
        try await OrderClinic.with { clinic in
            let ingest = clinic.ingest
            func count(_ control: String, _ value: String, _ unit: String) async throws -> Int {
                let message = ResultMessage(
                    number: "X\(control)", control: control, value: value, minute: control, unit: unit)
                #expect(await clinic.send(message, to: ingest) == "AA")
                return try await tasks(clinic).count
            }
            #expect(try await count("11", "4000", "umol/L") == 0)
            #expect(try await count("12", "7000", "umol/L") == 1)
            try await clinic.ok(
                clinic.doctor, "$clinic-setting-set",
                [
                    OrderClinic.code("name", "results.panic-values"),
                    OrderClinic.text(
                        "value", #"{\"http://loinc.org|2823-3\":{\"high\":5.5,\"unit\":\"mmol/L\"}}"#),
                ])
            #expect(try await count("13", "2.0", "mmol/L") == 1)
            #expect(try await count("14", "5.6", "mmol/L") == 2)
        }
    }
}
