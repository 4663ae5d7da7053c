import ClinicTesting
import FHIRServerTesting
import HL7Ingest
import JSONTape
import Testing

/// Laboratories that echo the number on the printed order, and no more of it.
@Suite struct PrintedNumberTests {
    @Test(arguments: [
        ("#", ""), ("#^MARTLET", ""), ("#^^urn:martlet:order-number^URI", ""), ("#^CLINIC", ""),
        ("", "ORC|RE|#|F1"), ("", "ORC|RE|#^MARTLET^urn:martlet:order-number^URI|F1"),
    ])
    func theOrderIsClosed(number: String, control: String) async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let printed = try await clinic.number(of: order)
            #expect(printed.hasPrefix("ORD-"))
            let message = ResultMessage(
                number: number.replacing("#", with: printed), control: "1",
                control2: control.replacing("#", with: printed))
            #expect(await clinic.send(message, to: clinic.ingest) == "AA")
            let reports = try await clinic.search("DiagnosticReport?based-on=\(order)")
            #expect(reports.count == 1)
            #expect(try await clinic.status(order) == "completed")
            #expect(try await clinic.task(of: order)["status"]?.string == "completed")
            #expect(try await clinic.search("ServiceRequest?patient=p").count == 1)
        }
    }

    /// The result of somebody else under this number waits for a person; a number of another house is its own.
    @Test func theNumberOfAnotherPatientLinksNothing() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let printed = try await clinic.number(of: order)
            let ingest = clinic.ingest
            var message = ResultMessage(number: printed, control: "1", patient: "M2")
            #expect(await clinic.send(message, to: ingest) == "AA")
            #expect(try await clinic.count("SELECT count(*) FROM diagnosticreport") == 0)
            #expect(try await clinic.count("SELECT count(*) FROM hl7_message WHERE state = 'quarantined'") == 1)
            message = ResultMessage(number: printed + "^OTHERHOUSE", control: "2")
            #expect(await clinic.send(message, to: ingest) == "AA")
            #expect(try await clinic.status(order) == "active")
            #expect(try await clinic.search("DiagnosticReport?patient=p").count == 1)
        }
    }
}
