import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Specimen/$collect`, `$receive` and `$reject`.
@Suite struct SpecimenTests {
    private static let collect = "Specimen/$collect"

    @Test func oneSpecimenServesSeveralOrders() async throws {
        try await OrderClinic.with { clinic in
            let orders = [try await clinic.order("1"), try await clinic.order("2")]
            let specimen = try await clinic.ok(
                clinic.nurse, Self.collect,
                orders.map { OrderClinic.request($0) } + [
                    OrderClinic.text("label", "A-1"), OrderClinic.text("type", "serum"),
                    #"{"name":"collected","valueDateTime":"2026-05-01T08:00:00Z"}"#,
                ])
            #expect(specimen["request"]?.count == 2)
            #expect(specimen["status"]?.string == "available")
            #expect(specimen["subject"]?["reference"]?.string == "Patient/p")
            #expect(specimen["type"]?["text"]?.string == "serum")
            #expect(specimen["collection"]?["collectedDateTime"]?.string == "2026-05-01T08:00:00Z")
            #expect(specimen["collection"]?["collector"]?["identifier"]?["value"]?.string == "nurse-a")
            #expect(try await clinic.search("Specimen?accession=A-1").count == 1)
        }
    }

    @Test func refusals() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let foreign = try await clinic.order("1", patient: "q")
            let revoked = try await clinic.order("2")
            try await clinic.ok(clinic.doctor, "\(revoked)/$cancel")
            let cases: [([String], String)] = [
                ([OrderClinic.request(order)], "400 invalid-parameter"),
                ([OrderClinic.text("label", "X")], "400 invalid-parameter"),
                (OrderClinic.collect(order, " "), "400 invalid-parameter"),
                (OrderClinic.collect("ServiceRequest/none", "X"), "422 unknown-reference"),
                (OrderClinic.collect("Patient/p", "X"), "400 invalid-parameter"),
                (OrderClinic.collect(order, "X") + [OrderClinic.request(foreign)], "422 wrong-patient"),
                (OrderClinic.collect(revoked, "X"), "422 illegal-transition"),
            ]
            for (parameters, expected) in cases {
                #expect(try await clinic.outcome(clinic.nurse, Self.collect, parameters) == expected)
            }
            #expect(try await clinic.count("SELECT count(*) FROM specimen") == 0)
        }
    }

    @Test func oneLabelForOneSpecimen() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let outcomes = try await parallel(32) { _ in
                try await clinic.outcome(clinic.nurse, Self.collect, OrderClinic.collect(order, "L-1"))
            }
            #expect(outcomes == ["200": 1, "409 duplicate": 31])
            #expect(try await clinic.count("SELECT count(*) FROM specimen") == 1)
            // Nor by plain writes.
            @Sendable func specimen(_ id: String, _ status: String = "available") -> String {
                #"{"resourceType":"Specimen","id":"\#(id)","status":"\#(status)","#
                    + #""accessionIdentifier":{"system":"urn:martlet:specimen-label","value":"L-1"}}"#
            }
            let plain = try await parallel(32) { number in
                switch number % 3 {
                case 0: return String(try await clinic.doctor.put("Specimen/s\(number)", specimen("s\(number)")).status)
                case 1: return String(try await clinic.doctor.post("Specimen", specimen("x")).status)
                default:
                    let entry =
                        #"{"resource":\#(specimen("t")),"request":{"method":"POST","url":"Specimen"}}"#
                    let bundle = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entry)]}"#
                    return String(try await clinic.doctor.post("", bundle).status)
                }
            }
            #expect(plain == ["409": 32])
            try await clinic.put(specimen("free").replacing("L-1", with: "L-2"))
            let patched = try await clinic.doctor.send(
                "PATCH", "Specimen/free",
                json: Array(#"[{"op":"replace","path":"/accessionIdentifier/value","value":"L-1"}]"#.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
            #expect(patched.status == 409)
            // A label that was a mistake is free again, and one of another system never was the same.
            try await clinic.put(specimen("free", "entered-in-error").replacing("L-1", with: "L-2"))
            _ = try await clinic.collect(order, label: "L-2")
            try await clinic.put(specimen("other").replacing("urn:martlet:specimen-label", with: "http://lab.org"))
        }
    }

    @Test func receivedOnce() async throws {
        try await OrderClinic.with { clinic in
            let specimen = try await clinic.collect(try await clinic.order(), label: "L")
            let outcomes = try await parallel(32) { _ in
                try await clinic.outcome(clinic.technician, "\(specimen)/$receive")
            }
            #expect(outcomes == ["200": 1, "422 already-received": 31])
            #expect(try await clinic.events(specimen) == ["specimen.collected", "specimen.received"])
            #expect(try await clinic.outcome(clinic.technician, "Specimen/none/$receive") == "404 not-found")
        }
    }

    @Test func rejectedSpecimensAreTakenAgain() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let specimen = try await clinic.collect(order, label: "L1")
            #expect(try await clinic.outcome(clinic.technician, "\(specimen)/$reject") == "400 invalid-parameter")
            let rejected = try await clinic.ok(
                clinic.technician, "\(specimen)/$reject", [OrderClinic.text("reason", "haemolysed")])
            #expect(rejected["status"]?.string == "unsatisfactory")
            #expect(rejected["condition"]?.items.first?["text"]?.string == "haemolysed")
            #expect(try await clinic.task(of: order)["status"]?.string == "on-hold")
            // Whoever ordered is asked for another one.
            let asked = try await clinic.search("Task?code=recollect-specimen&owner=Practitioner/dr")
            #expect(asked.compactMap { $0["focus"]?["reference"]?.string } == [specimen])
            #expect(asked.first?["reasonCode"]?["text"]?.string == "haemolysed")
            #expect(try await clinic.events(specimen) == ["specimen.collected", "specimen.rejected"])
            let again = [OrderClinic.text("reason", "x")]
            #expect(
                try await clinic.outcome(clinic.technician, "\(specimen)/$reject", again) == "422 illegal-transition")
            #expect(try await clinic.outcome(clinic.technician, "\(specimen)/$receive") == "422 illegal-transition")
            let second = try await clinic.collect(order, label: "L2")
            #expect(try await clinic.task(of: order)["status"]?.string == "in-progress")
            let report = try await clinic.enter(order)
            #expect(try await clinic.read(report)["specimen"]?.items.compactMap { $0["reference"]?.string } == [second])
        }
    }
}
