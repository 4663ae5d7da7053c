import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// From the catalogue to the return: a patient gets a medicine, takes it, has it filled again, brings some back.
@Suite struct MedicineJourneyTests {
    private typealias Fixture = MedicinesFixture

    @Test func prescribeCheckDispenseRefillReturn() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.receive([
                Fixture.line(batch: "B1", expiry: "2098-01", quantity: "40"), Fixture.line(batch: "B2", quantity: "40"),
            ])
            let found = try await client.get("Medication/$catalog-search?text=amoxicillin")
            #expect(try found.json["entry"]?.items.first?["resource"]?["id"]?.string == "m")

            let check = try await client.call(
                "MedicationRequest/$check-interactions",
                [Fixture.reference("patient", "Patient/p"), Fixture.reference("medication", "Medication/m")])
            #expect(check.status == 200)
            #expect(!check.text.contains("DetectedIssue"))

            let request =
                #"{"name":"request","resource":{"resourceType":"MedicationRequest","intent":"order","status":"draft","#
                + #""subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/m"},"#
                + #""dosageInstruction":[{"timing":{"code":{"coding":[{"code":"TID"}]}}}],"#
                + #""dispenseRequest":{"numberOfRepeatsAllowed":1,"quantity":{"value":30,"unit":"tablet"}}}}"#
            let prescribed = try await client.call("MedicationRequest/$prescribe", [request])
            let id = try #require(
                try prescribed.json["entry"]?.items.first?["resource"]?["id"]?.string, "\(prescribed.text)")

            let first = try #require(try await pharmacy.dispense(id, "30").json["id"]?.string)
            let refill = try await pharmacy.dispense(id, "30")
            #expect(refill.status == 200, "\(refill.text)")
            #expect(try await pharmacy.dispense(id, "30").issueCodes == ["refills-exhausted"])
            #expect(try await pharmacy.balance() == "20")

            let back = try await client.call(
                "MedicationDispense/\(first)/$return", [Fixture.quantity("4"), Fixture.string("reason", "better now")])
            #expect(try back.json["suppliedItem"]?["quantity"]?["value"]?.integer == 4, "\(back.text)")
            #expect(try await pharmacy.balance(pool: "quarantine") == "4")

            let list = try await client.get("Patient/p/$medication-list")
            #expect(try list.json["total"]?.integer == 1)
            let stopped = try await client.call("MedicationRequest/\(id)/$stop", [Fixture.string("reason", "cured")])
            #expect(stopped.status == 200)
            #expect(try await client.get("Patient/p/$medication-list").json["total"]?.integer == 0)
            #expect(try await pharmacy.differences() == "0")
            #expect(
                try await pharmacy.text("SELECT string_agg(name, ' ' ORDER BY id) FROM clinic_event")
                    == "stock.received rx.created rx.dispensed rx.dispensed rx.returned rx.stopped")
        }
    }
}
