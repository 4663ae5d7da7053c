import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// No more is handed over than was prescribed, by whatever door.
@Suite struct PrescriptionLimitTests {
    private typealias Fixture = MedicinesFixture

    @Test("two refills are three dispenses", arguments: [nil, "30"])
    func refills(quantity: String?) async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "10000")])
            try await pharmacy.prescribe(quantity: quantity, refills: 2)
            let statuses = try await parallel(64) { _ in try await pharmacy.dispense() }
            #expect(statuses == [200: 3, 422: 61])
            #expect(try await pharmacy.balance() == "9910")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationdispense") == "3")
            #expect(try await pharmacy.text("SELECT fills::text FROM prescription_counter") == "3")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test("through operation, PUT, POST, transaction and batch at once")
    func allDoors() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "10000")])
            try await pharmacy.prescribe(quantity: "30", refills: 2)
            let client = pharmacy.client
            _ = try await parallel(60) { position in
                let record = Fixture.record("d\(position)")
                switch position % 5 {
                case 0: return try await pharmacy.dispense()
                case 1: return try await client.put("MedicationDispense/d\(position)", record)
                case 2:
                    return try await client.post(
                        "MedicationDispense", record.replacing(#""id":"d\#(position)","#, with: ""))
                default:
                    let type = position % 5 == 3 ? "transaction" : "batch"
                    return try await client.post(
                        "",
                        #"{"resourceType":"Bundle","type":"\#(type)","entry":[{"resource":\#(record),"#
                            + #""request":{"method":"PUT","url":"MedicationDispense/d\#(position)"}}]}"#)
                }
            }
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationdispense") == "3")
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM medication_fill") == "90")
        }
    }

    @Test func partialFillsAddUpExactly() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "1000")])
            try await pharmacy.prescribe(quantity: "10", refills: 1)
            // Twenty in parts of 0.7: twenty-eight, and 0.4 are left.
            let statuses = try await parallel(64) { _ in try await pharmacy.dispense("rx", "0.7") }
            #expect(statuses == [200: 28, 422: 36])
            #expect(try await pharmacy.dispense("rx", "0.5").issueCodes == ["quantity-exceeded"])
            #expect(try await pharmacy.dispense("rx", "0.4").status == 200)
            #expect(try await pharmacy.dispense("rx", "0.1").issueCodes == ["refills-exhausted"])
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM medication_fill") == "20.0")
            #expect(try await pharmacy.balance() == "980.0")
        }
    }

    @Test func aStopIsSeenByWhateverComesAfterIt() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "10000")])
            for round in 0..<4 {
                let id = "rx\(round)"
                try await pharmacy.prescribe(id, quantity: nil)
                let client = pharmacy.client
                _ = try await parallel(32) { position in
                    if position == 16 {
                        return try await client.send(
                            "PATCH", "MedicationRequest/\(id)",
                            json: Array(#"[{"op":"replace","path":"/status","value":"stopped"}]"#.utf8),
                            headers: [("Content-Type", "application/json-patch+json")])
                    }
                    if position % 2 == 0 { return try await pharmacy.dispense(id, "1") }
                    let record = Fixture.record(
                        "\(id)-\(position)", prescription: "MedicationRequest/\(id)", quantity: "1")
                    return try await client.put("MedicationDispense/\(id)-\(position)", record)
                }
                // Each fill was counted before the stop was.
                #expect(
                    try await pharmacy.text(
                        """
                        SELECT count(*)::text FROM medication_fill f JOIN prescription_stop s USING (prescription)
                        WHERE f.prescription = '\(id)' AND f.handed > s.since
                        """) == "0")
                #expect(try await pharmacy.dispense(id, "1").issueCodes == ["prescription-inactive"])
            }
        }
    }

    @Test func recordsOfClientsAreLimitedToo() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.prescribe(quantity: "30", refills: 1)
            func put(_ record: String, _ id: String = "d") async throws -> TestResponse {
                try await client.put("MedicationDispense/\(id)", record)
            }
            let much = try await put(Fixture.record("d", quantity: "61"))
            #expect(much.status == 422)
            #expect(much.issueCodes == ["quantity-exceeded"], "\(much.text)")
            #expect(try await client.post("MedicationDispense", Fixture.record("d", quantity: "61")).status == 422)
            #expect(try await put(Fixture.record("d", quantity: "20")).status == 201)
            // A change counts by what it changes to, and one that changes nothing of it is free.
            #expect(try await put(Fixture.record("d", quantity: "61")).status == 422)
            #expect(try await put(Fixture.record("d", quantity: "60")).status == 200)
            #expect(try await put(Fixture.record("e", quantity: "1"), "e").issueCodes == ["refills-exhausted"])
            // Neither absolute references nor versions, nor what has no quantity, go round it.
            for reference in ["http://elsewhere.org/fhir/MedicationRequest/rx", "MedicationRequest/rx/_history/1"] {
                let record = Fixture.record("e", prescription: reference, quantity: nil)
                #expect(try await put(record, "e").issueCodes == ["refills-exhausted"])
            }
            #expect(try await put(Fixture.record("n", quantity: "-5"), "n").status == 201)
            #expect(try await put(Fixture.record("e", quantity: "1"), "e").issueCodes == ["refills-exhausted"])
            // Not yet handed over is no matter; handing over is.
            #expect(try await put(Fixture.record("w", status: "in-progress"), "w").status == 201)
            #expect(try await put(Fixture.record("w"), "w").issueCodes == ["refills-exhausted"])
            // What was recorded in error does not count.
            #expect(try await put(Fixture.record("d", quantity: "60", status: "entered-in-error")).status == 200)
            #expect(try await put(Fixture.record("w"), "w").status == 200)
            #expect(try await client.delete("MedicationDispense/w").status < 300)
            #expect(try await pharmacy.text("SELECT fills::text FROM prescription_counter") == "1")
        }
    }

    @Test func whatIsNotStatedIsNotLimited() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe(quantity: nil)
            for id in ["a", "b", "c"] { try await pharmacy.put(Fixture.record(id, quantity: "1000")) }
            // Dispenses may be known before their prescription.
            for id in ["d", "e"] { try await pharmacy.put(Fixture.record(id, prescription: "MedicationRequest/new")) }
            try await pharmacy.prescribe("new", quantity: "10")
            try await pharmacy.put(Fixture.record("d", prescription: "MedicationRequest/new", handed: "2020-01-01"))
        }
    }
}
