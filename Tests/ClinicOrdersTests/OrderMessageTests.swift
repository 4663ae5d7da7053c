import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@testable import HL7Ingest

/// Orders and results over HL7 v2: one order goes out once, a result that comes back closes it.
@Suite struct OrderMessageTests {
    private static func result(_ number: String, _ control: String, _ value: String, _ status: String) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||ORU^R01^ORU_R01|\(control)|P|2.5.1",
            "PID|1||M1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19800505|F",
            "OBR|1|\(number)^^urn:martlet:order-number^URI|F1|2823-3^Potassium^LN|||20260101090000"
                + "|||||||||||||||2026010110000\(control.suffix(1))|||\(status)",
            "OBX|1|NM|2823-3^Potassium^LN||\(value)|mmol/L^^UCUM|||||\(status)",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }

    @Test func aResultByMessageClosesTheOrder() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let number = try #require(try await clinic.read(order)["identifier"]?.items.first?["value"]?.string)
            let ingest = clinic.ingest
            func send(_ control: String, _ value: String, _ status: String) async -> String {
                let bytes = Self.result(number, control, value, status)
                guard case .send(let answers) = await ingest.receive(bytes, source: "lab") else { return "none" }
                return answers.map { String(decoding: $0, as: UTF8.self) }.joined()
            }
            #expect(await send("C1", "4.1", "P").contains("MSA|AA"))
            #expect(try await clinic.status(order) == "active")
            let reports = try await clinic.search("DiagnosticReport?based-on=\(order)")
            #expect(reports.count == 1)
            #expect(await send("C2", "4.2", "F").contains("MSA|AA"))
            #expect(try await clinic.status(order) == "completed")
            #expect(try await clinic.task(of: order)["status"]?.string == "completed")
            let report = "DiagnosticReport/\(reports.first?["id"]?.string ?? "")"
            #expect(try await clinic.status(report) == "final")
            // What came by message is acknowledged as what was entered here.
            let task = try await clinic.ok(clinic.doctor, "\(report)/$acknowledge")
            #expect(task["status"]?.string == "completed")
            #expect(await send("C3", "4.3", "C").contains("MSA|AA"))
            #expect(try await clinic.status(report) == "corrected")
            // And may be corrected here.
            try await clinic.ok(
                clinic.pathologist, "\(report)/$correct",
                [OrderClinic.result("2823-3", OrderClinic.mmol("4.4")), OrderClinic.text("reason", "by phone")])
        }
    }

    /// One number may stand for several specimens of messages, which plain writes may not repeat.
    @Test func messagesKeepTheirNumbers() async throws {
        try await OrderClinic.with { clinic in
            func specimen(_ id: String) -> String {
                #"{"resourceType":"Specimen","id":"\#(id)","status":"available","#
                    + #""accessionIdentifier":{"system":"http://lab.org","value":"A1"}}"#
            }
            let store = clinic.server.store
            let type = clinic.server.test.type("Specimen")
            try await store.transaction { transaction in
                _ = try await transaction.session.query(
                    SQLStatement("SELECT set_config('martlet.door', 'hl7v2', true)"), SQLParameters())
                for id in ["a", "b"] {
                    let input = ResourceInput(type: type, document: try Document.parse(Array(specimen(id).utf8)))
                    _ = try await transaction.create(input, id: id)
                }
            }
            #expect(try await clinic.count("SELECT count(*) FROM specimen") == 2)
            // They may be changed, with the number that they share.
            try await clinic.put(specimen("b").replacing("available", with: "unavailable"))
            #expect(try await clinic.doctor.put("Specimen/c", specimen("c")).issueCodes == ["duplicate"])
        }
    }

    @Test func anOrderGoesOutOnce() async throws {
        try await OrderClinic.with { clinic in
            let settings = #"{"host":"127.0.0.1","port":1,"messages":["OML^O21"]}"#
            let node = JSONNode(try Document.parse(Array(settings.utf8)))
            _ = try await DestinationCatalog(store: clinic.server.store).set("outlab", node)
            let key = "once"
            let items = [OrderClinic.item("2823-3"), OrderClinic.item("2951-2")]
            for _ in 0..<3 {
                try await clinic.ok(
                    clinic.doctor, "ServiceRequest/$submit-order", OrderClinic.submit(patient: "p", items), key: key)
            }
            let orders = try await clinic.search("ServiceRequest?patient=p").compactMap { $0["id"]?.string }
            #expect(orders.count == 2)
            let specimen = try await clinic.collect("ServiceRequest/\(orders[0])", label: "L")
            try await clinic.ok(clinic.technician, "\(specimen)/$receive")
            _ = try await clinic.enter("ServiceRequest/\(orders[0])")
            let reader = OutboxReader(store: clinic.server.store)
            let destination = try DestinationSettings(name: "outlab", json: node)
            while try await reader.expand(for: [destination]) > 0 {}
            for order in orders {
                #expect(
                    try await clinic.count(
                        "SELECT count(*) FROM hl7_delivery WHERE kind = 'OML^O21' AND resource LIKE '%/\(order)'"
                    )
                        == 1)
            }
            let body = try await clinic.server.test.database.read(
                SQLStatement("SELECT convert_from(body, 'UTF8') FROM hl7_delivery ORDER BY id LIMIT 1"), SQLParameters()
            )
            let text = body.string(0, 0) ?? ""
            #expect(text.contains("ORC|NW|ORD-000001"))
            #expect(text.contains("2823-3"))
        }
    }
}
