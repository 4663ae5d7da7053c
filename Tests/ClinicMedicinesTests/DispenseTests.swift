import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `$dispense` and `$return`, one at a time.
@Suite struct DispenseTests {
    private typealias Fixture = MedicinesFixture

    @Test func aDispenseTakesStockAndIsRecorded() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([
                Fixture.line(batch: "LATE", expiry: "2099-01-01", quantity: "50"),
                Fixture.line(batch: "SOON", expiry: "2098-01-01", quantity: "20"),
                Fixture.line(batch: "PAST", expiry: "2020-01-01", quantity: "20"),
            ])
            try await pharmacy.prescribe(refills: 1)
            let answer = try await pharmacy.dispense(more: [Fixture.string("note", "with food")])
            #expect(answer.status == 200, "\(answer.text)")
            let dispense = try answer.json
            #expect(dispense["status"]?.string == "completed")
            #expect(dispense["authorizingPrescription"]?.items.first?["reference"]?.string == "MedicationRequest/rx")
            #expect(dispense["medicationReference"]?["reference"]?.string == "Medication/m")
            #expect(dispense["note"]?.items.first?["text"]?.string == "with food")
            // First what expires first, never what has expired.
            #expect(
                try await pharmacy.text(
                    "SELECT string_agg(batch || ' ' || quantity, ', ' ORDER BY batch) FROM stock_balance")
                    == "LATE 40, PAST 20, SOON 0")
            #expect(dispense["extension"]?.items.map { $0["valueString"]?.string } == ["SOON", "LATE"])
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test func refusals() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([
                Fixture.line(quantity: "35"), Fixture.line(batch: "PAST", expiry: "2020-01-01", quantity: "99"),
            ])
            try await pharmacy.prescribe(quantity: "30", refills: 1)
            func refused(_ answer: TestResponse, _ status: Int, _ code: String) {
                #expect(answer.status == status, "\(answer.text)")
                #expect(answer.issueCodes == [code], "\(answer.text)")
            }
            refused(try await pharmacy.dispense("none"), 422, "unknown-reference")
            refused(try await pharmacy.dispense(place: "none"), 422, "unknown-reference")
            refused(try await pharmacy.dispense("rx", "0"), 400, "invalid-parameter")
            refused(try await pharmacy.dispense("rx", "61"), 422, "quantity-exceeded")
            refused(try await pharmacy.dispense("rx", "36"), 409, "out-of-stock")
            refused(try await pharmacy.dispense(place: "ward"), 409, "out-of-stock")
            refused(try await pharmacy.dispense(unit: "box"), 422, "unit-mismatch")
            refused(
                try await pharmacy.dispense(more: [Fixture.string("batch", "PAST")]), 422, "expired-batch")
            refused(try await pharmacy.dispense(more: [Fixture.string("batch", "none")]), 409, "out-of-stock")
            #expect(try await pharmacy.balance() == "134")
            #expect(try await pharmacy.dispense().status == 200)
            #expect(try await pharmacy.dispense("rx", "5").status == 200)
            refused(try await pharmacy.dispense("rx", "5"), 422, "expired-batch")
            try await pharmacy.receive([Fixture.line(batch: "NEW")])
            refused(try await pharmacy.dispense("rx", "26"), 422, "quantity-exceeded")
            #expect(try await pharmacy.dispense("rx", "25").status == 200)
            refused(try await pharmacy.dispense("rx", "1"), 422, "refills-exhausted")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test(
        "on a prescription that is not active",
        arguments: ["draft", "on-hold", "stopped", "cancelled", "completed", "entered-in-error"])
    func inactivePrescriptions(status: String) async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            try await pharmacy.prescribe(status: status)
            let answer = try await pharmacy.dispense()
            #expect(answer.status == 422)
            #expect(answer.issueCodes == ["prescription-inactive"], "\(answer.text)")
            let recorded = try await pharmacy.client.put("MedicationDispense/d", Fixture.record("d"))
            #expect(recorded.status == 422)
            #expect(recorded.issueCodes == ["prescription-inactive"], "\(recorded.text)")
            let before = Fixture.record("e", handed: "2020-01-01T10:00:00Z")
            #expect(try await pharmacy.client.put("MedicationDispense/e", before).status == 201)
        }
    }

    @Test func validityAndInterval() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "1000")])
            try await pharmacy.prescribe(
                "past", request: [#""validityPeriod":{"start":"2020-01-01","end":"2020-12-31"}"#])
            #expect(try await pharmacy.dispense("past").issueCodes == ["prescription-expired"])
            try await pharmacy.prescribe("later", request: [#""validityPeriod":{"start":"2090-01-01"}"#])
            #expect(try await pharmacy.dispense("later").issueCodes == ["prescription-expired"])
            try await pharmacy.prescribe(
                "monthly", refills: 2,
                request: [
                    #""dispenseInterval":{"value":28,"unit":"days","system":"http://unitsofmeasure.org","code":"d"}"#
                ])
            #expect(try await pharmacy.dispense("monthly", "20").status == 200)
            #expect(try await pharmacy.dispense("monthly", "11").issueCodes == ["too-early"])
            #expect(try await pharmacy.dispense("monthly", "10").status == 200)
            #expect(try await pharmacy.dispense("monthly", "30").issueCodes == ["too-early"])
        }
    }

    @Test func substitutionNeedsThePrescribersLeave() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            try await pharmacy.prescribe("firm", members: [#""substitution":{"allowedBoolean":false}"#])
            let generic = #"{"name":"substitution","valueCode":"G"}"#
            #expect(try await pharmacy.dispense("firm", more: [generic]).issueCodes == ["not-allowed"])
            try await pharmacy.prescribe("free")
            let answer = try await pharmacy.dispense("free", more: [generic])
            #expect(try answer.json["substitution"]?["wasSubstituted"]?.bool == true, "\(answer.text)")
        }
    }

    @Test func aMedicineMayBeNamedByItsCode() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            let coded =
                #""medicationCodeableConcept":{"coding":[{"system":"urn:test:drugs","code":"amox-500"}]}"#
            try await pharmacy.prescribe(medication: coded)
            let answer = try await pharmacy.dispense()
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await pharmacy.balance() == "70")
        }
    }

    @Test func returnsGoToQuarantine() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([
                Fixture.line(batch: "A", expiry: "2098-01-01", quantity: "10"),
                Fixture.line(batch: "B", quantity: "40"),
            ])
            try await pharmacy.prescribe()
            let id = try #require(try await pharmacy.dispense().json["id"]?.string)
            func bring(_ quantity: String, reason: String? = "not needed") async throws -> TestResponse {
                try await pharmacy.client.call(
                    "MedicationDispense/\(id)/$return",
                    [Fixture.quantity(quantity)] + (reason.map { [Fixture.string("reason", $0)] } ?? []))
            }
            #expect(try await bring("1", reason: nil).status == 400)
            #expect(try await bring("31").issueCodes == ["quantity-exceeded"])
            let first = try await bring("25")
            #expect(try first.json["resourceType"]?.string == "SupplyDelivery", "\(first.text)")
            #expect(try await bring("5.5").status == 422)
            #expect(try await bring("5").status == 200)
            #expect(try await bring("1").issueCodes == ["quantity-exceeded"])
            #expect(try await pharmacy.balance() == "20")
            #expect(try await pharmacy.balance(pool: "quarantine") == "30")
            #expect(
                try await pharmacy.text(
                    """
                    SELECT string_agg(batch || ' ' || quantity, ', ' ORDER BY batch) FROM stock_balance
                    WHERE pool = 'quarantine'
                    """) == "A 10, B 20")
            // What came back is neither handed out again nor prescribed again.
            #expect(try await pharmacy.dispense().issueCodes == ["refills-exhausted"])
            #expect(try await pharmacy.differences() == "0")
            #expect(
                try await pharmacy.client.call(
                    "MedicationDispense/none/$return",
                    [
                        Fixture.quantity("1"), Fixture.string("reason", "x"),
                    ]
                ).status == 404)
        }
    }

    @Test func whatWasRecordedWithoutStockMayComeBackToo() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.put(Fixture.record("d", prescription: "MedicationRequest/elsewhere"))
            let parameters = [Fixture.quantity("30"), Fixture.string("reason", "expired at home")]
            let nowhere = try await pharmacy.client.call("MedicationDispense/d/$return", parameters)
            #expect(nowhere.status == 400)
            let there = try await pharmacy.client.call(
                "MedicationDispense/d/$return", parameters + [Fixture.reference("location", "Location/pharmacy")])
            #expect(there.status == 200, "\(there.text)")
            #expect(try await pharmacy.balance(pool: "quarantine") == "30")
            try await pharmacy.put(
                Fixture.record("open", prescription: "MedicationRequest/elsewhere", status: "in-progress"))
            let open = try await pharmacy.client.call("MedicationDispense/open/$return", parameters)
            #expect(open.issueCodes == ["illegal-transition"])
        }
    }
}
